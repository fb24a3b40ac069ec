import type { TextKey } from "../i18n";
import { facing, isHere, suits, TABLE, type Action, type Row, type Scene } from "./actions";

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
export function actionFor(press: Press, scene: KeyScene): Action | null {
  if (press.altKey) return null;
  if ((press.ctrlKey || press.metaKey) && press.shiftKey) return null;
  const key = press.key.toLowerCase();
  if (scene.focus !== "view" && (key === " " || key === "enter")) return null;
  if (scene.focus === "choice" && key.startsWith("arrow")) return null;
  if (scene.focus === "select" && !isPastSelect(press, key)) return null;
  const row = TABLE.find((row) => applies(row, press, key, scene));
  if (row === undefined || (press.repeat && row.repeats !== true)) return null;
  if (scene.focus === "text" && row.inText !== true) return null;
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

const withCommand = (name: string, mac: boolean) => (mac ? `⌘${name}` : `Ctrl ${name}`);

/**
 * The key of a row as it is written on a keyboard; the space bar and `delete` have a name in each
 * language. Nothing for a row without one.
 */
export function keyName({ key, command, shift }: Row, mac: boolean): string | null {
  if (key === undefined) return null;
  const name = SYMBOLS[key] ?? (key === "delete" ? key : key.toUpperCase());
  if (command === true) return withCommand(name, mac);
  return shift === true ? `⇧ ${name}` : name;
}

export type KeyLine = { label: TextKey; keys: string[] };

/** The lines of the page of keys: one per meaning, with every key that has it. */
export function keyLines(mac: boolean): KeyLine[] {
  const lines = new Map<TextKey, Set<string>>();
  for (const row of TABLE) {
    const { label } = row;
    const name = keyName(row, mac);
    // The same key twice on a keyboard: one name is enough.
    if (label === undefined || name === null || row.key === "backspace") continue;
    lines.set(label, (lines.get(label) ?? new Set()).add(name));
  }
  return [...lines].map(([label, keys]) => ({ label, keys: [...keys] }));
}

export const undoKey = (mac: boolean): string => withCommand("Z", mac);
export const paletteKey = (mac: boolean): string => withCommand("K", mac);
