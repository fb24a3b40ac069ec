import type { Language, Preset, Theme, TimerState } from "../backend";
import type { TextKey } from "../i18n";
import { SPANS } from "./span";
import type { ViewName } from "./views";

export type Action =
  | { type: "toggle" }
  | { type: "finish" }
  | { type: "stop" }
  | { type: "start" }
  | { type: "start_task"; task: string; project: string | null }
  | { type: "skip" }
  | { type: "undo" }
  | { type: "face_question" }
  | { type: "edit_task" }
  | { type: "pick_project" }
  | { type: "edit_intention" }
  | { type: "ask_intention" }
  | { type: "open"; view: ViewName }
  | { type: "open_palette" }
  | { type: "leave" }
  | { type: "change_period"; by: number }
  | { type: "change_length"; by_minutes: number }
  | { type: "choose_preset"; preset: Preset }
  | { type: "choose_theme"; theme: Theme }
  | { type: "choose_language"; language: Language }
  | { type: "sync_now" }
  | { type: "pause_sync" }
  | { type: "export_all" }
  | { type: "move"; by: number }
  | { type: "edit" }
  | { type: "delete" };

/** What goes on while something is asked for. */
export type Scene = {
  state: TimerState;
  /** A break is offered or runs. */
  rest: boolean;
  /** Something begins by itself in a moment. */
  countdown: boolean;
  /** The computer slept, and what to make of that has not been said. */
  asking: boolean;
  view: ViewName;
  /** The timer is on the screen, alone or beside the view. */
  timerIsSeen: boolean;
};

/** Where a key means something: everywhere, where the timer is seen, or in some views. */
type Where = "anywhere" | "timer" | ViewName[];

export type Row = {
  action: Action;
  where: Where;
  states?: TimerState[];
  rest?: boolean;
  countdown?: boolean;
  /** Without one it is reached by its name alone. */
  key?: string;
  shift?: boolean;
  command?: boolean;
  repeats?: boolean;
  /** It is no key that writes, and is heard in a text field, too. */
  inText?: boolean;
  /** Its line on the page of keys; rows of one line stand together. */
  label?: TextKey;
  /** Each row of the line has a key of its own. */
  hasOwnKey?: boolean;
  /** It keeps its key: the ways out, and those that move and act in a list as everywhere. */
  isFixed?: boolean;
  /** What it is called in the list of commands; without a name it is reached by its key alone. */
  name?: TextKey;
};

const BUSY: TimerState[] = ["running", "paused", "overflow"];
const LISTS: ViewName[] = ["today", "history", "projects"];
const AWAY: ViewName[] = [...LISTS, ...SPANS, "settings", "account", "sync", "data", "keys"];

const toggle = (row: Pick<Row, "states" | "rest" | "name" | "action">): Row => ({
  key: " ",
  where: "timer",
  label: "keys.toggle",
  ...row,
});
const stop = (row: Pick<Row, "states" | "rest" | "countdown" | "name">): Row => ({
  key: "escape",
  isFixed: true,
  where: ["timer"],
  label: "keys.escape",
  action: { type: "stop" },
  ...row,
});
const length = (key: string, shift: boolean, by_minutes: number, name: TextKey): Row => ({
  key,
  shift,
  repeats: true,
  where: ["timer"],
  states: ["idle"],
  rest: false,
  label: shift ? "keys.length_more" : "keys.length",
  hasOwnKey: true,
  name,
  action: { type: "change_length", by_minutes },
});
const preset = (key: string, preset: Preset, name: TextKey): Row => ({
  key,
  where: "timer",
  states: ["idle"],
  rest: false,
  label: "keys.preset",
  hasOwnKey: true,
  name,
  action: { type: "choose_preset", preset },
});
const open = (key: string, view: ViewName, label: TextKey, name = label): Row => ({
  key,
  where: "anywhere",
  label,
  name,
  action: { type: "open", view },
});
const period = (key: string, by: number, name: TextKey): Row => ({
  key,
  isFixed: true,
  where: [...SPANS],
  repeats: true,
  label: "keys.period",
  name,
  action: { type: "change_period", by },
});
const move = (key: string, by: number): Row => ({
  key,
  isFixed: true,
  where: LISTS,
  repeats: true,
  label: "keys.move",
  action: { type: "move", by },
});
/** For the next focus; one that goes on keeps its project. */
const pickProject = (row: Pick<Row, "states" | "rest">): Row => ({
  where: "timer",
  name: "task.pick_project",
  action: { type: "pick_project" },
  ...row,
});
const named = (name: TextKey, action: Action): Row => ({ where: "anywhere", name, action });

/** Whatever can be done, in the order in which keys and commands are listed. */
export const TABLE: Row[] = [
  toggle({ states: ["idle"], rest: false, name: "control.start", action: { type: "start" } }),
  toggle({ states: ["idle"], rest: true, name: "control.start_break", action: { type: "start" } }),
  toggle({ states: ["running"], name: "control.pause", action: { type: "toggle" } }),
  toggle({ states: ["paused"], name: "control.resume", action: { type: "toggle" } }),
  toggle({ states: ["overflow"], name: "control.next", action: { type: "toggle" } }),
  {
    key: "enter",
    where: ["timer"],
    states: BUSY,
    label: "keys.finish",
    name: "control.finish",
    action: { type: "finish" },
  },
  {
    key: "s",
    where: "timer",
    rest: true,
    label: "keys.skip",
    name: "control.skip",
    action: { type: "skip" },
  },
  {
    key: "escape",
    isFixed: true,
    where: AWAY,
    label: "keys.escape",
    name: "view.back",
    action: { type: "leave" },
  },
  stop({ states: BUSY, rest: false, name: "command.stop" }),
  stop({ states: BUSY, rest: true, name: "command.stop_break" }),
  stop({ countdown: true, name: "command.cancel_countdown" }),
  {
    key: "z",
    command: true,
    where: "anywhere",
    label: "keys.undo",
    name: "keys.undo",
    action: { type: "undo" },
  },
  {
    key: "t",
    where: "anywhere",
    label: "keys.task",
    name: "keys.task",
    action: { type: "edit_task" },
  },
  pickProject({ states: ["idle"] }),
  pickProject({ states: BUSY, rest: true }),
  {
    key: "i",
    where: "anywhere",
    label: "keys.intention",
    name: "keys.intention",
    action: { type: "edit_intention" },
  },
  {
    where: "timer",
    states: ["idle"],
    name: "intention.ask",
    action: { type: "ask_intention" },
  },
  preset("1", "classic", "command.preset_classic"),
  preset("2", "deep_work", "command.preset_deep_work"),
  preset("3", "ultradian", "command.preset_ultradian"),
  preset("4", "custom", "command.preset_custom"),
  length("arrowup", false, 1, "command.minute_more"),
  length("arrowdown", false, -1, "command.minute_less"),
  length("arrowup", true, 5, "command.minutes_more"),
  length("arrowdown", true, -5, "command.minutes_less"),
  open("d", "today", "keys.today"),
  open("h", "history", "keys.history"),
  open("w", "week", "looking.open_week"),
  named("looking.open_month", { type: "open", view: "month" }),
  open("y", "year", "looking.open_year"),
  open("p", "projects", "keys.projects"),
  open(",", "settings", "keys.settings"),
  named("account.title", { type: "open", view: "account" }),
  named("sync.title", { type: "open", view: "sync" }),
  named("data.title", { type: "open", view: "data" }),
  {
    key: "k",
    command: true,
    inText: true,
    where: "anywhere",
    label: "keys.palette",
    action: { type: "open_palette" },
  },
  open("?", "keys", "keys.keys", "keys.title"),
  period("arrowleft", -1, "looking.earlier"),
  period("arrowright", 1, "looking.later"),
  move("arrowup", -1),
  move("arrowdown", 1),
  {
    key: "enter",
    isFixed: true,
    where: LISTS,
    label: "keys.edit",
    name: "command.edit",
    action: { type: "edit" },
  },
  {
    key: "delete",
    isFixed: true,
    where: LISTS,
    label: "keys.delete",
    name: "command.delete",
    action: { type: "delete" },
  },
  {
    key: "backspace",
    isFixed: true,
    where: LISTS,
    label: "keys.delete",
    action: { type: "delete" },
  },
  named("sync.now", { type: "sync_now" }),
  named("command.pause_sync", { type: "pause_sync" }),
  named("data.export_json", { type: "export_all" }),
  named("command.theme_system", { type: "choose_theme", theme: "system" }),
  named("command.theme_dark", { type: "choose_theme", theme: "dark" }),
  named("command.theme_light", { type: "choose_theme", theme: "light" }),
  named("command.language_system", { type: "choose_language", language: "system" }),
  named("command.language_en", { type: "choose_language", language: "en" }),
  named("command.language_de", { type: "choose_language", language: "de" }),
];

/** It is about the timer, whichever view is open. */
export const isOfTimer = ({ where }: Row): boolean =>
  where === "timer" || (where !== "anywhere" && where.includes("timer"));

/** Its key means something in the view that is open. */
export function isHere({ where }: Row, scene: Scene): boolean {
  if (where === "anywhere") return true;
  if (where === "timer") return scene.timerIsSeen;
  return where.includes(scene.view);
}

/** The timer is in a state for it. */
export const suits = (row: Row, scene: Scene): boolean =>
  (row.states === undefined || row.states.includes(scene.state)) &&
  (row.rest === undefined || row.rest === scene.rest) &&
  (row.countdown === undefined || row.countdown === scene.countdown);

/** There is a scene in which both mean something. */
export function overlap(one: Row, other: Row): boolean {
  const are = <T>(a: T | undefined, b: T | undefined) =>
    a === undefined || b === undefined || a === b;
  const { states } = one;
  return (
    meet(one.where, other.where) &&
    (states === undefined || other.states?.some((state) => states.includes(state)) !== false) &&
    are(one.rest, other.rest) &&
    are(one.countdown, other.countdown)
  );
}

/** In a wide window the timer is seen beside every view. */
function meet(one: Where, other: Where): boolean {
  if (typeof one === "string" || typeof other === "string") return true;
  return one.some((view) => other.includes(view));
}

/** What would answer the question of a sleep by the way. */
const ANSWERS: Action["type"][] = ["start", "start_task", "toggle", "finish", "stop", "skip"];

/** What is done instead while it is asked what to make of a sleep. */
export const facing = (action: Action, { asking }: Scene): Action =>
  asking && ANSWERS.includes(action.type) ? { type: "face_question" } : action;
