import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as backend from "../backend";
import { status } from "./fixtures";
import { Timer } from "./timer.svelte";

vi.mock("../backend");

const START = Date.parse("2026-03-01T10:00:00Z");

beforeEach(() => vi.useFakeTimers({ now: START }));
afterEach(() => {
  vi.useRealTimers();
  vi.resetAllMocks();
});

test("a command carries the version that was on the screen", async () => {
  vi.mocked(backend.toggle).mockResolvedValue(status({ version: 6, state: "paused" }));
  const timer = new Timer(status({ state: "running" }));
  await timer.toggle();
  expect(backend.toggle).toHaveBeenCalledWith(5);
  expect(timer.status.state).toBe("paused");
});

test("a task that is begun again has exactly its project, or none", async () => {
  vi.mocked(backend.start).mockResolvedValue(status({ version: 6, state: "running" }));
  const timer = new Timer(status());
  await timer.startTask("Write", "7");
  await timer.startTask("Read", null);
  expect(vi.mocked(backend.start).mock.calls).toEqual([
    [{ task: "Write", minutes: null, project: "7" }, 5],
    [{ task: "Read", minutes: null, project: "none" }, 6],
  ]);
});

test("nothing moves before the core has answered", () => {
  vi.mocked(backend.start).mockReturnValue(new Promise(() => undefined));
  const timer = new Timer(status());
  void timer.start("Book");
  expect(timer.status.state).toBe("idle");
});

test("an answer that was overtaken is dropped", async () => {
  vi.mocked(backend.status).mockResolvedValue(status({ version: 4, state: "running" }));
  const timer = new Timer(status());
  await timer.refresh();
  expect(timer.status.version).toBe(5);
});

test("another profile counts its versions anew", async () => {
  vi.mocked(backend.status).mockResolvedValue(status({ version: 1, state: "running" }));
  const timer = new Timer(status());
  await timer.begin();
  expect(timer.status.state).toBe("running");
});

test("steps of a held key build on each other and stop at the limits", async () => {
  let version = 5;
  vi.mocked(backend.setLength).mockImplementation((minutes) => {
    version += 1;
    return Promise.resolve(status({ version, planned_seconds: minutes * 60 }));
  });
  const timer = new Timer(status({ planned_seconds: 170 * 60 }));
  await Promise.all([5, 5, 5].map((by) => timer.changeLength(by)));
  expect(vi.mocked(backend.setLength).mock.calls).toEqual([[175], [180]]);
});

test("a length that was refused does not block the next step", async () => {
  vi.mocked(backend.setLength)
    .mockRejectedValueOnce(new Error("refused"))
    .mockResolvedValueOnce(status({ version: 6, planned_seconds: 1560 }));
  const timer = new Timer(status());
  const first = timer.changeLength(1);
  const second = timer.changeLength(1);
  await expect(first).rejects.toThrow("refused");
  await second;
  expect(timer.status.planned_seconds).toBe(1560);
});

test("a late core is asked once a second, even where every answer is followed anew", () => {
  const ends_at = new Date(START + 1500).toISOString();
  const timer = new Timer(status({ state: "running", ends_at }));
  let asked = 0;
  let stop = (): void => undefined;
  const follow = () => {
    stop();
    stop = timer.follow(() => {
      asked += 1;
      follow();
    });
  };
  follow();
  vi.advanceTimersByTime(1499);
  expect(asked, "before the end nobody asks").toBe(0);
  vi.advanceTimersByTime(3001);
  expect(asked).toBe(4);
  stop();
  expect(vi.getTimerCount()).toBe(0);
});

test.each(["idle", "paused"] as const)("%s: no timer is waiting", (state) => {
  const timer = new Timer(status({ state }));
  timer.follow(() => undefined);
  expect(vi.getTimerCount()).toBe(0);
});

test("a countdown wakes each second, and asks once it is over", () => {
  const countdown_ends_at = new Date(START + 2500).toISOString();
  const timer = new Timer(status({ countdown_ends_at }));
  const late = vi.fn();
  const stop = timer.follow(late);
  const shown = [timer.countdown];
  for (const wait_ms of [500, 1000]) {
    vi.advanceTimersByTime(wait_ms);
    shown.push(timer.countdown);
  }
  expect(shown).toEqual([3, 2, 1]);
  expect(late).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  expect(timer.countdown).toBe(0);
  expect(late).toHaveBeenCalledOnce();
  stop();
});
