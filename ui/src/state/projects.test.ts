import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as backend from "../backend";
import { project } from "./fixtures";
import { Projects } from "./projects.svelte";
import { Undo } from "./undo.svelte";

vi.mock("../backend");

const kept = [
  project("1", "Book"),
  project("2", "Book"),
  project("3", "Garden", { archived: true }),
];

beforeEach(() => {
  vi.useFakeTimers();
  vi.mocked(backend.projects).mockResolvedValue({ kept, deleted: [project("4", "Gone")] });
  vi.mocked(backend.changeProject).mockResolvedValue(project("1", "Book"));
});
afterEach(() => {
  vi.useRealTimers();
  vi.resetAllMocks();
});

const read = async (undo = new Undo()) => {
  const projects = new Projects(undo);
  await projects.refresh();
  return projects;
};

test("archived and deleted ones stand apart, and keep their names where they are used", async () => {
  const projects = await read();
  expect(projects.active.map(({ id }) => id)).toEqual(["1", "2"]);
  expect(projects.archived.map(({ id }) => id)).toEqual(["3"]);
  expect(projects.find("3")?.name).toBe("Garden");
  expect(projects.find("4"), "particles of a deleted one are without a project").toBeNull();
  expect(projects.find(null)).toBeNull();
});

test("a name that two projects have is ambiguous for both", async () => {
  const projects = await read();
  expect(kept.map((each) => projects.isAmbiguous(each))).toEqual([true, true, false]);
});

test("two of one name are changed by their ids", async () => {
  const projects = await read();
  const [, second] = kept;
  if (second === undefined) throw new Error("there are three");
  await projects.edit(second, { name: "Letters", brightness: 0.5 });
  await projects.setArchived(second, true);
  await projects.setArchived(second, false);
  expect(vi.mocked(backend.changeProject).mock.calls.flat()).toEqual([
    { edit: { key: "2", name: "Letters", brightness: 0.5 } },
    { archive: "2" },
    { unarchive: "2" },
  ]);
});

test("the lists move when the core has answered, to what it says then", async () => {
  const projects = await read();
  vi.mocked(backend.projects).mockResolvedValue({ kept: [], deleted: kept });
  await projects.remove(project("1", "Book"));
  expect(projects.active).toEqual([]);
});

test("what a form leaves as it is, is no change, and nothing to take back", async () => {
  const undo = new Undo();
  const projects = await read(undo);
  await projects.edit(project("1", "Book"), { name: "Book", brightness: 1 });
  expect(backend.changeProject).not.toHaveBeenCalled();
  expect(undo.offer).toBeNull();
});

test("a form that changes one thing asks for nothing else", async () => {
  const projects = await read();
  await projects.edit(project("1", "Book"), { name: "Novel", brightness: 1 });
  await projects.edit(project("1", "Book"), { name: "Book", brightness: 0.5 });
  expect(vi.mocked(backend.changeProject).mock.calls.flat()).toEqual([
    { edit: { key: "1", name: "Novel", brightness: null } },
    { edit: { key: "1", name: null, brightness: 0.5 } },
  ]);
});

test("an edit is undone by the name and the grey before it, archiving by taking out", async () => {
  const undo = new Undo();
  const projects = await read(undo);
  await projects.edit(project("1", "Book"), { name: "Novel", brightness: 0.5 });
  await undo.undo();
  await projects.setArchived(project("1", "Book"), true);
  await undo.undo();
  const asked = vi.mocked(backend.changeProject).mock.calls.map(([request]) => request);
  expect(asked, "each way is one change").toEqual([
    { edit: { key: "1", name: "Novel", brightness: 0.5 } },
    { edit: { key: "1", name: "Book", brightness: 1 } },
    { archive: "1" },
    { unarchive: "1" },
  ]);
});

test("deleting is undone by restoring", async () => {
  const undo = new Undo();
  const projects = await read(undo);
  await projects.remove(project("1", "Book"));
  await undo.undo();
  expect(backend.changeProject).toHaveBeenLastCalledWith({ restore: "1" });
});

test("of two of one name the one ends in the other, and restoring it takes that back", async () => {
  const undo = new Undo();
  const projects = await read(undo);
  const [first, second, garden] = kept;
  if (!first || !second || !garden) throw new Error("there are three");
  expect(projects.others(garden).map(({ id }) => id)).toEqual(["1", "2"]);
  expect(projects.others(second).map(({ id }) => id)).toEqual(["1", "3"]);
  await projects.merge(second, first);
  expect(undo.offer?.text).toBe("projects.was_merged");
  await undo.undo();
  expect(vi.mocked(backend.changeProject).mock.calls.flat()).toEqual([
    { merge: { from: "2", into: "1" } },
    { restore: "2" },
  ]);
});
