import type { ImportReport } from "../backend";
import type { TextKey } from "../i18n";

type Entity = "particles" | "projects" | "intentions" | "settings";

const CAME: [Entity, TextKey][] = [
  ["particles", "data.came_particles"],
  ["projects", "data.came_projects"],
  ["intentions", "data.came_intentions"],
  ["settings", "data.came_settings"],
];

/** How many of what came in, new or newer; nothing of what was here already. */
export function whatCame(report: ImportReport): { key: TextKey; count: number }[] {
  const came = CAME.map(([entity, key]) => {
    const { new: added, changed } = report[entity];
    return { key, count: added + changed };
  });
  return came.filter(({ count }) => count > 0);
}
