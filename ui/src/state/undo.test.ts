import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Undo, type Undoable } from "./undo.svelte";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const step = (name: string, undone: string[]): Undoable => ({
  text: "history.was_deleted",
  values: {},
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

test("the line goes away after ten seconds, the key goes on", async () => {
  const undone: string[] = [];
  const undo = new Undo();
  undo.did(step("it", undone));
  vi.advanceTimersByTime(9_999);
  expect(undo.offer).not.toBeNull();
  vi.advanceTimersByTime(1);
  expect(undo.offer).toBeNull();
  await undo.undo();
  expect(undone).toEqual(["it"]);
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

test("steps far back are forgotten", async () => {
  const undone: string[] = [];
  const undo = new Undo();
  for (let index = 0; index < 60; index += 1) undo.did(step(String(index), undone));
  for (let index = 0; index < 60; index += 1) await undo.undo();
  expect(undone).toHaveLength(50);
  expect(undone.at(-1)).toBe("10");
});
