/** A day as a line: where its focuses stand, by the clocks on the walls where they were lived. */

import { scaleLinear } from "d3-scale";
import type { DatedParticle } from "../backend";

/** A focus on the line; places are percent of its length. */
export type Bar = { entry: DatedParticle; from: number; width: number; lane: number };
/** An hour that is written below the line, as HH:MM. */
export type Hour = { time: string; at: number };
export type Timeline = { bars: Bar[]; hours: Hour[]; lanes: number };

const HOUR_MS = 3_600_000;
/** A line for fewer hours would make much of little. */
const HOURS_MIN = 6;
/** What claims to last longer is cut: a day has a day. */
const HOURS_MAX = 24;
/** Steps of which a day is made without a rest. */
const STEPS = [1, 2, 3, 4, 6, 12];
const NAMED_MAX = 5;
/** Focuses of the same time stand below each other, so many at most. */
const LANES_MAX = 3;
/** A minute can still be seen. */
const WIDTH_MIN = 0.75;

type Stretch = { entry: DatedParticle; from: number; to: number };

/** In milliseconds, as a clock on the wall counts them. */
function stretchOf(entry: DatedParticle): Stretch {
  const wall = (moment: string): number => Date.parse(moment) + entry.utc_offset_minutes * 60_000;
  const from = wall(entry.started_at);
  return { entry, from, to: Math.min(wall(entry.ended_at), from + HOURS_MAX * HOUR_MS) };
}

/** The line of `entries`, which are of one day; nothing where there are none. */
export function timeline(entries: DatedParticle[]): Timeline | null {
  const stretches = entries.map(stretchOf).sort((a, b) => a.from - b.from);
  const [first] = stretches;
  if (first === undefined) return null;
  const begin = Math.floor(first.from / HOUR_MS);
  const last = stretches.reduce((latest, { to }) => Math.max(latest, to), 0);
  const end = Math.max(Math.ceil(last / HOUR_MS), begin + HOURS_MIN);
  const percent = scaleLinear([begin * HOUR_MS, end * HOUR_MS], [0, 100]);
  const lanes = lanesOf(stretches);
  return {
    bars: stretches.map(({ entry, from, to }, index) => ({
      entry,
      from: percent(from),
      width: Math.max(percent(to) - percent(from), WIDTH_MIN),
      lane: lanes[index] ?? 0,
    })),
    hours: hoursOf(begin, end).map((hour) => ({
      time: new Date(hour * HOUR_MS).toISOString().slice(11, 16),
      at: percent(hour * HOUR_MS),
    })),
    lanes: Math.max(...lanes) + 1,
  };
}

/** The highest free lane of each, where the ones before it have ended. */
function lanesOf(stretches: Stretch[]): number[] {
  const ends: number[] = [];
  return stretches.map(({ from, to }) => {
    const free = ends.findIndex((end) => end <= from);
    const lane = free === -1 ? Math.min(ends.length, LANES_MAX - 1) : free;
    ends[lane] = Math.max(ends[lane] ?? to, to);
    return lane;
  });
}

function hoursOf(begin: number, end: number): number[] {
  const step = STEPS.find((hours) => (end - begin) / hours < NAMED_MAX) ?? HOURS_MAX;
  const first = Math.ceil(begin / step) * step;
  return Array.from({ length: Math.floor((end - first) / step) + 1 }, (_, at) => first + at * step);
}
