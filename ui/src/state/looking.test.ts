import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Days, Statistics } from "../backend";
import * as backend from "../backend";
import { statistics } from "./fixtures";
import { Looking } from "./looking.svelte";

vi.mock("../backend");

const TODAY = "2026-03-01";
const MONDAY = 1;

let asked: Days[];

/** The present day of the core. */
function itIs(date: string): void {
  vi.mocked(backend.today).mockResolvedValue({ date, ends_at: `${date}T23:00:00Z` });
}

beforeEach(() => {
  asked = [];
  itIs(TODAY);
  vi.mocked(backend.statistics).mockImplementation((days) => {
    asked.push(days);
    return Promise.resolve(statistics(days.from ?? ""));
  });
});
afterEach(() => vi.resetAllMocks());

const opened = async (...[span, day]: Parameters<Looking["open"]>): Promise<Looking> => {
  const looking = new Looking(() => MONDAY);
  await looking.open(span, day);
  return looking;
};
const shownOf = ({ shown }: Looking) => [shown?.period.from, shown?.period.to];

test("a period that nobody looks at is not read", async () => {
  const looking = new Looking(() => MONDAY);
  await looking.refresh();
  expect(asked).toEqual([]);
  await looking.open("week");
  looking.close();
  await looking.refresh();
  expect(asked).toHaveLength(1);
  expect(looking.shown).toBeNull();
});

test.each([
  ["week", "2026-02-23", "2026-03-01"],
  ["month", "2026-03-01", "2026-03-31"],
  ["year", "2026-01-01", "2026-12-31"],
] as const)("the %s of the present day of the core is asked for alone", async (span, from, to) => {
  const looking = await opened(span);
  expect(asked).toEqual([{ from, to }]);
  expect(looking.shown).toMatchObject({ period: { span, from, to }, today: TODAY });
  expect(looking.isPresent).toBe(true);
});

test("weeks begin where the locale begins them", async () => {
  const looking = new Looking(() => 7);
  await looking.open("week");
  expect(asked).toEqual([{ from: "2026-03-01", to: "2026-03-07" }]);
  expect(looking.shown?.firstDay).toBe(7);
});

test("it is opened at the day it is told, and afresh the next time", async () => {
  const looking = await opened("month", "2025-05-05");
  expect(shownOf(looking)).toEqual(["2025-05-01", "2025-05-31"]);
  looking.close();
  await looking.open("month");
  expect(looking.isPresent).toBe(true);
});

describe("moving", () => {
  test("goes back as far as one likes, and forth to the present", async () => {
    const looking = await opened("week");
    await looking.move(-1);
    expect(shownOf(looking)).toEqual(["2026-02-16", "2026-02-22"]);
    expect(looking.isPresent).toBe(false);
    await looking.move(-1);
    await looking.move(1);
    await looking.move(1);
    expect(looking.isPresent).toBe(true);
    await looking.move(1);
    expect(shownOf(looking), "nothing comes after it").toEqual(["2026-02-23", "2026-03-01"]);
  });

  test("twice at once goes two periods", async () => {
    const looking = await opened("month");
    await Promise.all([looking.move(-1), looking.move(-1)]);
    expect(shownOf(looking)).toEqual(["2026-01-01", "2026-01-31"]);
  });

  test("to the present is one step", async () => {
    const looking = await opened("year", "2021-05-05");
    await looking.moveToPresent();
    expect(shownOf(looking)).toEqual(["2026-01-01", "2026-12-31"]);
  });

  test("waits for the first answer", async () => {
    await new Looking(() => MONDAY).move(-1);
    expect(asked).toEqual([]);
  });
});

test("another span is at the period that was looked at", async () => {
  const looking = await opened("year");
  await looking.move(-1);
  await looking.open("month");
  expect(shownOf(looking)).toEqual(["2025-03-01", "2025-03-31"]);
});

test("the present period follows the day, one of the past stays", async () => {
  const present = await opened("month");
  const past = await opened("month", "2025-05-05");
  itIs("2026-04-01");
  await Promise.all([present.refresh(), past.refresh()]);
  expect(shownOf(present)).toEqual(["2026-04-01", "2026-04-30"]);
  expect(shownOf(past)).toEqual(["2025-05-01", "2025-05-31"]);
});

describe("until the core has answered", () => {
  test("what was shown stays, and the last word wins", async () => {
    const looking = await opened("week");
    const answers: ((counted: Statistics) => void)[] = [];
    vi.mocked(backend.statistics).mockImplementation(
      () => new Promise((resolve) => answers.push(resolve)),
    );
    const first = looking.open("month");
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    const second = looking.open("year");
    expect(looking.span, "the choice follows at once").toBe("year");
    answers[0]?.(statistics("2026-03-01"));
    await first;
    expect(looking.shown?.period.span, "the answer for the month is old").toBe("week");
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.(statistics("2026-01-01", 50));
    await second;
    expect(looking.shown).toMatchObject({
      period: { span: "year" },
      statistics: { total: { focus_seconds: 3000 } },
    });
  });

  test("a refresh keeps what is shown, and shows what is new", async () => {
    const looking = await opened("week");
    const before = looking.shown;
    vi.mocked(backend.statistics).mockResolvedValueOnce(statistics("2026-03-01", 75));
    const reading = looking.refresh();
    expect(looking.shown).toBe(before);
    await reading;
    expect(looking.shown?.statistics.total.focus_seconds).toBe(4500);
  });

  test("one that was closed meanwhile shows nothing", async () => {
    const looking = new Looking(() => MONDAY);
    const opening = looking.open("week");
    looking.close();
    await opening;
    expect(looking.shown).toBeNull();
  });
});

test("what the core cannot answer leaves what is shown", async () => {
  const looking = await opened("week");
  vi.mocked(backend.statistics).mockRejectedValueOnce(new Error("busy"));
  await expect(looking.refresh()).rejects.toThrow("busy");
  expect(shownOf(looking)).toEqual(["2026-02-23", "2026-03-01"]);
});
