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
      return course.remaining_seconds;
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

/** Minutes may exceed 59: presets speak in minutes, so 90 minutes are 90:00. */
export function clockDigits(seconds: number): { minutes: string; seconds: string } {
  return {
    minutes: String(Math.floor(seconds / 60)).padStart(2, "0"),
    seconds: String(seconds % 60).padStart(2, "0"),
  };
}
