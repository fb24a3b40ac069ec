import { expect, test } from "vitest";
import { announcement, type Moment } from "./announce";

const at = (state: Moment["state"], seconds: number): Moment => ({ state, seconds });

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

test("a new length is said, an untouched one is not", () => {
  expect(announcement(at("idle", 1500), at("idle", 1560))?.values).toEqual({ count: 26 });
  expect(announcement(at("idle", 1500), at("idle", 1500))).toBeNull();
});

test("overflow counts in silence", () => {
  expect(announcement(at("overflow", 299), at("overflow", 300))).toBeNull();
});
