import { beforeEach, expect, test, vi } from "vitest";
import * as backend from "../backend";
import type { ImportReport, Progress } from "../backend";
import { Transfer } from "./transfer.svelte";

vi.mock("../backend");

const NOTHING = { new: 0, changed: 0, unchanged: 0 };
const REPORT: ImportReport = {
  format: "particle_json",
  particles: { ...NOTHING, new: 2 },
  projects: NOTHING,
  intentions: NOTHING,
  settings: NOTHING,
  skipped_count: 0,
  skipped: [],
};

let tell: (progress: Progress) => void = () => undefined;
let answer: (report: ImportReport | null) => void = () => undefined;
let refuse: (error: Error) => void = () => undefined;

beforeEach(() => {
  vi.resetAllMocks();
  vi.mocked(backend.importFile).mockImplementation((onprogress) => {
    tell = onprogress;
    return new Promise((resolve, reject) => {
      answer = resolve;
      refuse = reject;
    });
  });
});

test("an import tells how far it is and then what came of it", async () => {
  const transfer = new Transfer();
  const importing = transfer.import();
  expect([transfer.isImporting, transfer.progress]).toEqual([true, null]);
  tell({ done: 1, total: 2 });
  expect(transfer.progress).toEqual({ done: 1, total: 2 });
  answer(REPORT);
  await importing;
  expect(transfer.outcome).toEqual({ type: "imported", report: REPORT });
  tell({ done: 2, total: 2 });
  expect([transfer.isImporting, transfer.progress]).toEqual([false, null]);
});

test("there is one import at a time", async () => {
  const transfer = new Transfer();
  const importing = transfer.import();
  await transfer.import();
  expect(backend.importFile).toHaveBeenCalledOnce();
  answer(REPORT);
  await importing;
});

test("whoever chose no file still sees what the last one brought", async () => {
  const transfer = new Transfer();
  const first = transfer.import();
  tell({ done: 0, total: 2 });
  answer(REPORT);
  await first;
  const second = transfer.import();
  answer(null);
  await second;
  expect(transfer.outcome?.type).toBe("imported");
});

test("an import that was ended says so, and one that is refused says nothing of an older one", async () => {
  const transfer = new Transfer();
  const ended = transfer.import();
  tell({ done: 500, total: 2000 });
  answer(null);
  await ended;
  expect(transfer.outcome).toEqual({ type: "ended" });
  const refused = transfer.import();
  refuse(new Error("no"));
  await expect(refused).rejects.toThrow("no");
  expect([transfer.outcome, transfer.isImporting]).toEqual([null, false]);
});
