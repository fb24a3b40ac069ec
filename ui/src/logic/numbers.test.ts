import { expect, test } from "vitest";
import { listed, wholeNumber } from "./numbers";

test("a number and a list are written as the locale writes them", () => {
  expect(wholeNumber(5127, "en-GB")).toBe("5,127");
  expect(wholeNumber(5127, "de")).toBe("5.127");
  expect(listed(["127 Partikel", "12 Projekte"], "de")).toBe("127 Partikel und 12 Projekte");
});
