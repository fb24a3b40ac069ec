import { expect, test } from "vitest";
import type { DatedParticle } from "../backend";
import { particle } from "../state/fixtures";
import { timeline } from "./timeline";

const focus = (from: string, to: string, more: Partial<DatedParticle> = {}): DatedParticle =>
  particle(from, {
    started_at: `2026-03-01T${from}:00Z`,
    ended_at: `2026-03-01T${to}:00Z`,
    utc_offset_minutes: 0,
    ...more,
  });

const places = (entries: DatedParticle[]) =>
  timeline(entries)?.bars.map(({ from, width, lane }) => [from, width, lane]);

const hours = (entries: DatedParticle[]) => timeline(entries)?.hours.map(({ time }) => time);

test("a day without a focus has no line", () => {
  expect(timeline([])).toBe(null);
});

test("a focus stands where it was lived, newest first or not", () => {
  const entries = [focus("12:00", "13:30"), focus("09:00", "09:30")];
  expect(places(entries)).toEqual([
    [0, expect.closeTo(100 / 12), 0],
    [50, 25, 0],
  ]);
  expect(hours(entries)).toEqual(["10:00", "12:00", "14:00"]);
});

test("the clock is the one on the wall there", () => {
  expect(hours([focus("09:10", "09:35", { utc_offset_minutes: 330 })])).toEqual([
    "14:00",
    "16:00",
    "18:00",
    "20:00",
  ]);
});

test("a whole day has few names", () => {
  expect(hours([focus("04:00", "05:00"), focus("22:00", "23:30")])).toEqual([
    "06:00",
    "12:00",
    "18:00",
    "00:00",
  ]);
});

test("focuses of the same time stand below each other, and from the third on in one place", () => {
  const entries = ["09:00", "09:01", "09:02", "09:03"].map((from) => focus(from, "10:00"));
  expect(timeline([...entries, focus("10:00", "10:30")])?.bars.map(({ lane }) => lane)).toEqual([
    0, 1, 2, 2, 0,
  ]);
});

test("a short one can be seen, and one that claims to last for years is cut", () => {
  const endless = focus("09:00", "09:30", { ended_at: "2036-03-01T09:30:00Z" });
  const [first, second] = timeline([endless, focus("09:00", "09:01")])?.bars ?? [];
  expect(first?.width).toBeCloseTo(100);
  expect(second?.width).toBe(0.75);
});
