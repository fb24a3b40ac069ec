import { expect, test } from "vitest";
import type { Intention } from "../backend";
import { dueQuestion, settling, untilEvening_ms, type Evening } from "./evening";
import { answersFor } from "./outcomes";

const DAY = "2026-03-02";
const at = (time: string, date = DAY) => new Date(`${date}T${time}`).getTime();
const intention = (id: string, changes: Partial<Intention> = {}): Intention => ({
  id,
  text: "Draft",
  status: "open",
  project_id: null,
  deleted: false,
  ...changes,
});
const today = intention(DAY);
const yesterday = intention("2026-03-01");
const due = (changes: Partial<Evening>) =>
  dueQuestion({
    day: DAY,
    now_ms: at("17:00"),
    today: null,
    yesterday: null,
    settled: { on: "", about: [] },
    ...changes,
  });

test("the evening begins at five and lasts past midnight, to the end of the day", () => {
  expect(untilEvening_ms(DAY, at("16:59"))).toBe(60_000);
  expect(untilEvening_ms(DAY, at("17:00"))).toBe(0);
  expect(untilEvening_ms(DAY, at("03:00", "2026-03-03"))).toBe(0);
});

test("today is asked about in the evening, yesterday at any hour", () => {
  expect(due({ today, now_ms: at("16:59") })).toBeNull();
  expect(due({ today })).toBe(today);
  expect(due({ yesterday, now_ms: at("06:00") })).toBe(yesterday);
  expect(due({ today, yesterday })).toBe(today);
  expect(due({})).toBeNull();
});

test.each(["done", "partly", "moved", "let_go"] as const)(
  "what is %s is asked no more",
  (status) => {
    expect(due({ today: { ...today, status } })).toBeNull();
    expect(due({ yesterday: { ...yesterday, status } })).toBeNull();
  },
);

test("nothing is asked twice a day, and after today nothing about yesterday", () => {
  const settled = settling({ on: "", about: [] }, DAY, yesterday.id);
  expect(due({ yesterday, settled })).toBeNull();
  expect(due({ today, yesterday, settled })).toBe(today);
  expect(due({ today, yesterday, settled: settling(settled, DAY, DAY) })).toBeNull();
});

test("what was put off on a day is asked again on the next", () => {
  const settled = settling({ on: "", about: [] }, yesterday.id, yesterday.id);
  expect(due({ yesterday, settled })).toBe(yesterday);
  expect(settling(settled, DAY, DAY)).toEqual({ on: DAY, about: [DAY] });
});

test("an outcome can be taken back, and what is of yesterday moves to today", () => {
  const statuses = (one: Intention) => answersFor(one, false).map(({ status }) => status);
  expect(statuses(today)).toEqual(["done", "partly", "moved", "let_go"]);
  expect(statuses({ ...today, status: "done" })).toContain("open");
  expect(answersFor(yesterday, true)[2]?.label).toBe("intention.answer_today");
});
