import type { Status } from "../backend";

/** The part of a status that the clock is drawn from. */
export type Course = Pick<
  Status,
  "state" | "planned_seconds" | "ends_at" | "remaining_seconds" | "overflow_seconds"
>;

/** Seconds as the clock shows them: left until zero, or beyond it in overflow. */
export function shownSeconds(course: Course, now_ms: number): number {
  switch (course.state) {
    case "idle":
      return course.planned_seconds;
    case "paused":
      return isBeyond(course) ? course.overflow_seconds : course.remaining_seconds;
    case "running": {
      if (course.ends_at === null) return course.remaining_seconds;
      const left = Math.ceil((Date.parse(course.ends_at) - now_ms) / 1000);
      return Math.min(Math.max(left, 0), course.planned_seconds);
    }
    case "overflow": {
      if (course.ends_at === null) return course.overflow_seconds;
      return Math.max(Math.floor((now_ms - Date.parse(course.ends_at)) / 1000), 0);
    }
  }
}

/** Milliseconds until the shown value changes; null where it stands still. */
export function untilNextChange_ms(course: Course, now_ms: number): number | null {
  if (course.ends_at === null) return null;
  if (course.state !== "running" && course.state !== "overflow") return null;
  const phase = (Date.parse(course.ends_at) - now_ms) % 1000;
  return phase > 0 ? phase : phase + 1000;
}

/** The clock counts up: beyond the plan, also where the computer slept there. */
export function isBeyond(course: Course): boolean {
  return course.state === "overflow" || (course.state === "paused" && course.overflow_seconds > 0);
}

/** Whole seconds until `moment`, rounded up; none when there is no such moment or it has passed. */
export function secondsUntil(moment: string | null, now_ms: number): number {
  if (moment === null) return 0;
  return Math.max(Math.ceil((Date.parse(moment) - now_ms) / 1000), 0);
}

/** What is drawn from a status besides the clock. */
export type Moments = Pick<Status, "countdown_ends_at" | "undo_until">;

/** Milliseconds until anything that is drawn changes; null where all stands still. */
export function untilNextPicture_ms(status: Course & Moments, now_ms: number): number | null {
  const waits = [untilNextChange_ms(status, now_ms)];
  const countdown_ms = untilMoment_ms(status.countdown_ends_at, now_ms);
  if (countdown_ms !== null) waits.push(countdown_ms % 1000 || 1000);
  waits.push(untilMoment_ms(status.undo_until, now_ms));
  const next = Math.min(...waits.filter((wait) => wait !== null));
  return Number.isFinite(next) ? next : null;
}

function untilMoment_ms(moment: string | null, now_ms: number): number | null {
  const left_ms = moment === null ? 0 : Date.parse(moment) - now_ms;
  return left_ms > 0 ? left_ms : null;
}

/** Minutes may exceed 59: presets speak in minutes, so 90 minutes are 90:00. */
export function clockDigits(seconds: number): { minutes: string; seconds: string } {
  return {
    minutes: String(Math.floor(seconds / 60)).padStart(2, "0"),
    seconds: String(seconds % 60).padStart(2, "0"),
  };
}
