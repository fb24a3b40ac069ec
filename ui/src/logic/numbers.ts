import { numberFormat } from "./formats";

/** `1,200` as it is written in `locale`. */
export const wholeNumber = (value: number, locale: string): string =>
  numberFormat(locale).format(value);

/** `one, two and three` as it is written in `locale`. */
export const listed = (parts: string[], locale: string): string =>
  new Intl.ListFormat(locale).format(parts);

const KILO = 1000;
const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** `1.2 MB` as it is written in `locale`. */
export function sizeName(bytes: number, locale: string): string {
  const power = Math.min(
    Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(KILO)),
    SIZES.length - 1,
  );
  const format = numberFormat(locale, {
    style: "unit",
    unit: SIZES[power] ?? "byte",
    maximumSignificantDigits: 3,
  });
  return format.format(bytes / KILO ** power);
}
