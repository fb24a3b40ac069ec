import type { Status } from "../backend";

export type Place = "filled" | "current" | "open";

/** What the dots are drawn from. */
export type Day = {
  /** Focuses of today that are kept. */
  done: number;
  /** A focus goes on. */
  going: boolean;
  round: Status["round"];
  /** How many focuses the day is to have, if the person wants that. */
  goal: number | null;
};

/**
 * Today's places in rounds: what is done, what is going on, and what is open until the long break or
 * the goal of the day, whichever is further.
 */
export function rounds({ done, going, round, goal }: Day): Place[][] {
  const taken = done + (going ? 1 : 0);
  // Of the round that goes on; particles of today may have been deleted since.
  const before = Math.max(done - round.done, 0);
  const open = Math.max(round.of - round.done - (going ? 1 : 0), 0);
  const count = Math.max(taken + open, goal ?? 0);
  const groups = chunks(before, round.of);
  const ahead = chunks(count - before, round.of);
  let index = 0;
  return [...groups, ...ahead].map((size) =>
    Array.from({ length: size }, () => {
      index += 1;
      if (index <= done) return "filled";
      return index <= taken ? "current" : "open";
    }),
  );
}

function chunks(count: number, size: number): number[] {
  const whole = Array.from({ length: Math.floor(count / size) }, () => size);
  return count % size === 0 ? whole : [...whole, count % size];
}

/** The faintest dot: on every ground, dark and light, it has the contrast of 3:1 that shapes are to have. */
const OPACITY_MIN = 0.48;
const BRIGHTNESS_MIN = 0.3;

/** How a dot shows the grey of a project; nothing stands for white, as of what has no project. */
export function dotOpacity(brightness: number | null): number {
  const above = ((brightness ?? 1) - BRIGHTNESS_MIN) / (1 - BRIGHTNESS_MIN);
  return OPACITY_MIN + (1 - OPACITY_MIN) * Math.min(Math.max(above, 0), 1);
}

/** Whole minutes; a particle is never shown as lasting none. */
export function wholeMinutes(seconds: number): number {
  return Math.max(1, Math.round(seconds / 60));
}
