import type { TextKey } from "../i18n";
import { facing, isHere, suits, type Action, type Row, type Scene } from "./actions";
import { unitOf, type Unit } from "./keymap";

export type Press = Pick<KeyboardEvent, "key" | "shiftKey" | "repeat"> &
  Pick<KeyboardEvent, "ctrlKey" | "altKey" | "metaKey">;

/** What has the focus: a choice (radio buttons, a slider) moves with the arrows, a list that opens also
 * by letters. */
export type Focus = "view" | "text" | "control" | "choice" | "select";

/** Where the key was pressed. */
export type KeyScene = Scene & { focus: Focus };

const applies = (row: Row, press: Press, key: string, scene: Scene): boolean =>
  row.key === key &&
  (row.command === true) === (press.ctrlKey || press.metaKey) &&
  (row.shift === undefined || row.shift === press.shiftKey) &&
  isHere(row, scene) &&
  suits(row, scene);

/** A list that opens chooses by arrows and first letters. */
const isPastSelect = (press: Press, key: string) =>
  key === "escape" || press.ctrlKey || press.metaKey;

/** What a key means; null where it belongs to the element that has the focus. */
export function actionFor(press: Press, scene: KeyScene, rows: Row[]): Action | null {
  if (press.altKey) return null;
  if ((press.ctrlKey || press.metaKey) && press.shiftKey) return null;
  const key = press.key.toLowerCase();
  if (scene.focus !== "view" && (key === " " || key === "enter")) return null;
  if (scene.focus === "choice" && key.startsWith("arrow")) return null;
  if (scene.focus === "select" && !isPastSelect(press, key)) return null;
  const row = rows.find((row) => applies(row, press, key, scene));
  if (row === undefined || (press.repeat && row.repeats !== true)) return null;
  if (scene.focus === "text" && (row.inText !== true || row.command !== true)) return null;
  // The key that opened a view also leaves it.
  if (row.action.type === "open" && row.action.view === scene.view) return { type: "leave" };
  return facing(row.action, scene);
}

const TEXT = "input:not([type=radio], [type=checkbox], [type=range]), textarea, [contenteditable]";

export function focusOf(element: Element | null): Focus {
  if (element?.matches(TEXT)) return "text";
  if (element?.matches("select")) return "select";
  if (element?.matches("[type=radio], [type=range]")) return "choice";
  return element?.matches("button, a, input, summary") ? "control" : "view";
}

const SYMBOLS: Record<string, string> = {
  arrowup: "↑",
  arrowdown: "↓",
  arrowleft: "←",
  arrowright: "→",
  escape: "Esc",
  enter: "Enter",
};

const capital = (key: string) => key.charAt(0).toUpperCase() + key.slice(1);

const withCommand = (name: string, mac: boolean) => (mac ? `⌘${name}` : `Ctrl ${name}`);

/**
 * The key of a row as it is written on a keyboard; the space bar and `delete` have a name in each
 * language. Nothing for a row without one.
 */
export function keyName({ key, command, shift }: Row, mac: boolean): string | null {
  if (key === undefined) return null;
  const name = SYMBOLS[key] ?? (key === "delete" ? key : capital(key));
  if (command === true) return withCommand(name, mac);
  return shift === true ? `⇧ ${name}` : name;
}

const SPOKEN: Record<string, string> = {
  " ": "Space",
  arrowup: "ArrowUp",
  arrowdown: "ArrowDown",
  arrowleft: "ArrowLeft",
  arrowright: "ArrowRight",
};

/** The key of a row as `aria-keyshortcuts` has it; nothing for a row without one. */
export function keyShortcut({ key, command, shift }: Row, mac: boolean): string | undefined {
  if (key === undefined) return undefined;
  const name = SPOKEN[key] ?? capital(key);
  if (command === true) return `${mac ? "Meta" : "Control"}+${name}`;
  return shift === true ? `Shift+${name}` : name;
}

export type KeyCap = {
  /** Nothing where it has none. */
  name: string | null;
  /** Nothing where it keeps its key. */
  unit: Unit | null;
};
export type KeyLine = { label: TextKey; caps: KeyCap[] };

/** The lines of the page of keys: one per meaning, with every key that has it. */
export function keyLines(rows: Row[], mac: boolean): KeyLine[] {
  const lines = new Map<TextKey, Map<string, KeyCap>>();
  for (const row of rows) {
    const { label } = row;
    const [name, unit] = [keyName(row, mac), unitOf(row)];
    // The same key twice on a keyboard: one name is enough.
    if (label === undefined || row.key === "backspace") continue;
    if (name === null && unit === null) continue;
    const caps = lines.get(label) ?? new Map<string, KeyCap>();
    lines.set(label, caps.set(unit ?? name ?? "", { name, unit }));
  }
  return [...lines].map(([label, caps]) => ({ label, caps: [...caps.values()] }));
}
