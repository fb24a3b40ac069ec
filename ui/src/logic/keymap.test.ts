import { describe, expect, test } from "vitest";
import { TABLE } from "./actions";
import { chosen, conflictOf, pressed, read, unitOf, withKeymap, written } from "./keymap";
import type { Chord, Keymap, Unit } from "./keymap";
import { actionFor, type KeyScene, type Press } from "./keys";

const press = (key: string, changes: Partial<Press> = {}): Press => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
  ...changes,
});
const scene: KeyScene = {
  state: "idle",
  rest: false,
  countdown: false,
  asking: false,
  focus: "view",
  view: "timer",
  timerIsSeen: true,
};
const does = (keymap: Keymap, pressed: Press, changes: Partial<KeyScene> = {}) =>
  actionFor(pressed, { ...scene, ...changes }, withKeymap(keymap));

test("without a choice everything is as in the table", () => {
  expect(withKeymap({})).toEqual(TABLE);
});

test("another key does it, and the first one nothing any more", () => {
  const keymap = { "keys.task": "n" };
  expect(does(keymap, press("N"))).toEqual({ type: "edit_task" });
  expect(does(keymap, press("t"))).toBeNull();
});

test("a line with several meanings changes as one, the parts of another each for itself", () => {
  const keymap = { "keys.toggle": "x", "command.preset_classic": "ctrl 1" };
  expect(does(keymap, press("x"))).toEqual({ type: "start" });
  expect(does(keymap, press("x"), { state: "running" })).toEqual({ type: "toggle" });
  expect(does(keymap, press(" "))).toBeNull();
  const classic = { type: "choose_preset", preset: "classic" };
  expect(does(keymap, press("1", { metaKey: true }))).toEqual(classic);
  expect(does(keymap, press("1"))).toBeNull();
  expect(does(keymap, press("2"))).toMatchObject({ preset: "deep_work" });
});

test("what has no key is reached by its name alone", () => {
  expect(does({ "keys.history": null }, press("h"))).toBeNull();
});

test.each([
  ["nothing that can be chosen", { "keys.task": "escape" }],
  ["half a key", { "keys.task": "ctrl" }],
  ["no key", { "keys.task": "" }],
  ["two words for one", { "keys.task": "CTRL t" }],
  ["what belongs to the text", { "keys.task": "ctrl c" }],
  ["nothing that there is", { "keys.nonsense": "n" }],
  ["what keeps its key", { "keys.escape": "n" }],
] as [string, Keymap][])("a file that says %s changes nothing", (_, keymap) => {
  expect(withKeymap(keymap)).toEqual(TABLE);
});

test("a letter that opens the commands does not do so while somebody writes", () => {
  const keymap = { "keys.palette": "j" };
  expect(does(keymap, press("j"))).toEqual({ type: "open_palette" });
  expect(does(keymap, press("j"), { focus: "text" })).toBeNull();
  const command = press("k", { ctrlKey: true });
  expect(does({}, command, { focus: "text" })).toEqual({ type: "open_palette" });
});

describe("what is pressed", () => {
  test.each([
    [press("N"), "n"],
    [press("?", { shiftKey: true }), "?"],
    [press(" "), "space"],
    [press("ArrowUp", { shiftKey: true }), "shift arrowup"],
    [press("j", { ctrlKey: true }), "ctrl j"],
    [press(" ", { metaKey: true }), "ctrl space"],
    [press("F5"), "f5"],
  ])("is a key: %o", (pressing, text) => {
    const chord = pressed(pressing);
    expect(chord && written(chord)).toBe(text);
    expect(read(text), "and is read as it is written").toEqual(chord);
  });

  test.each([
    press("Escape"),
    press("Tab"),
    press("Shift"),
    press("c", { ctrlKey: true }),
    press("t", { altKey: true }),
    press("t", { ctrlKey: true, shiftKey: true }),
    press("Dead"),
  ])("is none that can be chosen: %o", (pressing) => {
    expect(pressed(pressing)).toBeNull();
  });
});

describe("a conflict", () => {
  const conflict = (unit: Unit, chord: Chord, keymap: Keymap = {}) =>
    conflictOf(unit, chord, withKeymap(keymap));

  test("is with what is heard at the same place and time", () => {
    const history = { unit: "keys.history", label: "keys.history" };
    expect(conflict("keys.task", { key: "h" })).toEqual(history);
    expect(conflict("keys.task", { key: "n" })).toBeNull();
    expect(conflict("keys.task", { key: "h", command: true })).toBeNull();
    expect(conflict("keys.task", { key: "t" }), "its own").toBeNull();
    expect(conflict("keys.task", { key: "h" }, { "keys.history": null })).toBeNull();
  });

  test("is none with what is heard elsewhere", () => {
    // A list and the length of the next focus are never seen at once.
    const up = { key: "arrowup", shift: true };
    expect(conflict("command.minute_more", up)).toMatchObject({ unit: "command.minutes_more" });
    expect(conflict("keys.finish", { key: "arrowup", shift: false })).toBeNull();
    expect(conflict("keys.task", { key: "arrowup", shift: false })).not.toBeNull();
  });

  test("with what keeps its key says so", () => {
    const enter = conflict("keys.task", { key: "enter", shift: false }, { "keys.finish": null });
    expect(enter).toEqual({ unit: null, label: "keys.edit" });
  });

  test("is over when the one gives the key to the other", () => {
    const keymap = chosen({}, "keys.task", { key: "h" }, "keys.history");
    expect(keymap).toEqual({ "keys.task": "h", "keys.history": null });
    expect(does(keymap, press("h"))).toEqual({ type: "edit_task" });
  });

  test("is nowhere in the table itself", () => {
    for (const row of TABLE) {
      const unit = unitOf(row);
      if (unit === null || row.key === undefined) continue;
      expect(conflict(unit, { ...row, key: row.key }), unit).toBeNull();
    }
  });
});
