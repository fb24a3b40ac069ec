import { expect, test } from "vitest";
import { dotOpacity, rounds, wholeMinutes, type Day } from "./dots";

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

/** The contrast of two greys of 0 to 255, as WCAG has it. */
function contrast(one: number, other: number): number {
  const luminance = (grey: number) => {
    const part = grey / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const [bright = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dark + 0.05);
}

test.each([
  ["dark", 0xff, 0x00],
  ["dark, raised", 0xff, 0x0c],
  ["light", 0x17, 0xfa],
  ["light, raised", 0x17, 0xff],
])(
  "%s: the dot of the faintest project is seen, and a brighter one is brighter",
  (_, ink, ground) => {
    const seen = (brightness: number | null) => {
      const opacity = dotOpacity(brightness);
      return contrast(opacity * ink + (1 - opacity) * ground, ground);
    };
    expect(seen(0.3)).toBeGreaterThanOrEqual(3);
    expect(seen(0.65)).toBeGreaterThan(seen(0.3));
    expect(seen(1)).toBeCloseTo(contrast(ink, ground));
    expect(seen(null), "without a project").toBe(seen(1));
  },
);
