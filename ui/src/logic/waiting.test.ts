import { expect, test } from "vitest";
import { change } from "../state/fixtures";
import { editedIn, givenName, refusalText, waitingFields } from "./waiting";

test("what a person named has its name, what nobody named has one of ours", () => {
  expect(givenName(change({ title: "Write" }))).toBeNull();
  expect(givenName(change({ title: "" }))).toBe("history.unnamed");
  expect(givenName(change({ entity: "project", title: "" }))).toBe("projects.unnamed");
});

test("a setting has the name that it has where it is set, an unknown one its key", () => {
  expect(givenName(change({ entity: "setting", id: "daily_goal", title: "daily_goal" }))).toBe(
    "settings.goal",
  );
  expect(givenName(change({ entity: "setting", id: "later", title: "later" }))).toBeNull();
});

test("a few fields are named, all of them have one name, unknown ones have none", () => {
  expect(waitingFields(change({ fields: ["task", "time"] }))).toEqual([
    "history.task",
    "waiting.time",
  ]);
  expect(waitingFields(change({ fields: ["archived", "brightness", "deleted", "name"] }))).toEqual([
    "waiting.everything",
  ]);
  expect(waitingFields(change({ fields: ["later"] }))).toEqual([]);
});

test.each([
  ["particles_task_length", "waiting.too_long"],
  ["projects_brightness_range", "waiting.out_of_range"],
  ["unknown_entity", "waiting.unknown"],
  ["23505", "waiting.refused"],
  [null, "waiting.refused"],
])("%s is told as %s", (code, text) => {
  expect(refusalText({ code, message: null })).toBe(text);
});

test("each is edited where it is kept; an intention has no place yet", () => {
  expect(editedIn(change())).toBe("history");
  expect(editedIn(change({ entity: "intention" }))).toBeNull();
});
