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

/** Whole minutes as hours and minutes; what was anything is never shown as nothing. */
export function roughDuration(seconds: number): Duration {
  const minutes = seconds > 0 ? Math.max(Math.round(seconds / 60), 1) : 0;
  return durationOf(minutes * 60);
}

/** `1 h 42 min`: in whole minutes. */
export function minutesLong(seconds: number): string {
  const { hours, minutes } = roughDuration(seconds);
  return hours === 0 && minutes === 0 ? "0 min" : exactDuration(hours * 3600 + minutes * 60);
}
