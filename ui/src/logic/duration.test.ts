import { expect, test } from "vitest";
import { exactDuration, minutesLong } from "./duration";

test.each([
  [0, "0 s"],
  [59, "59 s"],
  [60, "1 min"],
  [2_550, "42 min 30 s"],
  [6_130, "1 h 42 min 10 s"],
  [7_200, "2 h"],
  [3_605.9, "1 h 5 s"],
  [-3, "0 s"],
])("%d seconds are %s", (seconds, text) => {
  expect(exactDuration(seconds)).toBe(text);
});

test.each([
  [0, "0 min"],
  [20, "1 min"],
  [1500, "25 min"],
  [1529, "25 min"],
  [1530, "26 min"],
  [3599, "1 h"],
  [3600, "1 h"],
  [9000, "2 h 30 min"],
  [363_600, "101 h"],
])("%i seconds are %s in whole minutes", (seconds, text) => {
  expect(minutesLong(seconds)).toBe(text);
});
