import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Undo, type Undoable } from "./undo.svelte";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const step = (name: string, undone: string[]): Undoable => ({
  text: "history.was_deleted",
  values: {},
  row: name,
  undo: () => Promise.resolve(undone.push(name)),
});

test("steps are taken back from the newest on, and each once", async () => {
  const undone: string[] = [];
  const undo = new Undo();
  undo.did(step("first", undone));
  undo.did(step("second", undone));
  await undo.undo();
  await undo.undo();
  await undo.undo();
  expect(undone).toEqual(["second", "first"]);
});

test("after ten seconds the line goes away, and nothing unseen is taken back", async () => {
  const undone: string[] = [];
  const undo = new Undo();
  undo.did(step("it", undone));
  vi.advanceTimersByTime(9_999);
  expect(undo.offer).not.toBeNull();
  vi.advanceTimersByTime(1);
  expect(undo.offer).toBeNull();
  await undo.undo();
  expect(undone).toEqual([]);
});

test("a newer step has its own ten seconds", () => {
  const undo = new Undo();
  undo.did(step("first", []));
  vi.advanceTimersByTime(6_000);
  undo.did(step("second", []));
  vi.advanceTimersByTime(6_000);
  expect(undo.offer).not.toBeNull();
});

test("a step that could not be taken back is told and not tried again", async () => {
  const undo = new Undo();
  undo.did({ ...step("it", []), undo: () => Promise.reject(new Error("too late")) });
  await expect(undo.undo()).rejects.toThrow("too late");
  expect(undo.newest_ms).toBe(-Infinity);
});

test("behind a step that was taken back stands the one before, for what is left of its time", async () => {
  const undone: string[] = [];
  const undo = new Undo();
  undo.did(step("first", undone));
  vi.advanceTimersByTime(6_000);
  undo.did(step("second", undone));
  await undo.undo();
  expect(undo.offer?.row).toBe("first");
  vi.advanceTimersByTime(4_000);
  expect(undo.offer).toBeNull();
});

test("the row that came back is told, each time anew", async () => {
  const undo = new Undo();
  undo.did(step("it", []));
  expect(undo.returned).toBeNull();
  await undo.undo();
  const first = undo.returned;
  expect(first).toEqual({ row: "it" });
  undo.did(step("it", []));
  await undo.undo();
  expect(undo.returned).not.toBe(first);
});
