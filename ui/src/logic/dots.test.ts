import { expect, test } from "vitest";
import { rounds, wholeMinutes } from "./dots";

const sign = { filled: "●", current: "◐", open: "○" };
const drawn = (done: number, going: boolean) =>
  rounds(done, going)
    .map((round) => round.map((place) => sign[place]).join(""))
    .join(" ");

test.each([
  [0, false, "○○○○"],
  [0, true, "◐○○○"],
  [3, false, "●●●○"],
  [3, true, "●●●◐"],
  [4, false, "●●●●"],
  [4, true, "●●●● ◐○○○"],
  [9, false, "●●●● ●●●● ●○○○"],
])("%i done, going on: %s", (done, going, picture) => {
  expect(drawn(done, going)).toBe(picture);
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
