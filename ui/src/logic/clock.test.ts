import { describe, expect, test } from "vitest";
import {
  clockDigits,
  isBeyond,
  secondsUntil,
  shownSeconds,
  untilNextChange_ms,
  untilNextPicture_ms,
  type Course,
} from "./clock";

const zero = "2026-03-01T10:25:00.250Z";
const zero_ms = Date.parse(zero);

function course(changes: Partial<Course>): Course {
  return {
    state: "running",
    planned_seconds: 1500,
    ends_at: zero,
    remaining_seconds: 1500,
    overflow_seconds: 0,
    ...changes,
  };
}

describe("the shown value", () => {
  test.each([
    ["at the start", -1_500_000, 1500],
    ["a moment after the start", -1_499_999, 1500],
    ["one full second later", -1_499_000, 1499],
    ["in the last second", -1, 1],
    ["at zero", 0, 0],
    ["past zero, before the core says so", 5_000, 0],
    ["with a clock that was set back", -9_999_000, 1500],
  ])("running, %s", (_, offset_ms, seconds) => {
    expect(shownSeconds(course({}), zero_ms + offset_ms)).toBe(seconds);
  });

  test.each([
    [0, 0],
    [999, 0],
    [1000, 1],
    [61_500, 61],
    [-10, 0],
  ])("overflow counts from the moment of zero: %i ms", (offset_ms, seconds) => {
    expect(shownSeconds(course({ state: "overflow" }), zero_ms + offset_ms)).toBe(seconds);
  });

  test("a paused timer shows its remainder whatever the time is", () => {
    const paused = course({ state: "paused", ends_at: null, remaining_seconds: 700 });
    expect(shownSeconds(paused, zero_ms + 1e9)).toBe(700);
  });

  test("an idle timer shows the next length", () => {
    expect(shownSeconds(course({ state: "idle", planned_seconds: 3120 }), 0)).toBe(3120);
  });

  test("nanoseconds from the core are understood", () => {
    const ends_at = "2026-03-01T10:25:00.250123456Z";
    expect(shownSeconds(course({ ends_at }), zero_ms - 1000)).toBe(1);
  });
});

describe("the next change", () => {
  test.each(["running", "overflow"] as const)(
    "%s: every wake-up moves the value by one",
    (state) => {
      const sign = state === "running" ? -1 : 1;
      let now = zero_ms + (state === "running" ? -10_321 : 321);
      for (let beats = 0; beats < 8; beats += 1) {
        const before = shownSeconds(course({ state }), now);
        const wait = untilNextChange_ms(course({ state }), now) ?? 0;
        expect(wait).toBeGreaterThan(0);
        expect(wait).toBeLessThanOrEqual(1000);
        expect(shownSeconds(course({ state }), now + wait - 1), "not too early").toBe(before);
        now += wait;
        expect(shownSeconds(course({ state }), now)).toBe(before + sign);
      }
    },
  );

  test.each(["idle", "paused"] as const)("%s: nothing is scheduled", (state) => {
    expect(untilNextChange_ms(course({ state, ends_at: null }), zero_ms)).toBeNull();
  });
});

test.each([
  [0, "00:00"],
  [59, "00:59"],
  [1477, "24:37"],
  [5400, "90:00"],
  [10_800, "180:00"],
])("%i seconds are written %s", (seconds, text) => {
  const digits = clockDigits(seconds);
  expect(`${digits.minutes}:${digits.seconds}`).toBe(text);
});

test("a focus that slept beyond its plan shows how far it was", () => {
  const slept = course({
    state: "paused",
    ends_at: null,
    remaining_seconds: 0,
    overflow_seconds: 90,
  });
  expect(shownSeconds(slept, zero_ms)).toBe(90);
  expect(isBeyond(slept)).toBe(true);
  expect(isBeyond(course({ state: "paused", remaining_seconds: 5 }))).toBe(false);
});

describe("what is drawn besides the clock", () => {
  const still = { countdown_ends_at: null, undo_until: null };
  const at = (offset_ms: number) => new Date(zero_ms + offset_ms).toISOString();
  const idle = course({ state: "idle", ends_at: null });

  test.each([
    [4_001, 5],
    [4_000, 4],
    [1, 1],
    [0, 0],
    [-500, 0],
  ])("%i ms before something begins, %i is shown", (left_ms, seconds) => {
    expect(secondsUntil(at(left_ms), zero_ms)).toBe(seconds);
  });

  test("a countdown wakes with each of its seconds", () => {
    const status = { ...idle, ...still, countdown_ends_at: at(4_300) };
    expect(untilNextPicture_ms(status, zero_ms)).toBe(300);
    expect(untilNextPicture_ms(status, zero_ms + 300)).toBe(1000);
    expect(untilNextPicture_ms(status, zero_ms + 4_300)).toBeNull();
  });

  test("the offer to undo goes away by itself", () => {
    const status = { ...idle, ...still, undo_until: at(9_000) };
    expect(untilNextPicture_ms(status, zero_ms)).toBe(9_000);
    expect(untilNextPicture_ms(status, zero_ms + 9_000)).toBeNull();
  });

  test("whatever changes first is waited for", () => {
    const status = { ...course({ ends_at: at(700) }), ...still, undo_until: at(500) };
    expect(untilNextPicture_ms(status, zero_ms)).toBe(500);
  });
});
