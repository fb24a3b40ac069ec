import { expect, test } from "vitest";
import { announcement, type Moment } from "./announce";

const at = (
  state: Moment["state"],
  seconds: number,
  kind: Moment["kind"] = "focus",
  asleep = false,
): Moment => ({ state, kind, seconds, asleep });

test("a whole focus of 25 minutes is announced every five minutes and in the last one", () => {
  const heard: unknown[] = [];
  for (let seconds = 1500; seconds > 0; seconds -= 1) {
    const said = announcement(at("running", seconds), at("running", seconds - 1));
    if (said) heard.push(said.values["count"]);
  }
  expect(heard).toEqual([20, 15, 10, 5, 1]);
});

test("marks that passed while nobody looked are told once, by the nearest", () => {
  const said = announcement(at("running", 1490), at("running", 590));
  expect(said).toEqual({ key: "announce.left", values: { count: 10 } });
});

test.each([
  ["idle", "running", "announce.started"],
  ["overflow", "running", "announce.started"],
  ["paused", "running", "announce.resumed"],
  ["running", "paused", "announce.paused"],
  ["running", "overflow", "announce.over"],
  ["running", "idle", "announce.ended"],
] as const)("from %s to %s", (before, now, key) => {
  expect(announcement(at(before, 600), at(now, 600))?.key).toBe(key);
});

test.each([
  [at("overflow", 10), at("idle", 300, "short_break"), "announce.short_break_next", 5],
  [at("overflow", 10), at("idle", 900, "long_break"), "announce.long_break_next", 15],
  [at("idle", 300, "short_break"), at("running", 300, "short_break"), "announce.short_break", 5],
  [at("paused", 60, "short_break"), at("running", 1500), "announce.started", 25],
  [at("running", 1, "long_break"), at("idle", 1500), "announce.ended", 25],
  [at("idle", 300, "short_break"), at("idle", 1500), "announce.ended", 25],
])("breaks are told apart from focus: %o to %o", (before, now, key, count) => {
  expect(announcement(before, now)).toEqual({ key, values: { count } });
});

test("waking up is told once, and not as a pause", () => {
  const woke = at("paused", 600, "focus", true);
  expect(announcement(at("running", 900), woke)?.key).toBe("announce.asleep");
  expect(announcement(woke, woke)).toBeNull();
});

test("a new length is said, an untouched one is not", () => {
  expect(announcement(at("idle", 1500), at("idle", 1560))?.values).toEqual({ count: 26 });
  expect(announcement(at("idle", 1500), at("idle", 1500))).toBeNull();
});

test("overflow counts in silence", () => {
  expect(announcement(at("overflow", 299), at("overflow", 300))).toBeNull();
});
