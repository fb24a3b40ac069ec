import { expect, test } from "vitest";
import { Selection } from "./selection.svelte";

const ROWS = ["a", "b", "c", "d", "e"];
const chosen = (selection: Selection) => ROWS.filter((row) => selection.has(row)).join("");

test("nothing is selected before one selects, and after", () => {
  const selection = new Selection();
  expect([selection.isOn, chosen(selection)]).toEqual([false, ""]);
  selection.begin();
  selection.toggle("b");
  expect([selection.isOn, chosen(selection)]).toEqual([true, "b"]);
  selection.end();
  expect([selection.isOn, chosen(selection)]).toEqual([false, ""]);
});

test("a row is selected, and is not when it is pressed again", () => {
  const selection = new Selection();
  selection.begin();
  selection.toggle("b");
  selection.toggle("d");
  selection.toggle("b");
  expect(chosen(selection)).toBe("d");
});

test("a stretch goes from the last row to this one, in either direction", () => {
  const selection = new Selection();
  selection.begin();
  selection.toggle("d");
  selection.extend("b", ROWS);
  expect(chosen(selection)).toBe("bcd");
  selection.extend("e", ROWS);
  expect(chosen(selection)).toBe("bcde");
});

test("a stretch without a beginning is one row", () => {
  const selection = new Selection();
  selection.set(["a"]);
  selection.extend("c", ROWS);
  expect(chosen(selection)).toBe("ac");
  selection.toggle("gone");
  selection.extend("e", ROWS);
  expect(chosen(selection)).toBe("ac");
});
