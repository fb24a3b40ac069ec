/**
 * Weeks, months and years of dates. A date is a text like `2026-03-01`; counting days is done in UTC, where
 * no clock is put forward or back.
 */

import { dateFormat } from "./formats";

export const SPANS = ["week", "month", "year"] as const;
export type Span = (typeof SPANS)[number];

/** From one day to another, both included. */
export type Period = { span: Span; from: string; to: string };

const MONDAY = 1;
const WEEK_DAYS = 7;
const DAY_MS = 86_400_000;

export const isSpan = (name: string): name is Span => SPANS.some((span) => span === name);

export function plusDays(date: string, days: number): string {
  return isoOf(Date.parse(date) + days * DAY_MS);
}

/** Monday is 1, Sunday 7. */
export function weekday(date: string): number {
  return ((new Date(date).getUTCDay() + 6) % WEEK_DAYS) + 1;
}

type WeekInfo = { firstDay: number };
/** In which of the two forms an engine has it depends on its age; the oldest have none. */
type LocaleOfWeeks = { weekInfo?: WeekInfo; getWeekInfo?: () => WeekInfo };

/** The day that a week begins with in `locale`, as `weekday` counts. */
export function firstWeekday(locale: string): number {
  const known = new Intl.Locale(locale) as LocaleOfWeeks;
  return (known.getWeekInfo?.() ?? known.weekInfo)?.firstDay ?? MONDAY;
}

/** Days between the beginning of its week and `date`. */
export function daysIntoWeek(date: string, firstDay: number): number {
  return (weekday(date) - firstDay + WEEK_DAYS) % WEEK_DAYS;
}

/** The period that `date` is in. */
export function periodOf(span: Span, date: string, firstDay: number): Period {
  const [year, month] = partsOf(date);
  switch (span) {
    case "week": {
      const from = plusDays(date, -daysIntoWeek(date, firstDay));
      return { span, from, to: plusDays(from, WEEK_DAYS - 1) };
    }
    case "month":
      return { span, from: dateOf(year, month, 1), to: dateOf(year, month + 1, 0) };
    case "year":
      return { span, from: dateOf(year, 1, 1), to: dateOf(year, 12, 31) };
  }
}

export function isWithin(date: string, { from, to }: Period): boolean {
  return from <= date && date <= to;
}

/** So many periods later; where the month is shorter, its last day. */
export function moved(date: string, span: Span, by: number): string {
  if (span === "week") return plusDays(date, by * WEEK_DAYS);
  const [year, month, day] = partsOf(date);
  const months = span === "month" ? by : by * 12;
  const last = partsOf(dateOf(year, month + months + 1, 0))[2];
  return dateOf(year, month + months, Math.min(day, last));
}

export function daysOf({ from, to }: Period): string[] {
  const count = Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
  return Array.from({ length: count }, (_, index) => plusDays(from, index));
}

const FORMATS: Record<Span, Intl.DateTimeFormatOptions> = {
  week: { day: "numeric", month: "short", year: "numeric" },
  month: { month: "long", year: "numeric" },
  year: { year: "numeric" },
};

/** `16 – 22 Nov 2026`, `November 2026` or `2026`, as it is written in `locale`. */
export function periodName({ span, from, to }: Period, locale: string): string {
  const format = dateFormat(locale, FORMATS[span]);
  return span === "week"
    ? format.formatRange(Date.parse(from), Date.parse(to))
    : format.format(Date.parse(from));
}

/** A part of a date, such as its month, as it is written in `locale`. */
export function partName(date: string, part: Intl.DateTimeFormatOptions, locale: string): string {
  return dateFormat(locale, part).format(Date.parse(date));
}

function partsOf(date: string): [year: number, month: number, day: number] {
  const at = new Date(date);
  return [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()];
}

/** Months and days beyond their range go on in the next or the one before; day 0 is the last one before. */
function dateOf(year: number, month: number, day: number): string {
  return isoOf(Date.UTC(year, month - 1, day));
}

function isoOf(moment_ms: number): string {
  return new Date(moment_ms).toISOString().slice(0, 10);
}
