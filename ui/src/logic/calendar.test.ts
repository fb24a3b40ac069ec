import { describe, expect, test } from "vitest";
import {
  dayName,
  daysBetween,
  localOffset,
  momentOf,
  timeAgo,
  timeName,
  wallTime,
} from "./calendar";

describe("the wall of where it happened", () => {
  test.each([
    ["2026-03-01T23:30:00Z", 60, "2026-03-02", "00:30"],
    ["2026-03-01T00:10:00.250123Z", -300, "2026-02-28", "19:10"],
    ["2026-03-01T12:00:59.999Z", 345, "2026-03-01", "17:45"],
  ])("%s, %i minutes east of UTC", (moment, offset, date, time) => {
    expect(wallTime(moment, offset)).toEqual({ date, time });
  });

  test("there and back is the same minute", () => {
    const moment = "2026-03-01T23:30:00.000Z";
    expect(momentOf(wallTime(moment, 345), 345)).toBe(moment);
  });

  test.each(["", "2026-02-31x", "yesterday"])("%j is no date", (date) => {
    expect(momentOf({ date, time: "10:00" }, 0)).toBeNull();
    expect(localOffset({ date, time: "10:00" })).toBe(0);
  });
});

test.each([
  ["2026-03-01", "2026-03-01", 0],
  ["2026-02-28", "2026-03-01", 1],
  ["2025-03-01", "2026-03-01", 365],
])("from %s to %s it is %i days", (from, to, days) => {
  expect(daysBetween(from, to)).toBe(days);
});

test("a day has its year where it is not this one", () => {
  expect(dayName("2026-11-20", "2026-11-23", "en-GB")).toMatch(/^Friday,? 20 November$/);
  expect(dayName("2026-11-20", "2026-11-23", "de")).toBe("Freitag, 20. November");
  expect(dayName("2025-12-31", "2026-01-01", "de")).toBe("Mittwoch, 31. Dezember 2025");
});

test("a time is written as the locale writes it", () => {
  expect(timeName("14:05", "de")).toBe("14:05");
  expect(timeName("14:05", "en-US")).toMatch(/^2:05\sPM$/);
});

test.each([
  ["2026-03-01T12:00:30Z", "jetzt"],
  ["2026-03-01T11:59:01Z", "jetzt"],
  ["2026-03-01T11:58:59Z", "vor 1 Minute"],
  ["2026-03-01T09:59:00Z", "vor 2 Stunden"],
  ["2026-02-28T12:00:00Z", "gestern"],
  ["2026-02-19T12:00:00Z", "vor 10 Tagen"],
])("seen at noon, %s was %s", (moment, words) => {
  expect(timeAgo(moment, Date.parse("2026-03-01T12:00:00Z"), "de")).toBe(words);
});
