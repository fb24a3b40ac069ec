/** Classic: the fourth focus is followed by the long break. */
export const FOCUSES_PER_ROUND = 4;

export type Place = "filled" | "current" | "open";

/** Today's places in rounds: what is done, what is going on, what is open until the long break. */
export function rounds(done: number, going: boolean): Place[][] {
  const taken = done + (going ? 1 : 0);
  const count = Math.max(1, Math.ceil(taken / FOCUSES_PER_ROUND));
  return Array.from({ length: count }, (_, round) =>
    Array.from({ length: FOCUSES_PER_ROUND }, (_, place) => {
      const index = round * FOCUSES_PER_ROUND + place;
      if (index < done) return "filled";
      return index < taken ? "current" : "open";
    }),
  );
}

/** Whole minutes; a particle is never shown as lasting none. */
export function wholeMinutes(seconds: number): number {
  return Math.max(1, Math.round(seconds / 60));
}
