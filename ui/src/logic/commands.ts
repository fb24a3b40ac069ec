import type { Look, SyncStatus } from "../backend";
import type { TextKey, Values } from "../i18n";
import { facing, isHere, isOfTimer, suits, type Action, type Row, type Scene } from "./actions";
import { keyName } from "./keys";

/** What a focus was on lately. */
export type RecentTask = {
  task: string;
  /** Nothing where it had none, or one that is gone. */
  project: { id: string; name: string } | null;
};

/** What there is to act on. */
export type Means = {
  /** Something was done a moment ago that can be taken back. */
  undoable: boolean;
  /** A row of the list had the focus. */
  entry: boolean;
  /** The day has its sentence. */
  intention: boolean;
  sync: Pick<SyncStatus, "state" | "is_paused">;
  look: Look;
  tasks: RecentTask[];
};

/** What commands are about, in the order in which they stand before anything is looked for. */
export const GROUPS = ["entry", "timer", "tasks", "views", "length", "data", "look"] as const;
export type Group = (typeof GROUPS)[number];

/** Something that can be asked for by its name. */
export type Command = {
  /** The same each time, whatever the language. */
  id: string;
  text: TextKey;
  values: Values;
  /** Said beside the name. */
  detail: string;
  /** What does the same in the view that is open. */
  key: string | null;
  group: Group;
  action: Action;
  /** What it does is seen at the timer. */
  isOfTimer: boolean;
};

function groupOf(action: Action): Group {
  switch (action.type) {
    case "open":
    case "leave":
    case "change_period":
      return "views";
    case "edit":
    case "delete":
      return "entry";
    case "choose_preset":
    case "change_length":
      return "length";
    case "sync_now":
    case "pause_sync":
    case "export_all":
      return "data";
    case "choose_theme":
    case "choose_language":
      return "look";
    case "start_task":
      return "tasks";
    default:
      return "timer";
  }
}

/** There is something that it would change. A key does nothing then; a name is not offered. */
function hasObject(action: Action, { view }: Scene, means: Means): boolean {
  const { sync, look } = means;
  const isLocal = sync.state === "local";
  switch (action.type) {
    case "undo":
      return means.undoable;
    case "edit":
    case "delete":
      return means.entry;
    case "ask_intention":
      return means.intention;
    case "open":
      return action.view !== view && !(isLocal && action.view === "sync");
    case "sync_now":
      return !isLocal;
    case "pause_sync":
      return !isLocal && !sync.is_paused;
    case "choose_theme":
      return action.theme !== look.theme;
    case "choose_language":
      return action.language !== look.language;
    default:
      return true;
  }
}

/** Every command that means something now, in the order of the table. */
export function commandsFor(scene: Scene, means: Means, rows: Row[], mac: boolean): Command[] {
  const commands: Command[] = [];
  for (const row of rows) {
    const { name, action } = row;
    const ofTimer = isOfTimer(row);
    if (name === undefined || !(ofTimer || isHere(row, scene))) continue;
    if (!suits(row, scene) || !hasObject(action, scene, means)) continue;
    commands.push({
      id: name,
      text: name,
      values: {},
      detail: "",
      key: isHere(row, scene) ? keyName(row, mac) : null,
      group: groupOf(action),
      action: facing(action, scene),
      isOfTimer: ofTimer,
    });
  }
  return [...commands, ...taskCommands(scene, means.tasks)];
}

/** A focus begins where none goes on, or where one has had its time. */
function taskCommands({ state }: Scene, tasks: RecentTask[]): Command[] {
  if (state !== "idle" && state !== "overflow") return [];
  return tasks.map(({ task, project }) => ({
    id: `task ${project?.id ?? "none"} ${task}`,
    text: "command.start_task",
    values: { task },
    detail: project?.name ?? "",
    key: null,
    group: "tasks",
    action: { type: "start_task", task, project: project?.id ?? null },
    isOfTimer: true,
  }));
}

/** What was done of late, each once, the newest first. */
export function recentTasks(
  particles: { task: string; project_id: string | null }[],
  find: (id: string | null) => { id: string; name: string; archived: boolean } | null,
  max: number,
): RecentTask[] {
  const tasks = new Map<string, RecentTask>();
  for (const { task, project_id } of particles) {
    if (task === "") continue;
    const known = find(project_id);
    const project = known && !known.archived ? { id: known.id, name: known.name } : null;
    const key = JSON.stringify([task, project?.id]);
    if (!tasks.has(key)) tasks.set(key, { task, project });
    if (tasks.size === max) break;
  }
  return [...tasks.values()];
}
