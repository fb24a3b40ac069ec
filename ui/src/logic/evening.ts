/** When it is asked what became of the sentence of a day. */

import type { Intention, IntentionStatus } from "../backend";

/** A day is nearly over from this hour on, by the clock on the wall. */
const EVENING_HOUR = 17;

/** What may have become of an intention. */
export type Outcome = Exclude<IntentionStatus, "open">;

/** What was answered, or put off, on a day. */
export type Settled = {
  /** On which day that was. */
  on: string;
  /** The days it was about. */
  about: string[];
};

export type Evening = {
  /** The present day. */
  day: string;
  now_ms: number;
  /** The intentions of the present day and of the day before, where there are any. */
  today: Intention | null;
  yesterday: Intention | null;
  settled: Settled;
};

/** How long until `day` is nearly over; 0 from then on, past midnight as well. */
export function untilEvening_ms(day: string, now_ms: number): number {
  const hour = String(EVENING_HOUR).padStart(2, "0");
  return Math.max(new Date(`${day}T${hour}:00:00`).getTime() - now_ms, 0);
}

/** What is to be asked about, at most once a day each: today's in the evening, else yesterday's. */
export function dueQuestion(evening: Evening): Intention | null {
  const { day, now_ms, today, yesterday, settled } = evening;
  const about = settled.on === day ? settled.about : [];
  // Whoever has looked back at today is not led back further.
  if (about.includes(day)) return null;
  const isDue = (one: Intention | null): one is Intention =>
    one !== null && one.status === "open" && !about.includes(one.id);
  if (isDue(today) && untilEvening_ms(day, now_ms) === 0) return today;
  return isDue(yesterday) ? yesterday : null;
}

/** What is settled once that about `id` is, too. */
export function settling(settled: Settled, day: string, id: string): Settled {
  const about = settled.on === day ? settled.about : [];
  return { on: day, about: [...about.filter((known) => known !== id), id] };
}
