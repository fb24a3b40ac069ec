/** Dates and times as people write them. A date is a text like `2026-03-01`, a time like `14:05`. */

import { dateFormat } from "./formats";

const MINUTE_MS = 60_000;

export type WallTime = { date: string; time: string };

/** What a clock on the wall showed at `moment`, where it was `offset_minutes` east of UTC. */
export function wallTime(moment: string, offset_minutes: number): WallTime {
  const shifted = new Date(Date.parse(moment) + offset_minutes * MINUTE_MS).toISOString();
  return { date: shifted.slice(0, 10), time: shifted.slice(11, 16) };
}

/** The moment when a clock on that wall showed `wall`; null for what is no date or time. */
export function momentOf(wall: WallTime, offset_minutes: number): string | null {
  const there_ms = Date.parse(`${wall.date}T${wall.time}:00Z`);
  if (Number.isNaN(there_ms)) return null;
  return new Date(there_ms - offset_minutes * MINUTE_MS).toISOString();
}

/** How far east of UTC this machine was, or will be, when its wall shows `wall`. */
export function localOffset(wall: WallTime): number {
  const offset = -new Date(`${wall.date}T${wall.time}:00`).getTimezoneOffset();
  return Number.isNaN(offset) ? 0 : offset;
}

/** Days from `from` to `to`, both dates. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** `Friday, 20 November`; with the year where it is not that of `today`. */
export function dayName(date: string, today: string, locale: string): string {
  const sameYear = date.slice(0, 4) === today.slice(0, 4);
  const format = dateFormat(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(sameYear ? {} : { year: "numeric" }),
  });
  return format.format(Date.parse(date));
}

/** `14:05` as it is written in `locale`. */
export function timeName(time: string, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { timeZone: "UTC", timeStyle: "short" });
  return format.format(Date.parse(`1970-01-01T${time}:00Z`));
}

/** When `moment` is, or was, on the wall of this machine, as it is written in `locale`. */
export function localTime(moment: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: "short" }).format(Date.parse(moment));
}

/** `20 Nov 2026, 14:05`: when `moment` was on the wall of this machine, as it is written in `locale`. */
export function localMoment(moment: string, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  return format.format(Date.parse(moment));
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 1440],
  ["hour", 60],
  ["minute", 1],
];

/** `now`, `3 minutes ago` or `yesterday`: how long before `now_ms` it was, as it is written in `locale`. */
export function timeAgo(moment: string, now_ms: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const minutes = Math.max(Math.floor((now_ms - Date.parse(moment)) / MINUTE_MS), 0);
  const unit = UNITS.find(([, length]) => minutes >= length);
  return unit ? format.format(-Math.floor(minutes / unit[1]), unit[0]) : format.format(0, "second");
}
