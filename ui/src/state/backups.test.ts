import { beforeEach, expect, test, vi } from "vitest";
import * as backend from "../backend";
import type { Backup } from "../backend";
import { Backups } from "./backups.svelte";

vi.mock("../backend");

const backup = (name: string): Backup => ({
  name,
  path: `/home/me/${name}.db`,
  bytes: 1200,
  made_at: "2026-03-01T17:30:00Z",
});
const DAILY = backup("2026-03-01");
const OWN = backup("2026-03-02T090000Z");

beforeEach(() => {
  vi.resetAllMocks();
  vi.mocked(backend.backups).mockResolvedValue([DAILY]);
  vi.mocked(backend.makeBackup).mockResolvedValue(OWN);
  vi.mocked(backend.restoreBackup).mockResolvedValue(null);
});

test("one that was made is in the list", async () => {
  const backups = new Backups();
  vi.mocked(backend.backups).mockResolvedValue([OWN, DAILY]);
  await backups.make();
  expect(backups.list).toEqual([OWN, DAILY]);
  expect(backups.restored).toBeNull();
});

test("what was gone back to is told until something else is done", async () => {
  const backups = new Backups();
  await backups.restore(DAILY);
  expect(backend.restoreBackup).toHaveBeenCalledWith("2026-03-01");
  expect(backups.restored).toEqual(DAILY);
  await backups.make();
  expect(backups.restored).toBeNull();
});

test("one thing is done at a time, and can be tried again after it was refused", async () => {
  const backups = new Backups();
  let refuse: (error: Error) => void = () => undefined;
  vi.mocked(backend.restoreBackup).mockReturnValue(new Promise((_, reject) => (refuse = reject)));
  const first = backups.restore(DAILY);
  await backups.make();
  expect(backend.makeBackup).not.toHaveBeenCalled();
  refuse(new Error("a timer runs"));
  await expect(first).rejects.toThrow("a timer runs");
  expect([backups.isBusy, backups.restored]).toEqual([false, null]);
  await backups.make();
  expect(backend.makeBackup).toHaveBeenCalledOnce();
});
