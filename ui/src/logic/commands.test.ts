import { describe, expect, test } from "vitest";
import { TABLE, type Scene } from "./actions";
import { commandsFor, recentTasks, type Means } from "./commands";

const scene = (changes: Partial<Scene> = {}): Scene => ({
  state: "idle",
  rest: false,
  countdown: false,
  asking: false,
  view: "timer",
  timerIsSeen: true,
  ...changes,
});
const means = (changes: Partial<Means> = {}): Means => ({
  undoable: false,
  entry: false,
  intention: false,
  sync: { state: "local", is_paused: false },
  look: { theme: "system", language: "system" },
  tasks: [],
  ...changes,
});

const commands = (of: Partial<Scene> = {}, having: Partial<Means> = {}) =>
  commandsFor(scene(of), means(having), TABLE, false);
const ids = (of: Partial<Scene> = {}, having: Partial<Means> = {}) =>
  commands(of, having).map(({ id }) => id);
const find = (id: string, of: Partial<Scene> = {}, having: Partial<Means> = {}) =>
  commands(of, having).find((command) => command.id === id);

test("what can be done with the timer is what its state allows", () => {
  const timer = ["control.start", "control.pause", "control.resume", "control.next"];
  const ending = ["control.finish", "command.stop", "control.skip", "command.preset_classic"];
  const offered = (of: Partial<Scene>) =>
    ids(of).filter((id) => [...timer, ...ending].includes(id));
  expect(offered({ state: "idle" })).toEqual(["control.start", "command.preset_classic"]);
  expect(offered({ state: "running" })).toEqual([
    "control.pause",
    "control.finish",
    "command.stop",
  ]);
  expect(offered({ state: "paused" })[0]).toBe("control.resume");
  expect(offered({ state: "overflow" })[0]).toBe("control.next");
  expect(offered({ state: "idle", rest: true })).toEqual(["control.skip"]);
});

test("no two commands of one moment are the same", () => {
  for (const state of ["idle", "running", "paused", "overflow"] as const) {
    for (const [rest, countdown] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const offered = ids({ state, rest, countdown }, { undoable: true, entry: true });
      expect(new Set(offered).size, `${state} ${rest} ${countdown}`).toBe(offered.length);
    }
  }
});

test("whatever has a key has a name, but for moving in a list and this list itself", () => {
  const byKeyAlone = TABLE.filter(({ name }) => name === undefined);
  const types = new Set(byKeyAlone.map(({ action }) => action.type));
  expect([...types].sort()).toEqual(["delete", "move", "open_palette"]);
  const named = new Set(TABLE.filter(({ name }) => name).map(({ action }) => action.type));
  expect(named).toContain("delete");
});

describe("the key beside a command", () => {
  test("is the one that does the same", () => {
    expect(find("control.start")?.key).toBe(" ");
    expect(find("command.minutes_more")?.key).toBe("⇧ ↑");
    expect(find("keys.undo", {}, { undoable: true })?.key).toBe("Ctrl Z");
    expect(find("data.export_json")?.key).toBeNull();
  });

  test("is not told where it would do something else", () => {
    const away = { state: "running", view: "history", timerIsSeen: false } as const;
    expect(find("control.pause", away)).toMatchObject({ key: null, isOfTimer: true });
    expect(find("command.stop", away)?.key).toBeNull();
    expect(find("view.back", away)?.key).toBe("Esc");
  });
});

test("a project is picked for a focus to come", () => {
  const pick = (of: Partial<Scene>) => find("task.pick_project", of)?.action.type;
  expect(pick({ state: "idle" })).toBe("pick_project");
  expect(pick({ state: "running", rest: true })).toBe("pick_project");
  expect(pick({ state: "running" })).toBeUndefined();
  expect(pick({ state: "idle", view: "history", timerIsSeen: false })).toBe("pick_project");
});

test("an open view is not opened again", () => {
  const away = { view: "history", timerIsSeen: false } as const;
  expect(ids(away)).not.toContain("keys.history");
  expect(ids(away)).toContain("keys.today");
  expect(ids(away)).toContain("view.back");
  expect(ids()).not.toContain("view.back");
});

test("what has nothing to act on is not offered", () => {
  const history = { view: "history" } as const;
  expect(ids()).not.toContain("keys.undo");
  expect(ids({}, { undoable: true })).toContain("keys.undo");
  expect(ids(history)).not.toContain("command.delete");
  expect(ids(history, { entry: true })).toContain("command.delete");
  expect(ids({}, { look: { theme: "dark", language: "de" } })).not.toContain("command.theme_dark");
  expect(ids({}, { look: { theme: "dark", language: "de" } })).not.toContain("command.language_de");
});

test("sync is offered where somebody is signed in, a pause while there is none", () => {
  const data = (sync: Means["sync"]) =>
    ids({}, { sync }).filter((id) => ["sync.title", "sync.now", "command.pause_sync"].includes(id));
  expect(data({ state: "local", is_paused: false })).toEqual([]);
  expect(data({ state: "offline", is_paused: false })).toEqual([
    "sync.title",
    "sync.now",
    "command.pause_sync",
  ]);
  expect(data({ state: "waiting", is_paused: true })).toEqual(["sync.title", "sync.now"]);
});

test("it is asked what became of a sentence where there is one, and no focus goes on", () => {
  expect(ids()).not.toContain("intention.ask");
  expect(ids({}, { intention: true })).toContain("intention.ask");
  expect(ids({ state: "running" }, { intention: true })).not.toContain("intention.ask");
});

test("what would answer the question of a sleep leads to it, as its key does", () => {
  const asked = { state: "paused", asking: true } as const;
  for (const id of ["control.resume", "control.finish", "command.stop"]) {
    expect(find(id, asked)?.action, id).toEqual({ type: "face_question" });
  }
  expect(find("keys.history", asked)?.action).toEqual({ type: "open", view: "history" });
});

describe("a recent task", () => {
  const tasks = [
    { task: "Write", project: { id: "1", name: "Book" } },
    { task: "Write", project: null },
  ];

  test("is begun with its project, or none", () => {
    const begun = commands({}, { tasks }).filter(({ group }) => group === "tasks");
    expect(begun.map(({ action, detail }) => [action, detail])).toEqual([
      [{ type: "start_task", task: "Write", project: "1" }, "Book"],
      [{ type: "start_task", task: "Write", project: null }, ""],
    ]);
    expect(new Set(begun.map(({ id }) => id)).size).toBe(2);
  });

  test.each([
    ["idle", 2],
    ["overflow", 2],
    ["running", 0],
    ["paused", 0],
  ] as const)("while %s: %i are offered", (state, count) => {
    expect(commands({ state }, { tasks }).filter(({ group }) => group === "tasks")).toHaveLength(
      count,
    );
  });

  test("is found once, the newest first, without what is gone or put away", () => {
    const projects = [
      { id: "1", name: "Book", archived: false },
      { id: "2", name: "Garden", archived: true },
    ];
    const found = recentTasks(
      [
        { task: "Write", project_id: "1" },
        { task: "", project_id: "1" },
        { task: "Water", project_id: "2" },
        { task: "Write", project_id: "1" },
        { task: "Water", project_id: "3" },
        { task: "Write", project_id: null },
        { task: "Read", project_id: null },
      ],
      (id) => projects.find((project) => project.id === id) ?? null,
      3,
    );
    expect(found).toEqual([
      { task: "Write", project: { id: "1", name: "Book" } },
      { task: "Water", project: null },
      { task: "Write", project: null },
    ]);
  });
});
