import { afterEach, describe, expect, test, vi } from "vitest";
import {
  daysIntoWeek,
  daysOf,
  firstWeekday,
  isSpan,
  isWithin,
  moved,
  partName,
  periodName,
  periodOf,
  plusDays,
  weekday,
  type Span,
} from "./span";

const MONDAY = 1;
const SUNDAY = 7;

test.each([
  ["2026-02-28", 1, "2026-03-01"],
  ["2028-02-28", 1, "2028-02-29"],
  ["2026-01-01", -1, "2025-12-31"],
  // The nights when clocks are put forward and back, in Europe and in America.
  ["2026-03-28", 2, "2026-03-30"],
  ["2026-03-07", 2, "2026-03-09"],
  ["2026-10-24", 2, "2026-10-26"],
  ["2026-11-02", -2, "2026-10-31"],
])("%s and %i days are %s", (date, days, expected) => {
  expect(plusDays(date, days)).toBe(expected);
});

test.each([
  ["2026-11-23", 1],
  ["2026-11-26", 4],
  ["2026-11-29", 7],
])("%s is weekday %i", (date, expected) => {
  expect(weekday(date)).toBe(expected);
});

describe("the first day of a week", () => {
  afterEach(() => vi.unstubAllGlobals());

  test.each([
    ["de", MONDAY],
    ["en-GB", MONDAY],
    ["en-US", SUNDAY],
    ["ar-EG", 6],
  ])("is that of %s", (locale, expected) => {
    expect(firstWeekday(locale)).toBe(expected);
  });

  test.each([
    ["asked", { getWeekInfo: () => ({ firstDay: 6 }) }, 6],
    ["read", { weekInfo: { firstDay: SUNDAY } }, SUNDAY],
    ["not known", {}, MONDAY],
  ])("can be %s", (_, known, expected) => {
    const Locale = function () {
      return known;
    };
    vi.stubGlobal("Intl", { Locale });
    expect(firstWeekday("en")).toBe(expected);
  });

  test.each([
    ["2026-11-23", MONDAY, 0],
    ["2026-11-29", MONDAY, 6],
    ["2026-11-29", SUNDAY, 0],
    ["2026-11-28", SUNDAY, 6],
    ["2026-11-26", 6, 5],
  ])("%s in weeks from %i on is %i days in", (date, firstDay, expected) => {
    expect(daysIntoWeek(date, firstDay)).toBe(expected);
  });
});

test.each<[Span, string, number, string, string]>([
  ["week", "2026-11-26", MONDAY, "2026-11-23", "2026-11-29"],
  ["week", "2026-11-29", MONDAY, "2026-11-23", "2026-11-29"],
  ["week", "2026-11-29", SUNDAY, "2026-11-29", "2026-12-05"],
  ["week", "2027-01-01", MONDAY, "2026-12-28", "2027-01-03"],
  ["month", "2026-02-14", MONDAY, "2026-02-01", "2026-02-28"],
  ["month", "2028-02-29", MONDAY, "2028-02-01", "2028-02-29"],
  ["month", "2026-12-31", MONDAY, "2026-12-01", "2026-12-31"],
  ["year", "2026-12-31", SUNDAY, "2026-01-01", "2026-12-31"],
])("the %s of %s, weeks from %i on", (span, date, firstDay, from, to) => {
  const period = periodOf(span, date, firstDay);
  expect(period).toEqual({ span, from, to });
  expect(isWithin(date, period)).toBe(true);
  expect(isWithin(plusDays(from, -1), period)).toBe(false);
  expect(isWithin(plusDays(to, 1), period)).toBe(false);
});

test.each<[string, Span, number, string]>([
  ["2026-11-26", "week", -1, "2026-11-19"],
  ["2026-10-26", "week", -1, "2026-10-19"],
  ["2026-03-31", "month", -1, "2026-02-28"],
  ["2026-01-31", "month", 1, "2026-02-28"],
  ["2026-01-15", "month", -1, "2025-12-15"],
  ["2026-12-15", "month", 1, "2027-01-15"],
  ["2028-02-29", "year", -1, "2027-02-28"],
  ["2026-11-26", "year", -2, "2024-11-26"],
])("%s moved by %s, %i times, is %s", (date, span, by, expected) => {
  expect(moved(date, span, by)).toBe(expected);
});

test.each<[Span, string, number]>([
  ["week", "2026-10-26", 7],
  ["month", "2026-10-01", 31],
  ["year", "2026-01-01", 365],
  ["year", "2028-01-01", 366],
])("every day of a %s of %s stands once, %i of them", (span, date, count) => {
  const period = periodOf(span, date, MONDAY);
  const days = daysOf(period);
  expect(new Set(days).size).toBe(count);
  expect(days).toHaveLength(count);
  expect([days[0], days.at(-1)]).toEqual([period.from, period.to]);
});

describe("the name of", () => {
  const name = (span: Span, date: string, locale: string) =>
    periodName(periodOf(span, date, MONDAY), locale).replaceAll(/\s/gu, " ");

  test.each<[Span, string, string, RegExp]>([
    ["week", "2026-11-18", "de", /^16\.–22\. Nov\. 2026$/],
    ["week", "2026-12-01", "de", /^30\. Nov\. – 6\. Dez\. 2026$/],
    ["week", "2026-11-18", "en-US", /^Nov 16 – 22, 2026$/],
    ["week", "2026-12-31", "en-US", /^Dec 28, 2026 – Jan 3, 2027$/],
    ["month", "2026-03-31", "de", /^März 2026$/],
    ["month", "2026-03-01", "en-GB", /^March 2026$/],
    ["year", "2026-01-01", "de", /^2026$/],
  ])("the %s of %s in %s", (span, date, locale, expected) => {
    expect(name(span, date, locale)).toMatch(expected);
  });

  test("a part of a date is that of the date, wherever the machine is", () => {
    expect(partName("2026-03-01", { month: "long" }, "de")).toBe("März");
    expect(partName("2026-03-01", { weekday: "short" }, "en-GB")).toBe("Sun");
  });
});

test("a view is one of a span, or not", () => {
  expect(["week", "month", "year", "today", "timer"].filter(isSpan)).toEqual([
    "week",
    "month",
    "year",
  ]);
});
