/** What the charts draw: the days that the core counted, put in their places. */

import { scaleSymlog } from "d3-scale";
import type { DayTally } from "../backend";
import { numberFormat } from "./formats";
import { daysIntoWeek, daysOf, plusDays, type Period, type Span } from "./span";

/** A day of a period, whether anything was done on it or not. */
export type ChartDay = {
  day: string;
  seconds: number;
  particles: number;
  /** It has not come yet. */
  isAhead: boolean;
};

/** Every day of `period`, in order. */
export function chartDays(period: Period, tallies: DayTally[], today: string): ChartDay[] {
  const byDay = new Map(tallies.map((tally) => [tally.day, tally]));
  return daysOf(period).map((day) => {
    const tally = byDay.get(day);
    return {
      day,
      seconds: tally?.focus_seconds ?? 0,
      particles: tally?.particles ?? 0,
      isAhead: day > today,
    };
  });
}

const isEmpty = ({ seconds, particles }: ChartDay): boolean => seconds === 0 && particles === 0;

/** The days that a table lists: those that have come, in a year without the empty ones. */
export function listedDays(period: Period, days: ChartDay[]): ChartDay[] {
  return days.filter((day) => !day.isAhead && (period.span !== "year" || !isEmpty(day)));
}

export const longest = (days: ChartDay[]): number =>
  days.reduce((most, { seconds }) => Math.max(most, seconds), 0);

const MINUTE = 60;
const HOUR = 60 * MINUTE;
/** Distances that people count in; a scale by tens would write 50 and 100 minutes. */
const STEPS = [5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720].map((step) => step * MINUTE);

/** The lines behind bars, in seconds, two or three of them; the last one is the top. */
export function lines(most_seconds: number): number[] {
  const most = most_seconds === 0 ? HOUR : most_seconds;
  let best: number[] = [];
  for (const step of STEPS) {
    const count = Math.max(Math.ceil(most / step), 2);
    const top = count * step;
    if (count > 3) continue;
    // Of equal tops the wider step comes later, and has fewer lines.
    if (best.length === 0 || top <= (best.at(-1) ?? 0)) {
      best = Array.from({ length: count }, (_, index) => (index + 1) * step);
    }
  }
  return best;
}

/** `30 min`, `1.5 h`: a line, as it is written in `locale`. */
export function lineName(seconds: number, locale: string): string {
  if (seconds < HOUR) return `${seconds / MINUTE} min`;
  return `${numberFormat(locale, { maximumFractionDigits: 1 }).format(seconds / HOUR)} h`;
}

/** Seven days of a column of the year, from the first day of the week on; null beyond the year. */
export type Week = (ChartDay | null)[];

export function weeksOf(days: ChartDay[], firstDay: number): Week[] {
  const [first] = days;
  if (first === undefined) return [];
  const before = Array.from({ length: daysIntoWeek(first.day, firstDay) }, () => null);
  const places = [...before, ...days];
  return Array.from({ length: Math.ceil(places.length / 7) }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => places[week * 7 + day] ?? null),
  );
}

/** A month that begins in the column `week`. */
export type MonthStart = { week: number; day: string };

export function monthStarts(weeks: Week[]): MonthStart[] {
  return weeks.flatMap((days, week) => {
    const first = days.find((day) => day?.day.endsWith("-01"));
    return first ? [{ week, day: first.day }] : [];
  });
}

/** The closest that dots may stand; a pointer still finds each of them. */
const PITCH_MIN = 9;
const MONTHS = 12;
const BANDS = [1, 2, 3, 4, 6];

/**
 * The columns of a year in as few bands of months, one below the other, as have room in `width` pixels.
 * The week in which a band ends and another begins stands in the latter.
 */
export function bandsOf(weeks: Week[], width: number): Week[][] {
  const starts = monthStarts(weeks);
  const split = (bands: number): Week[][] =>
    Array.from({ length: bands }, (_, band) => {
      const at = (band * MONTHS) / bands;
      return weeks.slice(starts[at]?.week, starts[at + MONTHS / bands]?.week);
    });
  const choices = BANDS.map(split);
  const fits = (bands: Week[][]) => width / mostColumns(bands) >= PITCH_MIN;
  return choices.find(fits) ?? choices.at(-1) ?? [];
}

export const mostColumns = (bands: Week[][]): number =>
  bands.reduce((most, weeks) => Math.max(most, weeks.length), 1);

/** The faintest dot of a day with focus: three to one against every ground. */
const BRIGHTNESS_MIN = 0.48;
/** From about here on the scale is that of a logarithm; below, minutes count by themselves. */
const LOGARITHM_FROM_MINUTES = 15;

/** How bright a day is, by the logarithm of its minutes against the longest day of its year. */
export function brightness(most_seconds: number): (seconds: number) => number {
  const scale = scaleSymlog([0, most_seconds / MINUTE], [BRIGHTNESS_MIN, 1]).constant(
    LOGARITHM_FROM_MINUTES,
  );
  return (seconds) => (most_seconds === 0 ? 1 : scale(seconds / MINUTE));
}

/** The one of `days` that is reached from `at` by so many days, or the nearest beyond; else the last. */
export function dayBeside(days: string[], at: string, by: number): string {
  const wanted = plusDays(at, by);
  const found = by > 0 ? days.find((day) => day >= wanted) : days.findLast((day) => day <= wanted);
  return found ?? days.at(by > 0 ? -1 : 0) ?? at;
}

/** How far apart the numbers below the bars of a month stand at least, in days. */
const LABEL_DAYS = 3;

/** The days of a month that have their number below them: today, and the first of every seven. */
export function labelledDays(days: ChartDay[], today: string): string[] {
  const at = days.findIndex(({ day }) => day === today);
  const isFree = (index: number) => at === -1 || Math.abs(index - at) >= LABEL_DAYS;
  return days
    .filter((_, index) => index === at || (index % 7 === 0 && isFree(index)))
    .map(({ day }) => day);
}

/** So many days an arrow goes on in the chart of `span`; null for a key that does not move in it. */
export function daysByKey(key: string, span: Span): number | null {
  const across = span === "year" ? 7 : 1;
  const days: Record<string, number> = {
    ArrowUp: -1,
    ArrowDown: 1,
    ArrowLeft: -across,
    ArrowRight: across,
  };
  return days[key] ?? null;
}
