import type { Project } from "../backend";
import type { RecentTask } from "./commands";
import { found, type Hit, type Piece } from "./palette";
import { isNewName } from "./task-entry";

/** Which of several projects of one name it is, and what was done for it last. */
export type Twin = { at: number; of: number; task: string | null };

/** Something that the task line offers. */
export type Option =
  | { type: "project"; id: string; project: Project; pieces: Piece[]; twin: Twin | null }
  | { type: "create"; id: "create"; name: string }
  | ({ type: "task"; id: string } & RecentTask);

/** The projects that fit to a name that is being written; at the end, one with this name. */
export function projectOptions(query: string, projects: Project[], tasks: RecentTask[]): Option[] {
  const name = query.trim();
  // Those of one name fit alike, and stand in their order.
  const left = [...projects];
  const titles = projects.map((project) => ({ title: project.name, detail: "" }));
  const options = hitsOf(name, titles).flatMap(({ entry: { title }, pieces }): Option[] => {
    const at = left.findIndex((project) => project.name === title);
    return left.splice(at, 1).map((project) => ({
      type: "project",
      id: project.id,
      project,
      pieces,
      twin: twinOf(project, projects, tasks),
    }));
  });
  const names = projects.map((project) => project.name);
  return isNewName(name, names) ? [...options, { type: "create", id: "create", name }] : options;
}

function hitsOf<E extends { title: string; detail: string }>(name: string, entries: E[]): Hit<E>[] {
  if (name !== "") return found(entries, name);
  return entries.map((entry) => {
    const { title } = entry;
    return { entry, pieces: title === "" ? [] : [{ text: title, isFound: true }] };
  });
}

/** What tells a project from others of its name; nothing where it is alone. */
export function twinOf(project: Project, projects: Project[], tasks: RecentTask[]): Twin | null {
  const same = projects.filter(({ name }) => name === project.name);
  if (same.length < 2) return null;
  const last = tasks.find((task) => task.project?.id === project.id);
  const at = same.findIndex(({ id }) => id === project.id) + 1;
  return { at, of: same.length, task: last?.task ?? null };
}

export const taskOptions = (tasks: RecentTask[]): Option[] =>
  tasks.map((task) => ({
    type: "task",
    id: `${task.project?.id ?? "none"} ${task.task}`,
    ...task,
  }));

/** What Enter and Tab choose: what was gone to, else the first. `#45` is rarely meant as a project. */
export function activeOption(options: Option[], marked: string | null): Option | null {
  const first = options[0] ?? null;
  const isNumber = first?.type === "create" && /^\d+$/u.test(first.name);
  return options.find(({ id }) => id === marked) ?? (isNumber ? null : first);
}
