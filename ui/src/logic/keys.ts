import type { TimerState } from "../backend";

export type Action =
  | { type: "toggle" }
  | { type: "finish" }
  | { type: "stop" }
  | { type: "start" }
  | { type: "edit_task" }
  | { type: "open_look" }
  | { type: "leave" }
  | { type: "change_length"; by_minutes: number };

export type Press = Pick<KeyboardEvent, "key" | "shiftKey" | "repeat"> &
  Pick<KeyboardEvent, "ctrlKey" | "altKey" | "metaKey">;

/** Where the key was pressed. */
export type Scene = {
  state: TimerState;
  focus: "view" | "text" | "control";
  overlay: boolean;
};

type Row = {
  key: string;
  action: Action;
  states?: TimerState[];
  shift?: boolean;
  repeats?: boolean;
};

const BUSY: TimerState[] = ["running", "paused", "overflow"];
const length = (key: string, shift: boolean, by_minutes: number): Row => ({
  key,
  shift,
  repeats: true,
  states: ["idle"],
  action: { type: "change_length", by_minutes },
});

const VIEW: Row[] = [
  { key: " ", states: ["idle"], action: { type: "start" } },
  { key: " ", states: BUSY, action: { type: "toggle" } },
  { key: "enter", states: BUSY, action: { type: "finish" } },
  { key: "escape", states: BUSY, action: { type: "stop" } },
  { key: "t", action: { type: "edit_task" } },
  { key: ",", action: { type: "open_look" } },
  length("arrowup", false, 1),
  length("arrowdown", false, -1),
  length("arrowup", true, 5),
  length("arrowdown", true, -5),
];

const OVERLAY: Row[] = [
  { key: "escape", action: { type: "leave" } },
  { key: ",", action: { type: "leave" } },
];

/** What a key means; null where it belongs to the element that has the focus. */
export function actionFor(press: Press, scene: Scene): Action | null {
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  if (scene.focus === "text") return null;
  const key = press.key.toLowerCase();
  if (scene.focus === "control" && (key === " " || key === "enter")) return null;
  const row = (scene.overlay ? OVERLAY : VIEW).find(
    (row) =>
      row.key === key &&
      (row.shift === undefined || row.shift === press.shiftKey) &&
      (row.states === undefined || row.states.includes(scene.state)),
  );
  if (row === undefined || (press.repeat && row.repeats !== true)) return null;
  return row.action;
}

const TEXT = "input:not([type=radio], [type=checkbox]), textarea, [contenteditable]";

export function focusOf(element: Element | null): Scene["focus"] {
  if (element?.matches(TEXT)) return "text";
  return element?.matches("button, a, input, select") ? "control" : "view";
}
