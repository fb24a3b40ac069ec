import { describe, expect, test } from "vitest";
import { tally } from "../state/fixtures";
import {
  bandsOf,
  brightness,
  chartDays,
  dayBeside,
  daysByKey,
  labelledDays,
  lineName,
  lines,
  listedDays,
  longest,
  monthStarts,
  mostColumns,
  weeksOf,
} from "./chart";
import { periodOf, type Span } from "./span";

const MONDAY = 1;
const SUNDAY = 7;
const TODAY = "2026-11-26";

const daysIn = (span: Span, date = TODAY, tallies = [tally("2026-11-24", 25)]) =>
  chartDays(periodOf(span, date, MONDAY), tallies, TODAY);

describe("the days of a chart", () => {
  test("are all of the period, with what was done on them", () => {
    const days = daysIn("week");
    expect(days).toHaveLength(7);
    expect(days[1]).toEqual({ day: "2026-11-24", seconds: 1500, particles: 1, isAhead: false });
    expect(days[2]).toMatchObject({ seconds: 0, particles: 0 });
  });

  test("have come as far as today", () => {
    expect(daysIn("week").map(({ isAhead }) => isAhead)).toEqual([
      ...[false, false, false, false],
      ...[true, true, true],
    ]);
  });

  test("leave out what lies beyond the period", () => {
    const days = daysIn("week", TODAY, [tally("2026-11-22", 25), tally("2026-11-30", 25)]);
    expect(longest(days)).toBe(0);
  });

  test("the longest of them is found", () => {
    const tallies = [tally("2026-11-24", 25), tally("2026-11-25", 75), tally("2026-11-26", 50)];
    expect(longest(daysIn("week", TODAY, tallies))).toBe(75 * 60);
    expect(longest([])).toBe(0);
  });
});

describe("a table", () => {
  test("lists the days that have come", () => {
    const period = periodOf("week", TODAY, MONDAY);
    expect(listedDays(period, daysIn("week")).map(({ day }) => day)).toEqual([
      "2026-11-23",
      "2026-11-24",
      "2026-11-25",
      "2026-11-26",
    ]);
  });

  test("of a year has no empty days, but those whose minutes belong to another stretch", () => {
    const period = periodOf("year", TODAY, MONDAY);
    const tallies = [
      tally("2026-01-02", 25),
      tally("2026-02-03", 0),
      { ...tally("2026-02-04", 0), particles: 0, break_seconds: 300 },
    ];
    const listed = listedDays(period, daysIn("year", TODAY, tallies));
    expect(listed.map(({ day }) => day)).toEqual(["2026-01-02", "2026-02-03"]);
  });
});

describe("the lines behind bars", () => {
  test.each([
    [0, [30, 60]],
    [1, [5, 10]],
    [25, [15, 30]],
    [31, [20, 40]],
    [100, [60, 120]],
    [170, [60, 120, 180]],
    [420, [240, 480]],
    [1440, [720, 1440]],
  ])("for %i minutes", (minutes, expected) => {
    expect(lines(minutes * 60)).toEqual(expected.map((line) => line * 60));
  });

  test("reach beyond every bar of a day, and are two or three", () => {
    for (let minutes = 0; minutes <= 1440; minutes += 1) {
      const found = lines(minutes * 60);
      expect(found.at(-1), `${minutes}`).toBeGreaterThanOrEqual(minutes * 60);
      expect([2, 3], `${minutes}`).toContain(found.length);
    }
  });

  test.each([
    [30, "de", "30 min"],
    [60, "de", "1 h"],
    [90, "de", "1,5 h"],
    [90, "en", "1.5 h"],
  ])("%i minutes in %s are written %s", (minutes, locale, expected) => {
    expect(lineName(minutes * 60, locale)).toBe(expected);
  });
});

describe("the weeks of a year", () => {
  test("are 53 columns of seven, from the first day of the week on", () => {
    const weeks = weeksOf(daysIn("year"), MONDAY);
    expect(weeks).toHaveLength(53);
    expect(weeks.every((week) => week.length === 7)).toBe(true);
    // The first of January 2026 is a Thursday.
    expect(weeks[0]?.map((day) => day?.day ?? null)).toEqual([
      ...[null, null, null],
      ...["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"],
    ]);
    expect(weeks.at(-1)?.map((day) => day?.day ?? null)).toEqual([
      ...["2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31"],
      ...[null, null, null],
    ]);
  });

  test("begin where the week begins", () => {
    const [first] = weeksOf(daysIn("year"), SUNDAY);
    expect(first?.findIndex((day) => day !== null)).toBe(4);
  });

  test("are 54 where a leap year begins with the last day of a week", () => {
    expect(weeksOf(daysIn("year", "2028-06-01"), SUNDAY)).toHaveLength(54);
  });

  test("have no day twice and lose none", () => {
    for (const date of ["2026-06-01", "2027-06-01", "2028-06-01"]) {
      const days = daysIn("year", date);
      const placed = weeksOf(days, MONDAY).flat();
      expect(placed.filter((day) => day !== null)).toEqual(days);
    }
  });

  test("name a month where it begins", () => {
    const starts = monthStarts(weeksOf(daysIn("year"), MONDAY));
    expect(starts).toHaveLength(12);
    expect(starts.slice(0, 3)).toEqual([
      { week: 0, day: "2026-01-01" },
      { week: 4, day: "2026-02-01" },
      { week: 8, day: "2026-03-01" },
    ]);
  });

  test("of no days are none", () => {
    expect(weeksOf([], MONDAY)).toEqual([]);
  });
});

describe("the bands of a year", () => {
  const weeks = weeksOf(daysIn("year"), MONDAY);

  test.each([
    [700, 1],
    [360, 2],
    [280, 2],
    [160, 4],
    [10, 6],
  ])("in %i pixels are %i", (width, bands) => {
    expect(bandsOf(weeks, width)).toHaveLength(bands);
  });

  test("hold every week once, in order", () => {
    for (const width of [700, 360, 160, 10]) {
      expect(bandsOf(weeks, width).flat()).toEqual(weeks);
    }
  });

  test("begin with a month", () => {
    const [, second] = bandsOf(weeks, 360);
    expect(second?.[0]?.some((day) => day?.day === "2026-07-01")).toBe(true);
    expect(mostColumns(bandsOf(weeks, 360))).toBe(27);
  });
});

describe("the brightness of a day", () => {
  test("goes by the logarithm, up to the longest day", () => {
    const bright = brightness(400 * 60);
    expect(bright(400 * 60)).toBe(1);
    expect(bright(0)).toBeCloseTo(0.48);
    expect(bright(200 * 60)).toBeGreaterThan(0.85);
    expect(bright(60)).toBeGreaterThan(0.48);
  });

  test("is that of one's own longest day", () => {
    expect(brightness(100 * 60)(50 * 60)).toBeGreaterThan(brightness(400 * 60)(50 * 60));
  });

  test("grows with each minute", () => {
    const bright = brightness(300 * 60);
    const all = Array.from({ length: 301 }, (_, minute) => bright(minute * 60));
    expect(all.every((value, index) => index === 0 || value > (all[index - 1] ?? 1))).toBe(true);
  });

  test("is something where nothing was the longest", () => {
    expect(brightness(0)(0)).toBe(1);
  });
});

describe("the keyboard in a chart", () => {
  const days = ["2026-01-02", "2026-01-05", "2026-01-09", "2026-01-20"];

  test.each([
    ["2026-01-05", 1, "2026-01-09"],
    ["2026-01-05", -1, "2026-01-02"],
    ["2026-01-02", 7, "2026-01-09"],
    ["2026-01-20", -7, "2026-01-09"],
    ["2026-01-20", 1, "2026-01-20"],
    ["2026-01-09", -30, "2026-01-02"],
  ])("from %s by %i goes to %s", (from, by, expected) => {
    expect(dayBeside(days, from, by)).toBe(expected);
  });

  test("stays where there is nothing else", () => {
    expect(dayBeside([], "2026-01-01", 1)).toBe("2026-01-01");
  });

  test("goes across a year by weeks, and leaves other keys alone", () => {
    expect(daysByKey("ArrowRight", "year")).toBe(7);
    expect(daysByKey("ArrowLeft", "month")).toBe(-1);
    expect(daysByKey("ArrowDown", "year")).toBe(1);
    expect(daysByKey("Enter", "week")).toBeNull();
  });
});

describe("the numbers below a month", () => {
  const numbers = (date: string, today: string) =>
    labelledDays(chartDays(periodOf("month", date, MONDAY), [], today), today).map((day) =>
      Number(day.slice(-2)),
    );

  test("make room for today", () => {
    expect(numbers("2026-11-01", "2026-11-26")).toEqual([1, 8, 15, 22, 26, 29]);
    expect(numbers("2026-11-01", "2026-11-21")).toEqual([1, 8, 15, 21, 29]);
  });

  test("are the first of every seven where today is elsewhere", () => {
    expect(numbers("2026-10-01", "2026-11-26")).toEqual([1, 8, 15, 22, 29]);
  });
});
