import { describe, expect, test } from "vitest";
import { actionFor, type Press, type Scene } from "./keys";

const press = (key: string, changes: Partial<Press> = {}): Press => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
  ...changes,
});
const scene = (changes: Partial<Scene> = {}): Scene => ({
  state: "running",
  focus: "view",
  overlay: false,
  ...changes,
});

test.each([
  ["idle", "start"],
  ["running", "toggle"],
  ["paused", "toggle"],
  ["overflow", "toggle"],
] as const)("Space while %s means %s", (state, type) => {
  expect(actionFor(press(" "), scene({ state }))).toEqual({ type });
});

test.each(["running", "paused", "overflow"] as const)("%s: Enter finishes, Esc stops", (state) => {
  expect(actionFor(press("Enter"), scene({ state }))).toEqual({ type: "finish" });
  expect(actionFor(press("Escape"), scene({ state }))).toEqual({ type: "stop" });
});

test("there is nothing to finish or to stop while idle", () => {
  expect(actionFor(press("Enter"), scene({ state: "idle" }))).toBeNull();
  expect(actionFor(press("Escape"), scene({ state: "idle" }))).toBeNull();
});

describe("the length", () => {
  test.each([
    ["ArrowUp", false, 1],
    ["ArrowDown", false, -1],
    ["ArrowUp", true, 5],
    ["ArrowDown", true, -5],
  ])("%s with shift %s changes it by %i", (key, shiftKey, by_minutes) => {
    const action = actionFor(press(key, { shiftKey }), scene({ state: "idle" }));
    expect(action).toEqual({ type: "change_length", by_minutes });
  });

  test("is fixed once a focus has begun", () => {
    expect(actionFor(press("ArrowUp"), scene({ state: "paused" }))).toBeNull();
  });

  test("goes on changing while the key is held, unlike everything else", () => {
    const held = { repeat: true };
    expect(actionFor(press("ArrowUp", held), scene({ state: "idle" }))).not.toBeNull();
    expect(actionFor(press(" ", held), scene())).toBeNull();
    expect(actionFor(press("Escape", held), scene())).toBeNull();
  });
});

test.each([" ", "Enter", "Escape", "t", ",", "ArrowUp"])("%j is left to a text field", (key) => {
  expect(actionFor(press(key), scene({ state: "idle", focus: "text" }))).toBeNull();
});

test("a focused button keeps Space and Enter, and no other key", () => {
  expect(actionFor(press(" "), scene({ focus: "control" }))).toBeNull();
  expect(actionFor(press("Enter"), scene({ focus: "control" }))).toBeNull();
  expect(actionFor(press("Escape"), scene({ focus: "control" }))).toEqual({ type: "stop" });
});

test("under an overlay Esc leaves it and does not touch the timer", () => {
  expect(actionFor(press("Escape"), scene({ overlay: true }))).toEqual({ type: "leave" });
  expect(actionFor(press(" "), scene({ overlay: true }))).toBeNull();
});

test("shortcuts of the system are not ours", () => {
  expect(actionFor(press("t", { ctrlKey: true }), scene())).toBeNull();
  expect(actionFor(press(",", { metaKey: true }), scene())).toBeNull();
  expect(actionFor(press(" ", { altKey: true }), scene())).toBeNull();
});

test("T edits the task, with caps lock too", () => {
  expect(actionFor(press("T"), scene())).toEqual({ type: "edit_task" });
});
