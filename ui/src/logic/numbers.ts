import { numberFormat } from "./formats";

/** `1,200` as it is written in `locale`. */
export const wholeNumber = (value: number, locale: string): string =>
  numberFormat(locale).format(value);

/** `one, two and three` as it is written in `locale`. */
export const listed = (parts: string[], locale: string): string =>
  new Intl.ListFormat(locale).format(parts);
