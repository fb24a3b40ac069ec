import { describe, expect, test } from "vitest";
import type { DatedParticle } from "../backend";
import { changeOf, fieldsOf, newFields, newParticle, startBefore } from "./correction";

const entry: DatedParticle = {
  id: "1",
  kind: "focus",
  task: "Write",
  project_id: "book",
  // 00:30:45 of the next day, where it was.
  started_at: "2026-03-01T23:30:45.250Z",
  ended_at: "2026-03-02T00:00:45.250Z",
  planned_seconds: 1500,
  duration_seconds: 1529,
  overflow_seconds: 29,
  utc_offset_minutes: 60,
  preset: "classic",
  deleted: false,
  day: "2026-03-01",
};
const untouched = { id: "1", task: null, minutes: null, started_at: null, project: null };

test("the fields show the wall where it was", () => {
  expect(fieldsOf(entry)).toEqual({
    task: "Write",
    project: "book",
    date: "2026-03-02",
    time: "00:30",
    minutes: 25,
  });
});

describe("saving", () => {
  test("nothing that was touched is no change, though fields are coarser than what is kept", () => {
    expect(changeOf(entry, fieldsOf(entry))).toBeNull();
    expect(changeOf(entry, { ...fieldsOf(entry), task: " Write " })).toBeNull();
  });

  test("a new task leaves start and length to the second", () => {
    const change = changeOf(entry, { ...fieldsOf(entry), task: "Read" });
    expect(change).toEqual({ ...untouched, task: "Read" });
  });

  test("an emptied task is a change, not nothing", () => {
    expect(changeOf(entry, { ...fieldsOf(entry), task: "" })?.task).toBe("");
  });

  test("a moved start is a moment on the same wall", () => {
    const change = changeOf(entry, { ...fieldsOf(entry), date: "2026-03-01", time: "23:10" });
    expect(change).toEqual({ ...untouched, started_at: "2026-03-01T22:10:00.000Z" });
  });

  test("a project is taken away by its word", () => {
    expect(changeOf(entry, { ...fieldsOf(entry), project: "none" })?.project).toBe("none");
    expect(changeOf({ ...entry, project_id: null }, fieldsOf(entry))?.project).toBe("book");
  });

  test("minutes are the length", () => {
    expect(changeOf(entry, { ...fieldsOf(entry), minutes: 40 })?.minutes).toBe(40);
  });
});

describe("adding by hand", () => {
  const now = Date.parse("2026-03-01T12:00:00Z");

  test("begins with a focus that ended just now", () => {
    const particle = newParticle({ ...newFields(now), task: " Call " });
    expect(particle).toEqual({
      task: "Call",
      minutes: 25,
      ended_at: "2026-03-01T12:00:00.000Z",
      project: null,
      id: null,
    });
  });

  test("ends now, however long it was", () => {
    const fields = { ...newFields(now), ...startBefore(now, 90), minutes: 90 };
    expect(newParticle(fields)?.ended_at).toBe("2026-03-01T12:00:00.000Z");
    const later_ms = now + 59_999;
    const end = Date.parse(newParticle(newFields(later_ms))?.ended_at ?? "");
    expect(end, "never in the future").toBeLessThanOrEqual(later_ms);
  });

  test("waits for every field", () => {
    expect(newParticle({ ...newFields(now), date: "" })).toBeNull();
    expect(newParticle({ ...newFields(now), minutes: null })).toBeNull();
  });
});
