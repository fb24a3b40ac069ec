import { describe, expect, test } from "vitest";
import type { Group } from "./commands";
import { arranged, RECENT_MAX, remembering, stepped, type Entry } from "./palette";

const entry = (id: string, title: string, group: Group = "timer", detail = ""): Entry => ({
  id,
  title,
  detail,
  group,
});

const GERMAN = [
  entry("start", "Starten"),
  entry("finish", "Abschließen"),
  entry("skip", "Pause überspringen"),
  entry("deep", "Vorlage: Deep Work", "length"),
  entry("classic", "Vorlage: Klassisch", "length"),
  entry("settings", "Einstellungen", "views"),
  entry("dark", "Farbschema: Dunkel", "look"),
  entry("sync", "Jetzt synchronisieren", "data"),
  entry("read", "Fokus auf Отчёт читать", "tasks", "Buch"),
];

const found = (query: string, entries = GERMAN) =>
  arranged(entries, query, []).flatMap(({ hits }) => hits.map(({ entry }) => entry.id));

describe("looking for a command", () => {
  test.each([
    ["überspr", "skip"],
    ["ubersp", "skip"],
    ["ueberspr", "skip"],
    ["ABSCHLIESS", "finish"],
    ["abschließ", "finish"],
    ["deep", "deep"],
    ["vdw", "deep"],
    ["work vorl", "deep"],
    ["  dunkel ", "dark"],
    ["jsy", "sync"],
    ["отч", "read"],
    ["buch", "read"],
  ])("%j finds %s first", (query, id) => {
    expect(found(query)[0]).toBe(id);
  });

  test("finds what is called like that before what has it in it", () => {
    const alike = [entry("1", "Async sync data"), entry("2", "Sync"), entry("3", "Sync now")];
    expect(found("sync", alike)).toEqual(["2", "3", "1"]);
  });

  test("finds nothing where nothing is like it", () => {
    expect(arranged(GERMAN, "zzz", ["start"])).toEqual([]);
  });

  test("tells which letters it was found by, and loses none", () => {
    const [section] = arranged(GERMAN, "uber", []);
    expect(section?.heading).toBeNull();
    expect(section?.hits[0]?.pieces).toEqual([
      { text: "Pause ", isFound: false },
      { text: "über", isFound: true },
      { text: "springen", isFound: false },
    ]);
    for (const query of ["", "отч", "buch", "e"]) {
      for (const { hits } of arranged(GERMAN, query, [])) {
        for (const { entry, pieces } of hits) {
          expect(pieces.map(({ text }) => text).join("")).toBe(entry.title);
        }
      }
    }
  });
});

describe("before anything is written", () => {
  const all = (recent: string[]) =>
    arranged(GERMAN, " ", recent).map(({ heading, hits }) => [
      heading,
      ...hits.map(({ entry }) => entry.id),
    ]);

  test("everything is there, by what it is about", () => {
    expect(all([])).toEqual([
      ["timer", "start", "finish", "skip"],
      ["tasks", "read"],
      ["views", "settings"],
      ["length", "deep", "classic"],
      ["data", "sync"],
      ["look", "dark"],
    ]);
  });

  test("what was used stands first, the newest on top, and nowhere else", () => {
    const [recent, ...others] = all(["sync", "gone", "start"]);
    expect(recent).toEqual(["recent", "sync", "start"]);
    expect(others.flat()).not.toContain("sync");
    expect(others.flat()).not.toContain("start");
    expect(others.flat()).toContain("finish");
  });

  test("what was used long ago is back in its place", () => {
    const [recent, ...others] = all(["start", "finish", "skip", "deep", "classic"]);
    expect(recent).toEqual(["recent", "start", "finish", "skip", "deep"]);
    expect(others).toContainEqual(["length", "classic"]);
  });
});

describe("a step in the list", () => {
  const ids = ["a", "b", "c"];

  test.each([
    ["a", "next", "b"],
    ["c", "next", "a"],
    ["a", "previous", "c"],
    ["b", "first", "a"],
    ["b", "last", "c"],
    ["gone", "next", "b"],
    [null, "previous", "c"],
  ] as const)("from %s to the %s one is %s", (id, step, to) => {
    expect(stepped(ids, id, step)).toBe(to);
  });

  test("leads nowhere where there is nothing", () => {
    expect(stepped([], null, "next")).toBeNull();
    expect(stepped([], null, "last")).toBeNull();
  });
});

test("the memory has each command once, and an end", () => {
  expect(remembering(["a", "b", "c"], "b")).toEqual(["b", "a", "c"]);
  const many = Array.from({ length: RECENT_MAX + 5 }, (_, index) => String(index));
  const memory = many.reduce<string[]>(remembering, []);
  expect(memory).toHaveLength(RECENT_MAX);
  expect(memory[0]).toBe(many.at(-1));
});
