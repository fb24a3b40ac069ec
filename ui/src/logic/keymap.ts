/** Which key does what: the table of actions, with what a person chose instead. */

import type { TextKey } from "../i18n";
import { overlap, TABLE, type Row } from "./actions";
import type { Press } from "./keys";

/** What a person chose, by unit: a key as it is `written`, or none. What is not in it has the key of the table. */
export type Keymap = Readonly<Record<string, string | null>>;

/** Keys that are pressed together. Without `shift` it does not matter, as for letters and signs. */
export type Chord = Pick<Row, "command" | "shift"> & { key: string };

/** What has a key of its own: a line of the page of keys, or a part of one. */
export type Unit = TextKey;

/** They write, choose, leave or belong to the system, wherever one is. */
const TAKEN = new Set(["escape", "tab", "backspace", "delete", "contextmenu", "dead", "process"]);
const MODIFIERS = new Set([
  "shift",
  "ctrl",
  "control",
  "alt",
  "altgraph",
  "meta",
  "capslock",
  "fn",
  "os",
]);
/** With Ctrl or Cmd they belong to the text, or to the window. */
const COMMANDS_TAKEN = new Set(["a", "c", "q", "v", "w", "x"]);

/** A key whose name tells nothing of Shift. */
const isNamed = (key: string) => key.length > 1 || key === " ";

/** Nothing for what keeps its key. */
export function unitOf({ label, name, isFixed, hasOwnKey }: Row): Unit | null {
  if (isFixed === true || label === undefined) return null;
  return hasOwnKey === true ? (name ?? null) : label;
}

export function written({ key, command, shift }: Chord): string {
  const parts = [
    command === true && "ctrl",
    shift === true && "shift",
    key === " " ? "space" : key,
  ];
  return parts.filter((part) => part !== false).join(" ");
}

/** Nothing for what is no key that can be chosen. */
export function read(text: string): Chord | null {
  const parts = text.split(" ");
  const last = parts.pop() ?? "";
  const key = last === "space" ? " " : last;
  const command = parts.includes("ctrl");
  const shift = parts.includes("shift");
  const chord = chordOf({ key, command, shift });
  return chord !== null && written(chord) === text ? chord : null;
}

/** What is pressed, as a key that can be chosen. Nothing for the others. */
export function pressed(press: Press): Chord | null {
  if (press.altKey) return null;
  const command = press.ctrlKey || press.metaKey;
  return chordOf({ key: press.key.toLowerCase(), command, shift: press.shiftKey });
}

/** Somebody is about to press more. */
export const isModifier = (key: string): boolean => MODIFIERS.has(key.toLowerCase());

function chordOf({ key, command, shift }: Required<Chord>): Chord | null {
  if (key === "" || key !== key.toLowerCase() || TAKEN.has(key) || MODIFIERS.has(key)) return null;
  if (command) return shift || COMMANDS_TAKEN.has(key) ? null : { key, command };
  return isNamed(key) ? { key, shift } : { key };
}

/** The table with the keys of a person. What they did not choose well is as ever. */
export function withKeymap(keymap: Keymap): Row[] {
  return TABLE.map((row) => {
    const unit = unitOf(row);
    const chosen = unit === null ? undefined : keymap[unit];
    if (chosen === undefined) return row;
    if (chosen === null) return withoutKey(row);
    const chord = read(chosen);
    return chord === null ? row : { ...withoutKey(row), ...chord };
  });
}

function withoutKey(row: Row): Row {
  const rest = { ...row };
  delete rest.key;
  delete rest.command;
  delete rest.shift;
  return rest;
}

const isSameKey = (one: Row, other: Chord): boolean =>
  one.key === other.key &&
  (one.command === true) === (other.command === true) &&
  (one.shift === undefined || other.shift === undefined || one.shift === other.shift);

/** Who has `chord` where `unit` would be heard; nothing of those that keep their key. */
export type Conflict = { unit: Unit | null; label: TextKey };

export function conflictOf(unit: Unit, chord: Chord, rows: Row[]): Conflict | null {
  const own = rows.filter((row) => unitOf(row) === unit);
  const others = rows.filter((row) => unitOf(row) !== unit && isSameKey(row, chord));
  const found = others.filter((row) => own.some((mine) => overlap(mine, row)));
  const other = found.find((row) => unitOf(row) === null) ?? found[0];
  if (other === undefined) return null;
  const label = unitOf(other) ?? other.label ?? other.name;
  return label === undefined ? null : { unit: unitOf(other), label };
}

/** With another key for `unit`, or none, and none for `loser`. */
export function chosen(
  keymap: Keymap,
  unit: Unit,
  chord: Chord | null,
  loser: Unit | null,
): Keymap {
  const taken = loser === null ? {} : { [loser]: null };
  return { ...keymap, ...taken, [unit]: chord === null ? null : written(chord) };
}
