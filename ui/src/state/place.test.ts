import { expect, test } from "vitest";
import { Place } from "./place.svelte";

test("a view leads back to the timer", () => {
  const place = new Place();
  place.open("week");
  place.leave();
  expect(place.view).toBe("timer");
});

test("the history of a day leads back to where the day was seen", () => {
  const place = new Place();
  place.open("year");
  place.openDay("2026-02-28");
  expect([place.view, place.target]).toEqual(["history", { day: "2026-02-28" }]);
  place.leave();
  expect([place.view, place.target]).toEqual(["year", { day: "2026-02-28" }]);
  place.leave();
  expect([place.view, place.target]).toEqual(["timer", null]);
});

test("whoever goes on from there leaves to the timer", () => {
  const place = new Place();
  place.open("month");
  place.openDay("2026-02-28");
  place.open("projects");
  place.leave();
  expect(place.view).toBe("timer");
});

test("a row is named where one is to be edited", () => {
  const place = new Place();
  place.open("history", { row: "1", search: "Write" });
  expect(place.row).toBe("1");
  place.openDay("2026-02-28");
  expect(place.row).toBeNull();
});
