import { describe, expect, test } from "vitest";
import { TABLE } from "./actions";
import { actionFor as actionOf, keyLines, type KeyScene, type Press } from "./keys";

const press = (key: string, changes: Partial<Press> = {}): Press => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
  ...changes,
});
const scene = (changes: Partial<KeyScene> = {}): KeyScene => ({
  state: "running",
  rest: false,
  countdown: false,
  asking: false,
  focus: "view",
  view: "timer",
  timerIsSeen: true,
  ...changes,
});
const actionFor = (press: Press, scene: KeyScene) => actionOf(press, scene, TABLE);
const idle = (changes: Partial<KeyScene> = {}) => scene({ state: "idle", ...changes });
const inHistory = (changes: Partial<KeyScene> = {}) =>
  scene({ view: "history", timerIsSeen: false, ...changes });

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
  expect(actionFor(press("Enter"), idle())).toBeNull();
  expect(actionFor(press("Escape"), idle())).toBeNull();
});

test("Esc prevents what is about to begin by itself", () => {
  expect(actionFor(press("Escape"), idle({ countdown: true }))).toEqual({ type: "stop" });
});

test("S skips a break, offered or running, and never a focus", () => {
  expect(actionFor(press("s"), idle({ rest: true }))).toEqual({ type: "skip" });
  expect(actionFor(press("s"), scene({ rest: true }))).toEqual({ type: "skip" });
  expect(actionFor(press("s"), scene())).toBeNull();
});

describe("the length", () => {
  test.each([
    ["ArrowUp", false, 1],
    ["ArrowDown", false, -1],
    ["ArrowUp", true, 5],
    ["ArrowDown", true, -5],
  ])("%s with shift %s changes it by %i", (key, shiftKey, by_minutes) => {
    const action = actionFor(press(key, { shiftKey }), idle());
    expect(action).toEqual({ type: "change_length", by_minutes });
  });

  test("is fixed once a focus has begun, and for a break", () => {
    expect(actionFor(press("ArrowUp"), scene({ state: "paused" }))).toBeNull();
    expect(actionFor(press("ArrowUp"), idle({ rest: true }))).toBeNull();
  });

  test("goes on changing while the key is held, unlike everything else", () => {
    const held = { repeat: true };
    expect(actionFor(press("ArrowUp", held), idle())).not.toBeNull();
    expect(actionFor(press(" ", held), scene())).toBeNull();
    expect(actionFor(press("Escape", held), scene())).toBeNull();
  });
});

test("1 to 4 choose a preset while idle", () => {
  const chosen = ["1", "2", "3", "4"].map((key) => actionFor(press(key), idle()));
  expect(chosen).toEqual(
    ["classic", "deep_work", "ultradian", "custom"].map((preset) => ({
      type: "choose_preset",
      preset,
    })),
  );
  expect(actionFor(press("1"), scene())).toBeNull();
});

test.each([" ", "Enter", "Escape", "t", ",", "?", "h", "s", "1", "ArrowUp", "Delete"])(
  "%j is left to a text field, in every view",
  (key) => {
    expect(actionFor(press(key), idle({ focus: "text", rest: true }))).toBeNull();
    expect(actionFor(press(key), inHistory({ focus: "text" }))).toBeNull();
  },
);

test("undoing while a text is written belongs to the text", () => {
  const undo = press("z", { ctrlKey: true });
  expect(actionFor(undo, scene({ focus: "text" }))).toBeNull();
});

test("a focused button keeps Space and Enter, and no other key", () => {
  expect(actionFor(press(" "), scene({ focus: "control" }))).toBeNull();
  expect(actionFor(press("Enter"), scene({ focus: "control" }))).toBeNull();
  expect(actionFor(press("Escape"), scene({ focus: "control" }))).toEqual({ type: "stop" });
});

test("a choice keeps its arrows, too", () => {
  expect(actionFor(press("ArrowDown"), inHistory({ focus: "choice" }))).toBeNull();
  expect(actionFor(press("ArrowDown"), inHistory({ focus: "control" }))).not.toBeNull();
});

describe("a list that opens", () => {
  test("keeps what it chooses by: arrows, letters, Space", () => {
    for (const key of ["ArrowDown", "h", "1", " ", "Enter", "Delete"]) {
      expect(actionFor(press(key), inHistory({ focus: "select" })), key).toBeNull();
    }
  });

  test("does not keep a person in its view", () => {
    const scene = inHistory({ focus: "select" });
    expect(actionFor(press("Escape"), scene)).toEqual({ type: "leave" });
    expect(actionFor(press("z", { ctrlKey: true }), scene)).toEqual({ type: "undo" });
  });
});

describe("while it is asked what to make of a sleep", () => {
  const asking = (changes: Partial<KeyScene> = {}) =>
    scene({ state: "paused", asking: true, ...changes });

  test.each([" ", "Enter", "Escape"])("%j answers nothing and goes to the question", (key) => {
    expect(actionFor(press(key), asking())).toEqual({ type: "face_question" });
  });

  test("an answer that has the focus keeps its keys", () => {
    expect(actionFor(press(" "), asking({ focus: "control" }))).toBeNull();
    expect(actionFor(press("Enter"), asking({ focus: "control" }))).toBeNull();
  });

  test("other views open and close as ever", () => {
    const away = asking({ view: "history", timerIsSeen: false });
    expect(actionFor(press("h"), asking())).toEqual({ type: "open", view: "history" });
    expect(actionFor(press("Escape"), away)).toEqual({ type: "leave" });
  });
});

describe("in another view", () => {
  test("Esc leaves it and does not touch the timer", () => {
    expect(actionFor(press("Escape"), inHistory())).toEqual({ type: "leave" });
  });

  test.each(["account", "sync", "settings", "keys"] as const)("Esc leaves %s, too", (view) => {
    const away = scene({ view, timerIsSeen: false });
    expect(actionFor(press("Escape"), away)).toEqual({ type: "leave" });
  });

  test("keys of a timer that nobody sees do nothing", () => {
    for (const key of [" ", "s", "1"]) {
      expect(actionFor(press(key), inHistory({ rest: true })), key).toBeNull();
    }
  });

  test("beside a seen timer Space steers it, and Enter belongs to the list", () => {
    const beside = inHistory({ timerIsSeen: true });
    expect(actionFor(press(" "), beside)).toEqual({ type: "toggle" });
    expect(actionFor(press("Enter"), beside)).toEqual({ type: "edit" });
  });

  test.each([
    ["ArrowDown", { type: "move", by: 1 }],
    ["ArrowUp", { type: "move", by: -1 }],
    ["Enter", { type: "edit" }],
    ["Delete", { type: "delete" }],
    ["Backspace", { type: "delete" }],
  ])("%s works on the list", (key, action) => {
    expect(actionFor(press(key), inHistory())).toEqual(action);
    expect(actionFor(press(key), scene({ view: "settings", timerIsSeen: false }))).toBeNull();
  });

  test("the key that opened it leaves it, another one goes on to its own", () => {
    expect(actionFor(press("h"), inHistory())).toEqual({ type: "leave" });
    expect(actionFor(press("d"), inHistory())).toEqual({ type: "open", view: "today" });
  });
});

describe("while looking back", () => {
  const inWeek = (changes: Partial<KeyScene> = {}) =>
    scene({ view: "week", timerIsSeen: false, ...changes });

  test.each([
    ["w", "week"],
    ["y", "year"],
  ] as const)("%s opens the %s from everywhere, and leaves it", (key, view) => {
    expect(actionFor(press(key), scene())).toEqual({ type: "open", view });
    expect(actionFor(press(key), inHistory())).toEqual({ type: "open", view });
    expect(actionFor(press(key), inWeek({ view }))).toEqual({ type: "leave" });
  });

  test.each(["week", "month", "year"] as const)("the arrows move the %s", (view) => {
    const earlier = { type: "change_period", by: -1 };
    expect(actionFor(press("ArrowLeft"), inWeek({ view }))).toEqual(earlier);
    expect(actionFor(press("ArrowRight", { repeat: true }), inWeek({ view }))).toEqual({
      type: "change_period",
      by: 1,
    });
    expect(actionFor(press("Escape"), inWeek({ view }))).toEqual({ type: "leave" });
  });

  test("the arrows belong to a choice that has the focus, and mean nothing elsewhere", () => {
    expect(actionFor(press("ArrowLeft"), inWeek({ focus: "choice" }))).toBeNull();
    expect(actionFor(press("ArrowLeft"), inHistory())).toBeNull();
    expect(actionFor(press("ArrowLeft"), idle())).toBeNull();
  });
});

test("shortcuts of the system are not ours", () => {
  expect(actionFor(press("t", { ctrlKey: true }), scene())).toBeNull();
  expect(actionFor(press(",", { metaKey: true }), scene())).toBeNull();
  expect(actionFor(press(" ", { altKey: true }), scene())).toBeNull();
  expect(actionFor(press("z"), scene())).toBeNull();
  expect(actionFor(press("Z", { ctrlKey: true, shiftKey: true }), scene())).toBeNull();
});

test("Ctrl Z and Cmd Z undo", () => {
  expect(actionFor(press("z", { ctrlKey: true }), scene())).toEqual({ type: "undo" });
  expect(actionFor(press("z", { metaKey: true }), inHistory())).toEqual({ type: "undo" });
});

test.each(["view", "text", "control", "choice", "select"] as const)(
  "Ctrl K and Cmd K open the list of commands, whatever has the focus: %s",
  (focus) => {
    const wanted = { type: "open_palette" };
    expect(actionFor(press("k", { ctrlKey: true }), scene({ focus }))).toEqual(wanted);
    expect(actionFor(press("k", { metaKey: true }), inHistory({ focus }))).toEqual(wanted);
    expect(actionFor(press("k"), scene({ focus }))).toBeNull();
    expect(actionFor(press("k", { ctrlKey: true, repeat: true }), scene({ focus }))).toBeNull();
  },
);

test("T edits the task, with caps lock too", () => {
  expect(actionFor(press("T"), scene())).toEqual({ type: "edit_task" });
});

test("every key has one line on the page of keys", () => {
  const lines = keyLines(TABLE, false);
  const names = (label: string, of = lines) =>
    of.find((line) => line.label === label)?.caps.map(({ name }) => name);
  expect(new Set(lines.map(({ label }) => label)).size).toBe(lines.length);
  expect(names("keys.preset")).toEqual(["1", "2", "3", "4"]);
  expect(names("keys.length_more")).toEqual(["⇧ ↑", "⇧ ↓"]);
  expect(names("keys.undo")).toEqual(["Ctrl Z"]);
  expect(names("keys.undo", keyLines(TABLE, true))).toEqual(["⌘Z"]);
  expect(names("keys.delete"), "the same key twice").toEqual(["delete"]);
});
