/** Formatters of the system. To make one takes as long as to use it a hundred times, so each is made once. */

const dates = new Map<string, Intl.DateTimeFormat>();
const numbers = new Map<string, Intl.NumberFormat>();

/** For dates that are texts: in UTC, so that none moves. */
export function dateFormat(
  locale: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const make = () => new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
  return once(dates, locale + JSON.stringify(options), make);
}

export function numberFormat(
  locale: string,
  options: Intl.NumberFormatOptions = {},
): Intl.NumberFormat {
  const make = () => new Intl.NumberFormat(locale, options);
  return once(numbers, locale + JSON.stringify(options), make);
}

function once<T>(made: Map<string, T>, key: string, make: () => T): T {
  const known = made.get(key) ?? make();
  made.set(key, known);
  return known;
}
