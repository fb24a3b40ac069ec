/** A length of time in whole hours, minutes and seconds. */
export type Duration = { hours: number; minutes: number; seconds: number };

export function durationOf(seconds: number): Duration {
  const whole = Math.max(Math.floor(seconds), 0);
  return {
    hours: Math.floor(whole / 3600),
    minutes: Math.floor((whole % 3600) / 60),
    seconds: whole % 60,
  };
}

/** `1 h 42 min 10 s`: exact, without the parts that are nothing. The units are the same in all languages. */
export function exactDuration(seconds: number): string {
  const { hours, minutes, seconds: rest } = durationOf(seconds);
  const parts = [
    ...(hours > 0 ? [`${hours} h`] : []),
    ...(minutes > 0 ? [`${minutes} min`] : []),
    ...(rest > 0 ? [`${rest} s`] : []),
  ];
  return parts.length === 0 ? "0 s" : parts.join(" ");
}
