import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Days } from "../backend";
import * as backend from "../backend";
import { statistics } from "./fixtures";
import { ProjectTotals } from "./project-totals.svelte";

vi.mock("../backend");

const MONDAY = 1;
const BOOK = "book";

let asked: Days[];

beforeEach(() => {
  asked = [];
  vi.mocked(backend.today).mockResolvedValue({
    date: "2026-03-04",
    ends_at: "2026-03-05T03:00:00Z",
  });
  vi.mocked(backend.statistics).mockImplementation((days) => {
    asked.push(days);
    const tally = { project_id: BOOK, name: "Book", particles: asked.length, focus_seconds: 60 };
    const other = { project_id: null, name: null, particles: 9, focus_seconds: 9 };
    return Promise.resolve({ ...statistics(""), projects: [other, tally] });
  });
});
afterEach(() => vi.resetAllMocks());

test("the week, the month and everything are asked for, and the project's own part is told", async () => {
  const totals = new ProjectTotals(() => MONDAY);
  await totals.open(BOOK);
  expect(asked).toEqual([
    { from: "2026-03-02", to: "2026-03-08" },
    { from: "2026-03-01", to: "2026-03-31" },
    { from: null, to: null },
  ]);
  expect(totals.of(BOOK)).toEqual({
    week: { seconds: 60, particles: 1 },
    month: { seconds: 60, particles: 2 },
    ever: { seconds: 60, particles: 3 },
  });
  expect(totals.of("another")).toBeNull();
});

test("a project on which nothing was spent has nothing, in numbers", async () => {
  const totals = new ProjectTotals(() => MONDAY);
  await totals.open("another");
  expect(totals.of("another")?.ever).toEqual({ seconds: 0, particles: 0 });
});

test("what nobody looks at is not read", async () => {
  const totals = new ProjectTotals(() => MONDAY);
  await totals.refresh();
  await totals.open(BOOK);
  await totals.open(null);
  expect(totals.of(BOOK)).toBeNull();
  asked = [];
  await totals.refresh();
  expect(asked).toEqual([]);
});

test("an answer for the project before is not shown for the next", async () => {
  const totals = new ProjectTotals(() => MONDAY);
  const first = totals.open("another");
  await totals.open(BOOK);
  await first;
  expect(totals.of("another")).toBeNull();
  expect(totals.of(BOOK)?.ever.seconds).toBe(60);
});
