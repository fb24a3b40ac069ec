import { expect, test } from "vitest";
import { rounds, wholeMinutes, type Day } from "./dots";

const sign = { filled: "●", current: "◐", open: "○" };
const drawn = (day: Day) =>
  rounds(day)
    .map((round) => round.map((place) => sign[place]).join(""))
    .join(" ");

test.each([
  [0, 0, false, "○○○○"],
  [0, 0, true, "◐○○○"],
  [3, 3, false, "●●●○"],
  [3, 3, true, "●●●◐"],
  [4, 4, false, "●●●●"],
  [4, 0, true, "●●●● ◐○○○"],
  [9, 1, false, "●●●● ●●●● ●○○○"],
  [1, 3, false, "●○"],
  [2, 4, true, "●●◐"],
])("%i today, %i of 4 in the round, going on %s: %s", (done, inRound, going, picture) => {
  const round = { done: inRound, of: 4 };
  expect(drawn({ done, going, round, goal: null })).toBe(picture);
});

test("a long break that came early begins a new round", () => {
  expect(drawn({ done: 5, going: false, round: { done: 1, of: 4 }, goal: null })).toBe("●●●● ●○○○");
  expect(drawn({ done: 3, going: false, round: { done: 0, of: 2 }, goal: null })).toBe("●● ● ○○");
});

test("a goal opens as many places as it asks for, and never takes one away", () => {
  const round = { done: 2, of: 4 };
  expect(drawn({ done: 2, going: false, round, goal: 6 })).toBe("●●○○ ○○");
  expect(drawn({ done: 2, going: false, round, goal: 1 })).toBe("●●○○");
});

test.each([
  [1500, 25],
  [1529, 25],
  [1531, 26],
  [61, 1],
  [10, 1],
])("%i seconds are shown as %i minutes", (seconds, minutes) => {
  expect(wholeMinutes(seconds)).toBe(minutes);
});
