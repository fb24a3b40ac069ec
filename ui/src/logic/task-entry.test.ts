import { describe, expect, test } from "vitest";
import { entryOf, isNewName, openName, without, wordsIn } from "./task-entry";

const BOOK = { id: "1", name: "Book" };
const CLUB = { id: "2", name: "Book club" };
const ISSUE = { id: "3", name: "45" };
const NOBODY: { id: string; name: string }[] = [];

const lengthOf = (text: string, kept: string[] = []) => {
  const { task, minutes } = entryOf(text, NOBODY, kept);
  return [task, minutes];
};

describe("a length", () => {
  test.each([
    ["Write the report 45", "Write the report", 45],
    ["Write the  report 45 ", "Write the  report", 45],
    ["1.5h Call", "Call", 90],
    ["1,5 h Call", "Call", 90],
    ["1,25 Std. Anruf", "Anruf", 75],
    ["0.33h Call", "Call", 20],
    ["Call 20m", "Call", 20],
    ["Call 20M", "Call", 20],
    ["20 min Call", "Call", 20],
    ["Anruf 20 Minuten", "Anruf", 20],
    ["Call 1 minute", "Call", 1],
    ["1h30 Plan", "Plan", 90],
    ["1h30m Plan", "Plan", 90],
    ["1 h 5 min Plan", "Plan", 65],
    ["Plan 1h 30m", "Plan", 90],
    ["Plan 2 Stunden", "Plan", 120],
    ["Plan 3 hours", "Plan", 180],
    ["Read chapter 12 25m", "Read chapter 12", 25],
    ["  90m  ", "", 90],
    ["45", "", 45],
    ["Call 5", "Call", 5],
    ["Call 180", "Call", 180],
  ])("in %j", (text, task, minutes) => {
    expect(lengthOf(text)).toEqual([task, minutes]);
  });

  test("that says its unit is taken before a number that does not", () => {
    expect(lengthOf("1h Call 45")).toEqual(["Call 45", 60]);
    expect(lengthOf("1h Call 20m")).toEqual(["1h Call", 20]);
  });
});

test.each([
  "",
  "Call30",
  "Chapter 3",
  "Read chapter 12",
  "Plan 2026",
  "Call 0",
  "Call 185",
  "Call 0m",
  "Call 181m",
  "3.5h Call",
  "4h",
  "Swim 50 m",
  "Call -20",
  "Call -20m",
  "v1.5h",
  'Fix "issue 45"',
  "45 things",
  "Talk of 20 min with Mum",
  "1h60 Plan",
  "1.5h30 Plan",
  "1:30 Plan",
  "7.5 min Call",
  "20minCall",
  "C# 7.5",
])("plain text stays plain text: %j", (text) => {
  expect(lengthOf(text)).toEqual([text, null]);
});

describe("a word that is kept", () => {
  test("is no length, also not for another one", () => {
    expect(lengthOf("Fix issue 45", ["45"])).toEqual(["Fix issue 45", null]);
    expect(lengthOf("1h Fix issue 45", ["45"])).toEqual(["Fix issue 45", 60]);
  });

  test("is every one that would be taken", () => {
    expect(wordsIn("1h Fix #Book 45", [BOOK])).toEqual(["1h", "#Book", "45"]);
    expect(wordsIn("Chapter 3", [BOOK])).toEqual([]);
  });
});

test("a name that is still being chosen does not hide a length", () => {
  const open = { from: 9, to: 12 };
  const { task, minutes, words } = entryOf("Write 45 #bo", [BOOK], [], open);
  expect([task, minutes, words.length]).toEqual(["Write #bo", 45, "45"]);
  expect(entryOf("Write 45 #bo", [BOOK]).minutes).toBeNull();
  expect(entryOf("45 #bo", [BOOK], [], { from: 3, to: 6 }).minutes).toBe(45);
  expect(entryOf("#bo Write 45m", [BOOK], [], { from: 0, to: 3 })).toMatchObject({ minutes: 45 });
});

describe("a project", () => {
  test.each([
    ["Write #Book", "Write", "1"],
    ["#book Write", "Write", "1"],
    ["Write #Book the end", "Write the end", "1"],
    ["Talk #Book club", "Talk", "2"],
    ["Talk #Book clubs", "Talk clubs", "1"],
    ["#Book", "", "1"],
  ])("is named in %j", (text, task, id) => {
    const { task: left, project } = entryOf(text, [BOOK, CLUB]);
    expect([left, project]).toEqual([task, id]);
  });

  test.each(["Write #Novel", "Write #", "Write #Bo", "Write #Books", "A#Book", "# Book", "##Book"])(
    "is not in %j",
    (text) => {
      expect(entryOf(text, [BOOK, CLUB])).toMatchObject({ task: text, project: null });
    },
  );

  test("and a length stand together, in any order", () => {
    for (const text of ["Write #Book 45", "Write 45 #Book", "#Book Write 45", "45m Write #Book"]) {
      expect(entryOf(text, [BOOK]), text).toMatchObject({
        task: "Write",
        minutes: 45,
        project: "1",
      });
    }
    expect(entryOf("Fix #45", [ISSUE])).toMatchObject({ task: "Fix", minutes: null, project: "3" });
  });

  test("that shares its name is not guessed, but for the capitals", () => {
    const twins = [BOOK, { id: "9", name: "Book" }];
    expect(entryOf("Write #Book", twins).project).toBeNull();
    const cases = [BOOK, { id: "9", name: "BOOK" }];
    expect(entryOf("Write #BOOK", cases).project).toBe("9");
    expect(entryOf("Write #book", cases).project).toBeNull();
  });

  test("is told by the words that stand for it", () => {
    expect(entryOf("Write #book 45", [BOOK]).words).toEqual({ length: "45", project: "#book" });
    expect(entryOf("Write #book", [BOOK], ["#book"])).toMatchObject({
      task: "Write #book",
      project: null,
    });
  });
});

describe("a name that is being written", () => {
  const NAMES = ["Book", "Book club"];
  const query = (text: string, caret = text.length) => openName(text, caret, NAMES)?.query ?? null;

  test.each([
    ["#", ""],
    ["Write #", ""],
    ["Write #Bo", "Bo"],
    ["Write #Book", "Book"],
    ["Write #book c", "book c"],
    ["Write #Novel", "Novel"],
    ["Write #Novel ", null],
    ["Write #Book clubs", null],
    ["Write # ", null],
    ["C#", null],
    ["Write", null],
  ])("%j", (text, expected) => {
    expect(query(text)).toBe(expected);
  });

  test("is left with the caret, and replaced as a whole", () => {
    expect(query("#Book", 0)).toBeNull();
    expect(openName("Write #Book now", 9, NAMES)).toEqual({ from: 6, to: 11, query: "Bo" });
    expect(without("Write #Book now", { from: 6, to: 11 })).toBe("Write now");
  });
});

test.each([
  ["Novel", true],
  ["book", false],
  ["none", false],
  ["", false],
  ["N".repeat(50), true],
  ["N".repeat(51), false],
])("a new project may be called %j: %s", (name, may) => {
  expect(isNewName(name, ["Book"])).toBe(may);
});
