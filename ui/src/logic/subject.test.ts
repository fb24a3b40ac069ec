import { describe, expect, test } from "vitest";
import type { Status } from "../backend";
import { status } from "../state/fixtures";
import { NO_THREAD, subjectOf, threadAfter } from "./subject";

const focus = (task: string, started_at: string) =>
  status({ state: "running", kind: "focus", task, started_at });
const first = focus("Write", "2026-03-01T10:00:00Z");
const second = focus("Write", "2026-03-01T11:00:00Z");
const offered = status({ kind: "short_break", next_task: "Write" });

/** Whether the last of them has its task from the focus before. */
const inherits = (...seen: Status[]) => seen.reduce(threadAfter, NO_THREAD).isInherited;

describe("a focus has its task from the one before", () => {
  test("where it is the same, with and without a break between them", () => {
    expect(inherits(first, second)).toBe(true);
    expect(inherits(first, offered, second)).toBe(true);
  });

  test("as long as nobody gives it another", () => {
    expect(inherits(first, second, { ...second, task: "Read" })).toBe(false);
    expect(inherits(first, focus("Read", "2026-03-01T11:00:00Z"))).toBe(false);
  });

  test("not where it is the same focus, or an older one that is back", () => {
    expect(inherits(first, offered, first)).toBe(false);
    expect(inherits(first, second, first)).toBe(false);
    expect(inherits(first, second, offered, second)).toBe(false);
  });

  test("not where the one before is unknown, has none, or was stopped, as the core tells", () => {
    expect(inherits(first)).toBe(false);
    expect(inherits(focus("", "2026-03-01T10:00:00Z"), focus("", "2026-03-01T11:00:00Z"))).toBe(
      false,
    );
    expect(inherits(first, status(), second)).toBe(false);
  });
});

describe("while a focus waits to begin", () => {
  const next = { next_task: "Write", next_project: "1" };

  test("its subject is that of the focus before the break", () => {
    expect(subjectOf({ ...status(), ...next })).toEqual({ task: "Write", project: "1" });
    expect(subjectOf(status())).toEqual({ task: "", project: null });
  });

  test("a break has none, and what goes on has its own", () => {
    expect(subjectOf({ ...offered, ...next })).toEqual({ task: "", project: null });
    expect(subjectOf({ ...first, ...next })).toEqual({ task: "Write", project: null });
  });
});
