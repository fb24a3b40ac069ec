import { expect, test } from "vitest";
import { listed, sizeName, wholeNumber } from "./numbers";

test("a number and a list are written as the locale writes them", () => {
  expect(wholeNumber(5127, "en-GB")).toBe("5,127");
  expect(wholeNumber(5127, "de")).toBe("5.127");
  expect(listed(["127 Partikel", "12 Projekte"], "de")).toBe("127 Partikel und 12 Projekte");
});

test("a size is written in the unit that suits it", () => {
  expect([0, 999, 1000, 1_234_567, 5e12].map((bytes) => sizeName(bytes, "en"))).toEqual([
    "0 byte",
    "999 byte",
    "1 kB",
    "1.23 MB",
    "5,000 GB",
  ]);
  expect(sizeName(1_234_567, "de")).toBe("1,23 MB");
});
