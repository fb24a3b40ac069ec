import { describe, expect, test } from "vitest";
import { project } from "../state/fixtures";
import { activeOption, projectOptions, taskOptions } from "./line-options";

const BOOK = project("1", "Book");
const GARDEN = project("2", "Garden");
const MUEHLE = project("3", "Mühle");
const ALL = [BOOK, GARDEN, MUEHLE];

const ids = (query: string, projects = ALL) =>
  projectOptions(query, projects, []).map(({ id }) => id);

describe("the projects that are offered", () => {
  test.each([
    ["", ["1", "2", "3"]],
    ["gar", ["2", "create"]],
    ["ard", ["2", "create"]],
    ["Muehle", ["3", "create"]],
    ["book", ["1"]],
    ["Novel", ["create"]],
    ["none", []],
  ])("for %j", (query, expected) => {
    expect(ids(query)).toEqual(expected);
  });

  test("of one name are told apart", () => {
    const twins = [BOOK, project("9", "Book"), GARDEN];
    const tasks = [{ task: "Read", project: { id: "9", name: "Book" } }];
    const options = projectOptions("", twins, tasks);
    expect(options.map((option) => option.type === "project" && option.twin)).toEqual([
      { at: 1, of: 2, task: null },
      { at: 2, of: 2, task: "Read" },
      null,
    ]);
  });
});

describe("what Enter chooses", () => {
  test("is the first, or what was gone to", () => {
    const options = projectOptions("", ALL, []);
    expect(activeOption(options, null)?.id).toBe("1");
    expect(activeOption(options, "2")?.id).toBe("2");
    expect(activeOption(options, "gone")?.id).toBe("1");
    expect(activeOption([], null)).toBeNull();
  });

  test("is a new project, but for the number of an issue", () => {
    expect(activeOption(projectOptions("Novel", ALL, []), null)?.id).toBe("create");
    const number = projectOptions("45", ALL, []);
    expect(activeOption(number, null)).toBeNull();
    expect(activeOption(number, "create")?.id).toBe("create");
  });
});

test("a recent task stands once with each project", () => {
  const tasks = [
    { task: "Write", project: { id: "1", name: "Book" } },
    { task: "Write", project: null },
  ];
  expect(taskOptions(tasks).map(({ id }) => id)).toEqual(["1 Write", "none Write"]);
});
