import { expect, test } from "vitest";
import { controlsFor, hintFor } from "./controls";

test.each([
  ["idle", "focus", "control.start", null],
  ["idle", "short_break", "control.start_break", "control.skip"],
  ["running", "focus", "control.pause", "control.finish"],
  ["running", "long_break", "control.pause", "control.skip"],
  ["paused", "focus", "control.resume", "control.finish"],
  ["paused", "short_break", "control.resume", "control.skip"],
  ["overflow", "focus", "control.next", "control.finish"],
] as const)("%s, %s: %s and %s", (state, kind, toggle, end) => {
  const controls = controlsFor({ state, kind });
  expect(controls.toggle.label).toBe(toggle);
  expect(controls.end?.label ?? null).toBe(end);
});

const away = {
  isWriting: false,
  isUnsaved: false,
  chooses: false,
  completes: false,
  takes: false,
};
const awake = { countdown_ends_at: null, sleep: null };

test.each([
  ["idle", "focus", "hint.idle"],
  ["idle", "short_break", "hint.rest_next"],
  ["running", "focus", null],
  ["paused", "focus", "hint.paused"],
  ["overflow", "focus", "hint.overflow"],
] as const)("%s, %s: the hint is %s", (state, kind, hint) => {
  expect(hintFor({ state, kind, ...awake }, away)).toBe(hint);
});

test("a countdown says how to prevent it, a question needs no hint", () => {
  const countdown_ends_at = "2026-03-01T10:00:05Z";
  const counting = { state: "idle", kind: "focus", sleep: null, countdown_ends_at } as const;
  expect(hintFor(counting, away)).toBe("hint.countdown");
  const sleep = {
    absence: "asleep" as const,
    slept_at: "",
    woke_at: "",
    gap_seconds: 60,
    can_count: true,
  };
  expect(hintFor({ ...awake, state: "paused", kind: "focus", sleep }, away)).toBeNull();
});

test.each([
  ["running", "focus", "", "hint.unsaved_writing", "hint.unsaved"],
  ["overflow", "focus", "", "hint.unsaved_writing", "hint.unsaved"],
  ["running", "short_break", "hint.noting", "hint.noting", "hint.noted"],
  ["paused", "long_break", "hint.noting", "hint.noting", "hint.noted"],
  ["idle", "short_break", "hint.rest_next", "hint.noted_writing", "hint.noted_rest_next"],
] as const)(
  "%s, %s: who writes reads %j, with something written %s, and %s when the caret is gone",
  (state, kind, begun, writing, written) => {
    const scene = { state, kind, ...awake };
    if (begun !== "") expect(hintFor(scene, { ...away, isWriting: true })).toBe(begun);
    expect(hintFor(scene, { ...away, isWriting: true, isUnsaved: true })).toBe(writing);
    expect(hintFor(scene, { ...away, isUnsaved: true })).toBe(written);
  },
);

test("who writes the next task reads what the keys of the line do", () => {
  const scene = { state: "idle", kind: "focus", ...awake } as const;
  const writing = { ...away, isWriting: true };
  expect(hintFor(scene, writing)).toBe("hint.writing");
  expect(hintFor(scene, { ...writing, takes: true })).toBe("hint.takes");
  expect(hintFor(scene, { ...writing, takes: true, completes: true })).toBe("hint.completes");
  expect(hintFor(scene, { ...writing, takes: true, chooses: true })).toBe("hint.chooses");
});
