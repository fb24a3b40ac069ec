import type { RecentTask } from "./commands";

/** What a focus was on, and when it ended. */
type Done = { task: string; project_id: string | null; ended_at: string };
type Known = { id: string; name: string; archived: boolean };

/** After so many days a focus speaks half as much for its task. */
const HALF_LIFE_DAYS = 7;
const DAY_MS = 86_400_000;
/** Less than that fits to too much. */
const LETTERS_MIN = 2;

/** Every task once, the likeliest first: what was done often, and of late. */
export function likelyTasks(
  done: Done[],
  find: (id: string | null) => Known | null,
  now_ms: number,
): RecentTask[] {
  const known = new Map<string, { task: RecentTask; weight: number }>();
  for (const { task, project_id, ended_at } of done) {
    if (task === "") continue;
    const found = find(project_id);
    const project = found && !found.archived ? { id: found.id, name: found.name } : null;
    const key = JSON.stringify([task, project?.id]);
    const days = Math.max((now_ms - Date.parse(ended_at)) / DAY_MS, 0);
    const weight = (known.get(key)?.weight ?? 0) + 0.5 ** (days / HALF_LIFE_DAYS);
    known.set(key, { task: { task, project }, weight });
  }
  return [...known.values()]
    .sort((one, other) => other.weight - one.weight)
    .map(({ task }) => task);
}

/**
 * The likeliest task that begins as it is written, whatever the capitals; where a project is chosen,
 * one of that project.
 */
export function completionOf(
  text: string,
  likely: RecentTask[],
  project: string | null,
): RecentTask | null {
  if (text.trim().length < LETTERS_MIN) return null;
  const begin = text.toLowerCase();
  const fits = ({ task, project: own }: RecentTask) =>
    task.length > text.length &&
    task.toLowerCase().startsWith(begin) &&
    (project === null || own?.id === project);
  return likely.find(fits) ?? null;
}
