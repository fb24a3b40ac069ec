import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as backend from "../backend";
import type { Status } from "../backend";
import { particle, project, status } from "./fixtures";
import { Projects } from "./projects.svelte";
import { Recents } from "./recents.svelte";
import { Suggestions } from "./suggestions.svelte";
import { TaskLine } from "./task-line.svelte";
import { Timer } from "./timer.svelte";
import { Undo } from "./undo.svelte";

vi.mock("../backend");

const BOOK = project("1", "Book");
const CLUB = project("2", "Book club");
const OLD = project("3", "Old", { archived: true });
let kept = [BOOK, CLUB, OLD];

const done = [
  particle("1", { task: "Call Mum" }),
  particle("2", { task: "Write the report", project_id: "1" }),
  particle("3", { task: "Write the report", project_id: "1" }),
  particle("4", { task: "Read chapter 20", project_id: "3" }),
];

async function begin(now: Status = status()) {
  vi.mocked(backend.particles).mockResolvedValue({ particles: done, next: null });
  const timer = new Timer(now);
  const projects = new Projects(new Undo());
  await projects.refresh();
  const line = new TaskLine(timer, projects);
  const suggestions = new Suggestions(line, projects, new Recents(projects));
  await suggestions.enter();
  const write = (text: string, caret = text.length) => suggestions.write(text, caret);
  const ids = () => suggestions.options.map(({ id }) => id);
  const started = async () => {
    vi.mocked(backend.start).mockResolvedValue(now);
    await line.start();
    return vi.mocked(backend.start).mock.calls[0]?.[0];
  };
  return { line, suggestions, projects, write, ids, started };
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-03-01T12:00:00Z") });
  kept = [BOOK, CLUB, OLD];
  vi.mocked(backend.projects).mockImplementation(() => Promise.resolve({ kept, deleted: [] }));
});
afterEach(() => {
  vi.useRealTimers();
  vi.resetAllMocks();
});

describe("a # opens the projects", () => {
  test("without those that are put away; what is written narrows them", async () => {
    const { write, ids } = await begin();
    write("Write #");
    expect(ids()).toEqual(["1", "2"]);
    write("Write #club");
    expect(ids()).toEqual(["2", "create"]);
    write("Write #club ");
    expect(ids()).toEqual([]);
  });

  test.each(["Enter", "Tab"])("and %s chooses one, which leaves the words", async (key) => {
    const { line, suggestions, write, started } = await begin();
    write("Write #bo now", 9);
    void suggestions.press("ArrowDown");
    await suggestions.press(key);
    expect([line.text, line.chosen?.name, suggestions.caret]).toEqual([
      "Write now",
      "Book club",
      6,
    ]);
    expect(suggestions.options).toEqual([]);
    expect(await started()).toEqual({ task: "Write now", minutes: null, project: "2" });
  });

  test("but where the name stands there already Enter is for the focus, and Tab still chooses", async () => {
    const { line, suggestions, write, started } = await begin();
    write("Write 45 #Book");
    expect(suggestions.takesEnter).toBe(false);
    expect(suggestions.press("Enter")).toBeNull();
    expect([line.minutes, line.chosen?.name]).toEqual([45, "Book"]);
    expect(await started()).toEqual({ task: "Write", minutes: 45, project: "1" });
  });

  test("and a length before it stays one while it is chosen", async () => {
    const { line, suggestions, write } = await begin();
    for (const text of ["Write 45", "Write 45 ", "Write 45 #", "Write 45 #b"]) {
      write(text);
      expect(line.minutes, text).toBe(45);
    }
    void suggestions.press("Escape");
    expect(line.minutes, "it is text now, and so not the last word").toBeNull();
  });

  test("and a new one is made by its name", async () => {
    const { line, suggestions, write, ids } = await begin();
    const novel = project("9", "Novel");
    vi.mocked(backend.changeProject).mockImplementation(() => {
      kept = [...kept, novel];
      return Promise.resolve(novel);
    });
    write("Write #Novel");
    expect(ids()).toEqual(["create"]);
    await suggestions.press("Enter");
    expect(backend.changeProject).toHaveBeenCalledWith({ add: { name: "Novel", brightness: 1 } });
    expect([line.text, line.chosen?.id]).toEqual(["Write ", "9"]);
  });

  test("and one that is refused leaves the line as it was", async () => {
    const { line, suggestions, write } = await begin();
    vi.mocked(backend.changeProject).mockRejectedValue(new Error("full"));
    write("Write #Novel");
    await expect(suggestions.press("Enter")).rejects.toThrow("full");
    expect([line.text, line.chosen]).toEqual(["Write #Novel", null]);
  });

  test("and a number makes one only for whoever goes to it", async () => {
    const { suggestions, write } = await begin();
    write("Fix #45");
    expect(suggestions.press("Enter")).toBeNull();
    void suggestions.press("ArrowDown");
    expect(suggestions.active?.id).toBe("create");
  });

  test("until Esc closes them for this name", async () => {
    const { suggestions, write, ids } = await begin();
    write("Write #bo");
    void suggestions.press("Escape");
    write("Write #boo");
    expect(ids()).toEqual([]);
    write("Write");
    write("Write #boo");
    expect(ids()).toEqual(["1", "2", "create"]);
  });

  test("which are told apart where two have one name", async () => {
    kept = [BOOK, project("8", "Book")];
    const { line, suggestions, write } = await begin();
    write("Write #Book");
    expect(suggestions.takesEnter, "the name says too little").toBe(true);
    void suggestions.press("ArrowDown");
    await suggestions.press("Enter");
    expect([line.chosen?.id, suggestions.twin]).toEqual(["8", { at: 2, of: 2, task: null }]);
  });
});

describe("a chosen project", () => {
  test("is taken off by Backspace at the beginning", async () => {
    const { line, suggestions, write } = await begin();
    write("#bo");
    await suggestions.press("Tab");
    expect([line.text, line.project, line.hasDraft]).toEqual(["", "1", true]);
    await suggestions.press("Backspace");
    expect([line.project, line.hasDraft]).toEqual([null, false]);
    expect(suggestions.press("Backspace")).toBeNull();
  });

  test("that was deleted meanwhile is not asked for", async () => {
    const { suggestions, projects, write, started } = await begin();
    write("Write #bo");
    await suggestions.press("Tab");
    kept = [];
    await projects.refresh();
    expect(await started()).toEqual({ task: "Write", minutes: null, project: null });
  });
});

describe("a completion", () => {
  test.each(["Tab", "ArrowRight"])("is accepted by %s, with its project", async (key) => {
    const { line, suggestions, write, started } = await begin();
    write("wri");
    expect(suggestions.completion?.task).toBe("Write the report");
    await suggestions.press(key);
    expect([line.text, line.chosen?.name, suggestions.caret]).toEqual([
      "Write the report",
      "Book",
      16,
    ]);
    expect(await started()).toEqual({ task: "Write the report", minutes: null, project: "1" });
  });

  test("never takes Enter", async () => {
    const { suggestions, write, started } = await begin();
    write("wri");
    expect(suggestions.press("Enter")).toBeNull();
    expect((await started())?.task).toBe("wri");
  });

  test("is there at the end of the text alone", async () => {
    const { suggestions, write } = await begin();
    write("wri", 1);
    expect(suggestions.completion).toBeNull();
    expect(suggestions.press("ArrowRight")).toBeNull();
    suggestions.moveTo(null);
    expect(suggestions.completion).toBeNull();
    suggestions.moveTo(3);
    expect(suggestions.completion).not.toBeNull();
    suggestions.leave();
    expect(suggestions.completion).toBeNull();
  });

  test("keeps a number as part of the task, and a project that is put away is none", async () => {
    const { line, suggestions, write, started } = await begin();
    write("read");
    await suggestions.press("Tab");
    expect([line.text, line.minutes, line.chosen]).toEqual(["Read chapter 20", null, null]);
    expect(await started()).toMatchObject({ task: "Read chapter 20", minutes: null });
  });

  test("is not for the task of a focus that goes on", async () => {
    const going = status({ state: "running", task: "Call", started_at: "2026-03-01T11:50:00Z" });
    const { line, suggestions, write, ids } = await begin(going);
    write("wri");
    expect(suggestions.completion).toBeNull();
    write("Write 45 #");
    expect([ids(), line.minutes]).toEqual([[], null]);
    expect(suggestions.press("ArrowDown")).toBeNull();
  });
});

describe("in an empty line", () => {
  test("the arrow shows recent tasks, and one fills the line", async () => {
    const { line, suggestions, ids, started } = await begin();
    suggestions.moveTo(0);
    void suggestions.press("ArrowDown");
    expect(ids()).toEqual(["none Call Mum", "1 Write the report", "none Read chapter 20"]);
    void suggestions.press("ArrowDown");
    await suggestions.press("Enter");
    expect([line.text, line.chosen?.name, ids()]).toEqual(["Write the report", "Book", []]);
    expect(await started()).toMatchObject({ task: "Write the report", project: "1" });
  });

  test("writing or Esc closes them, and a text is no empty line", async () => {
    const { suggestions, write, ids } = await begin();
    void suggestions.press("ArrowDown");
    write("W");
    expect(ids()).toEqual([]);
    expect(suggestions.press("ArrowDown")).toBeNull();
    write("");
    void suggestions.press("ArrowDown");
    void suggestions.press("Escape");
    expect(ids()).toEqual([]);
  });
});
