import type { DatedParticle, NewParticle, ParticleRequest } from "../backend";
import { localOffset, momentOf, wallTime, type WallTime } from "./calendar";
import { wholeMinutes } from "./dots";

/** A particle as a form has it: texts as they stand in the fields. */
export type Fields = {
  task: string;
  /** The id of a project, or `none`. */
  project: string;
  date: string;
  time: string;
  minutes: number | null;
};

export const NO_PROJECT = "none";
const NEW_MINUTES = 25;
const MINUTE_MS = 60_000;

export function fieldsOf(entry: DatedParticle): Fields {
  return {
    task: entry.task,
    project: entry.project_id ?? NO_PROJECT,
    ...wallTime(entry.started_at, entry.utc_offset_minutes),
    minutes: wholeMinutes(entry.duration_seconds),
  };
}

/** When something of so many minutes began that ended just now. */
export function startBefore(now_ms: number, minutes: number): WallTime {
  const began_ms = now_ms - minutes * MINUTE_MS;
  const offset = -new Date(began_ms).getTimezoneOffset();
  return wallTime(new Date(began_ms).toISOString(), offset);
}

/** How a particle that is added by hand begins: it ended just now. */
export function newFields(now_ms: number): Fields {
  const start = startBefore(now_ms, NEW_MINUTES);
  return { task: "", project: NO_PROJECT, ...start, minutes: NEW_MINUTES };
}

/**
 * What differs from `entry`; null where nothing does. The fields are coarser than what is kept, so an
 * untouched one says nothing.
 */
export function changeOf(entry: DatedParticle, fields: Fields): ParticleRequest | null {
  const before = fieldsOf(entry);
  const task = fields.task.trim();
  const moved = fields.date !== before.date || fields.time !== before.time;
  const change = {
    id: entry.id,
    task: task === before.task ? null : task,
    minutes: fields.minutes === before.minutes ? null : fields.minutes,
    started_at: moved ? momentOf(fields, entry.utc_offset_minutes) : null,
    project: fields.project === before.project ? null : fields.project,
  };
  const { task: name, minutes, started_at, project } = change;
  return [name, minutes, started_at, project].every((part) => part === null) ? null : change;
}

/** Nothing where a field is empty or no date. */
export function newParticle(fields: Fields): NewParticle | null {
  const { minutes } = fields;
  const began = momentOf(fields, localOffset(fields));
  if (began === null || minutes === null) return null;
  return {
    task: fields.task.trim(),
    minutes,
    ended_at: new Date(Date.parse(began) + minutes * MINUTE_MS).toISOString(),
    project: fields.project === NO_PROJECT ? null : fields.project,
    id: null,
  };
}
