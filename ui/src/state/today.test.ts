import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as backend from "../backend";
import { Today } from "./today.svelte";

vi.mock("../backend");

const NOW = Date.parse("2026-03-01T23:00:00Z");
const BOUNDARY_MS = 4 * 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  vi.mocked(backend.particlesToday).mockResolvedValue([]);
  const ends_at = new Date(NOW + BOUNDARY_MS).toISOString();
  vi.mocked(backend.today).mockResolvedValue({ date: "2026-03-01", ends_at });
});
afterEach(() => {
  vi.useRealTimers();
  vi.resetAllMocks();
});

test("whoever looks at the day is told once it is over, and until there is another", async () => {
  const today = new Today();
  await today.refresh();
  const over = vi.fn();
  const stop = today.follow(over);
  expect(vi.getTimerCount(), "one timer waits, nothing counts").toBe(1);
  vi.advanceTimersByTime(BOUNDARY_MS - 1);
  expect(over).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(over).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(10_000);
  expect(over).toHaveBeenCalledTimes(2);
  stop();
  expect(vi.getTimerCount()).toBe(0);
});

test("a day that nobody has asked for is not waited for", () => {
  new Today().follow(() => undefined);
  expect(vi.getTimerCount()).toBe(0);
});
