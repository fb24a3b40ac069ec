import { describe, expect, test } from "vitest";
import { completionOf, likelyTasks } from "./recents";

const NOW = Date.parse("2026-03-10T12:00:00Z");
const BOOK = { id: "1", name: "Book", archived: false };
const GONE = { id: "2", name: "Gone", archived: true };
const find = (id: string | null) => [BOOK, GONE].find((each) => each.id === id) ?? null;

const done = (task: string, daysAgo: number, project_id: string | null = null) => ({
  task,
  project_id,
  ended_at: new Date(NOW - daysAgo * 86_400_000).toISOString(),
});
const names = (...entries: ReturnType<typeof done>[]) =>
  likelyTasks(entries, find, NOW).map(({ task }) => task);

describe("the likeliest task", () => {
  test("is the one that was done more often", () => {
    expect(names(done("Read", 1), done("Write", 1), done("Write", 2))).toEqual(["Write", "Read"]);
  });

  test("is the newer one of two that were done as often", () => {
    expect(names(done("Write", 9), done("Read", 1))).toEqual(["Read", "Write"]);
  });

  test("is the one of today, whatever was done often long ago", () => {
    const once = ["a", "b", "c"].map(() => done("Write", 60));
    expect(names(...once, done("Read", 0))).toEqual(["Read", "Write"]);
  });

  test("stands once with each project; an archived one is none", () => {
    const tasks = likelyTasks(
      [done("Write", 0, "1"), done("Write", 0, "2"), done("Write", 0), done("", 0)],
      find,
      NOW,
    );
    expect(tasks).toEqual([
      { task: "Write", project: null },
      { task: "Write", project: { id: "1", name: "Book" } },
    ]);
  });

  test("may be of a clock that went ahead", () => {
    expect(names(done("Read", -400), done("Write", 0), done("Write", 0))).toEqual([
      "Write",
      "Read",
    ]);
  });
});

describe("a completion", () => {
  const write = { task: "Write the report", project: BOOK };
  const likely = [write, { task: "Write", project: null }, { task: "Wren", project: null }];
  const complete = (text: string, project: string | null = null) =>
    completionOf(text, likely, project)?.task ?? null;

  test.each([
    ["wr", "Write the report"],
    ["Write", "Write the report"],
    ["Write ", "Write the report"],
    ["Wre", "Wren"],
    ["W", null],
    ["  ", null],
    ["", null],
    ["Wri te", null],
    ["Write the report", null],
    ["Write the report 45", null],
  ])("of %j is %j", (text, task) => {
    expect(complete(text)).toBe(task);
  });

  test("is of the project that is chosen", () => {
    expect(complete("Wr", "1")).toBe("Write the report");
    expect(complete("Wre", "1")).toBeNull();
  });
});
