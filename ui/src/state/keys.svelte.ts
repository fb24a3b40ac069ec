import * as backend from "../backend";
import { t, type TextKey } from "../i18n";
import { keyText } from "../logic/key-text";
import { chosen, conflictOf, unitOf, withKeymap } from "../logic/keymap";
import type { Chord, Conflict, Keymap, Unit } from "../logic/keymap";
import { keyName, keyShortcut } from "../logic/keys";
import { isMac } from "../logic/platform";

/** What stands for a key in the words of a hint. */
const IN_HINTS: Record<string, Unit> = {
  toggle: "keys.toggle",
  finish: "keys.finish",
  skip: "keys.skip",
  task: "keys.task",
  more: "command.minute_more",
  less: "command.minute_less",
};

/** Which key does what on this machine. */
export class Keys {
  #keymap: Keymap;

  readonly #rows = $derived.by(() => withKeymap(this.#keymap));

  constructor(keymap: Keymap) {
    this.#keymap = $state.raw(keymap);
  }

  get mac(): boolean {
    return isMac();
  }

  /** Every action with its key. */
  get rows() {
    return this.#rows;
  }

  /** Something is not as it was at first. */
  get isChanged(): boolean {
    return Object.keys(this.#keymap).length > 0;
  }

  /** The key as it is written on a keyboard; nothing where it has none. */
  name(unit: Unit): string | null {
    const row = this.#row(unit);
    return row === undefined ? null : keyName(row, this.mac);
  }

  /** The key as `aria-keyshortcuts` has it. */
  shortcut(unit: Unit): string | undefined {
    const row = this.#row(unit);
    return row === undefined ? undefined : keyShortcut(row, this.mac);
  }

  /** The hint with its keys; nothing where one of them was taken away. */
  hint(text: TextKey): string | null {
    const words = t(text);
    const named = Object.entries(IN_HINTS).map(([word, unit]) => [word, this.name(unit)] as const);
    const isMissing = ([word, name]: (typeof named)[number]) =>
      name === null && words.includes(`%{${word}}`);
    if (named.some(isMissing)) return null;
    return t(text, Object.fromEntries(named.map(([word, name]) => [word, keyText(name ?? "")])));
  }

  /** What has `chord` already where `unit` would be heard. */
  conflict(unit: Unit, chord: Chord): Conflict | null {
    return conflictOf(unit, chord, this.#rows);
  }

  /** Another key for `unit`, or none; `loser` has it no more. */
  async choose(unit: Unit, chord: Chord | null, loser: Unit | null = null): Promise<void> {
    await this.#keep(chosen(this.#keymap, unit, chord, loser));
  }

  async reset(): Promise<void> {
    await this.#keep({});
  }

  async #keep(keymap: Keymap): Promise<void> {
    await backend.setKeys(keymap);
    this.#keymap = keymap;
  }

  #row(unit: Unit) {
    return this.#rows.find((row) => unitOf(row) === unit);
  }
}
