import type { Preset, TimerState } from "../backend";
import type { TextKey } from "../i18n";
import type { ViewName } from "./views";

export type Action =
  | { type: "toggle" }
  | { type: "finish" }
  | { type: "stop" }
  | { type: "start" }
  | { type: "skip" }
  | { type: "undo" }
  | { type: "face_question" }
  | { type: "edit_task" }
  | { type: "open"; view: ViewName }
  | { type: "leave" }
  | { type: "change_length"; by_minutes: number }
  | { type: "choose_preset"; preset: Preset }
  | { type: "move"; by: number }
  | { type: "edit" }
  | { type: "delete" };

export type Press = Pick<KeyboardEvent, "key" | "shiftKey" | "repeat"> &
  Pick<KeyboardEvent, "ctrlKey" | "altKey" | "metaKey">;

/** Where the key was pressed. */
export type Scene = {
  state: TimerState;
  /** A break is offered or runs. */
  rest: boolean;
  /** Something begins by itself in a moment. */
  countdown: boolean;
  /** The computer slept, and what to make of that has not been said. */
  asking: boolean;
  /** A choice (radio buttons, a slider) moves with the arrows, a list that opens also by letters. */
  focus: "view" | "text" | "control" | "choice" | "select";
  view: ViewName;
  /** The timer is on the screen, alone or beside the view. */
  timerIsSeen: boolean;
};

/** Where a key means something: everywhere, where the timer is seen, or in some views. */
type Where = "anywhere" | "timer" | ViewName[];

type Row = {
  key: string;
  action: Action;
  where: Where;
  /** Its line on the page of keys; rows of one line stand together. */
  label: TextKey;
  states?: TimerState[];
  rest?: boolean;
  countdown?: boolean;
  shift?: boolean;
  command?: boolean;
  repeats?: boolean;
};

const BUSY: TimerState[] = ["running", "paused", "overflow"];
const LISTS: ViewName[] = ["today", "history", "projects"];
const AWAY: ViewName[] = [...LISTS, "settings", "account", "sync", "keys"];

const length = (key: string, shift: boolean, by_minutes: number): Row => ({
  key,
  shift,
  repeats: true,
  where: ["timer"],
  states: ["idle"],
  rest: false,
  label: shift ? "keys.length_more" : "keys.length",
  action: { type: "change_length", by_minutes },
});
const preset = (key: string, preset: Preset): Row => ({
  key,
  where: "timer",
  states: ["idle"],
  rest: false,
  label: "keys.preset",
  action: { type: "choose_preset", preset },
});
const open = (key: string, view: ViewName, label: TextKey): Row => ({
  key,
  where: "anywhere",
  label,
  action: { type: "open", view },
});

/** Every key, in the order of the page that lists them. */
const TABLE: Row[] = [
  { key: " ", where: "timer", states: ["idle"], label: "keys.toggle", action: { type: "start" } },
  { key: " ", where: "timer", states: BUSY, label: "keys.toggle", action: { type: "toggle" } },
  {
    key: "enter",
    where: ["timer"],
    states: BUSY,
    label: "keys.finish",
    action: { type: "finish" },
  },
  { key: "s", where: "timer", rest: true, label: "keys.skip", action: { type: "skip" } },
  { key: "escape", where: AWAY, label: "keys.escape", action: { type: "leave" } },
  {
    key: "escape",
    where: ["timer"],
    states: BUSY,
    label: "keys.escape",
    action: { type: "stop" },
  },
  {
    key: "escape",
    where: ["timer"],
    countdown: true,
    label: "keys.escape",
    action: { type: "stop" },
  },
  { key: "z", command: true, where: "anywhere", label: "keys.undo", action: { type: "undo" } },
  { key: "t", where: "anywhere", label: "keys.task", action: { type: "edit_task" } },
  preset("1", "classic"),
  preset("2", "deep_work"),
  preset("3", "ultradian"),
  preset("4", "custom"),
  length("arrowup", false, 1),
  length("arrowdown", false, -1),
  length("arrowup", true, 5),
  length("arrowdown", true, -5),
  open("d", "today", "keys.today"),
  open("h", "history", "keys.history"),
  open("p", "projects", "keys.projects"),
  open(",", "settings", "keys.settings"),
  open("?", "keys", "keys.keys"),
  {
    key: "arrowup",
    where: LISTS,
    repeats: true,
    label: "keys.move",
    action: { type: "move", by: -1 },
  },
  {
    key: "arrowdown",
    where: LISTS,
    repeats: true,
    label: "keys.move",
    action: { type: "move", by: 1 },
  },
  { key: "enter", where: LISTS, label: "keys.edit", action: { type: "edit" } },
  { key: "delete", where: LISTS, label: "keys.delete", action: { type: "delete" } },
  { key: "backspace", where: LISTS, label: "keys.delete", action: { type: "delete" } },
];

function isHere(where: Where, scene: Scene): boolean {
  if (where === "anywhere") return true;
  if (where === "timer") return scene.timerIsSeen;
  return where.includes(scene.view);
}

function applies(row: Row, press: Press, key: string, scene: Scene): boolean {
  return (
    row.key === key &&
    (row.command === true) === (press.ctrlKey || press.metaKey) &&
    (row.shift === undefined || row.shift === press.shiftKey) &&
    isHere(row.where, scene) &&
    (row.states === undefined || row.states.includes(scene.state)) &&
    (row.rest === undefined || row.rest === scene.rest) &&
    (row.countdown === undefined || row.countdown === scene.countdown)
  );
}

/** A list that opens chooses by arrows and first letters. */
const isPastSelect = (press: Press, key: string) =>
  key === "escape" || press.ctrlKey || press.metaKey;

/** What would answer the question of a sleep by the way. */
const ANSWERS: Action["type"][] = ["start", "toggle", "finish", "stop", "skip"];

/** What a key means; null where it belongs to the element that has the focus. */
export function actionFor(press: Press, scene: Scene): Action | null {
  if (press.altKey || scene.focus === "text") return null;
  if ((press.ctrlKey || press.metaKey) && press.shiftKey) return null;
  const key = press.key.toLowerCase();
  if (scene.focus !== "view" && (key === " " || key === "enter")) return null;
  if (scene.focus === "choice" && key.startsWith("arrow")) return null;
  if (scene.focus === "select" && !isPastSelect(press, key)) return null;
  const row = TABLE.find((row) => applies(row, press, key, scene));
  if (row === undefined || (press.repeat && row.repeats !== true)) return null;
  if (scene.asking && ANSWERS.includes(row.action.type)) return { type: "face_question" };
  // The key that opened a view also leaves it.
  if (row.action.type === "open" && row.action.view === scene.view) return { type: "leave" };
  return row.action;
}

const TEXT = "input:not([type=radio], [type=checkbox], [type=range]), textarea, [contenteditable]";

export function focusOf(element: Element | null): Scene["focus"] {
  if (element?.matches(TEXT)) return "text";
  if (element?.matches("select")) return "select";
  if (element?.matches("[type=radio], [type=range]")) return "choice";
  return element?.matches("button, a, input, summary") ? "control" : "view";
}

const SYMBOLS: Record<string, string> = {
  arrowup: "↑",
  arrowdown: "↓",
  escape: "Esc",
  enter: "Enter",
};

/** A key as it is written on a keyboard; the space bar and `delete` have a name in each language. */
function keyName(row: Row, mac: boolean): string {
  const name = SYMBOLS[row.key] ?? (row.key === "delete" ? row.key : row.key.toUpperCase());
  if (row.command === true) return mac ? `⌘${name}` : `Ctrl ${name}`;
  return row.shift === true ? `⇧ ${name}` : name;
}

export type KeyLine = { label: TextKey; keys: string[] };

/** The lines of the page of keys: one per meaning, with every key that has it. */
export function keyLines(mac: boolean): KeyLine[] {
  const lines = new Map<TextKey, Set<string>>();
  for (const row of TABLE) {
    // The same key twice on a keyboard: one name is enough.
    if (row.key === "backspace") continue;
    const keys = lines.get(row.label) ?? new Set();
    lines.set(row.label, keys.add(keyName(row, mac)));
  }
  return [...lines].map(([label, keys]) => ({ label, keys: [...keys] }));
}

export const undoKey = (mac: boolean): string => (mac ? "⌘Z" : "Ctrl Z");
