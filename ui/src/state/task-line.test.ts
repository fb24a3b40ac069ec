import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Status } from "../backend";
import * as backend from "../backend";
import { status } from "./fixtures";
import { TaskLine } from "./task-line.svelte";
import { Timer } from "./timer.svelte";

vi.mock("../backend");

/** A line on a timer that the core moves. */
function lineOn(begin: Status) {
  const timer = new Timer(begin);
  let now = begin;
  vi.mocked(backend.status).mockImplementation(() => Promise.resolve(now));
  vi.mocked(backend.renameTask).mockImplementation((task) => {
    now = { ...now, task };
    return Promise.resolve(now);
  });
  const line = new TaskLine(timer);
  const becomes = async (changes: Partial<Status>): Promise<void> => {
    now = { ...now, version: now.version + 1, ...changes };
    await timer.refresh();
    if (now.state === "running") await line.focusBegan();
  };
  return { line, becomes };
}

const running = (task: string, started_at = "2026-03-01T10:00:00Z") =>
  ({ state: "running", kind: "focus", task, started_at }) as const;
const inBreak = { state: "running", kind: "short_break", task: "" } as const;

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.resetAllMocks();
});

describe("a draft", () => {
  test("becomes the task of a focus that began elsewhere without one", async () => {
    const { line, becomes } = lineOn(status());
    line.write("Read ");
    await becomes(running(""));
    expect(backend.renameTask).toHaveBeenCalledWith("Read");
    expect(line.hasDraft).toBe(false);
  });

  test("is not given away half written, but when the caret goes", async () => {
    const { line, becomes } = lineOn(status());
    line.enter();
    line.write("Re");
    await becomes(running(""));
    expect(backend.renameTask).not.toHaveBeenCalled();
    line.write("Read");
    await line.leave();
    expect(backend.renameTask).toHaveBeenCalledWith("Read");
  });

  test("stays, shown as unsaved, beside a focus that has a task of its own", async () => {
    const { line, becomes } = lineOn(status());
    line.write("Read");
    await becomes(running("Call Mum"));
    expect([line.text, line.isUnsaved]).toEqual(["Read", true]);
    line.enter();
    await line.leave();
    expect(backend.renameTask, "looking at it takes nothing over").not.toHaveBeenCalled();
    await becomes({ state: "idle", task: "" });
    expect([line.text, line.isUnsaved], "it waits for the next").toEqual(["Read", false]);
  });

  test("is taken for the focus that goes on by Enter", async () => {
    const { line, becomes } = lineOn(status());
    line.write("Read");
    await becomes(running("Call Mum"));
    line.enter();
    line.take();
    await line.leave();
    expect(backend.renameTask).toHaveBeenCalledWith("Read");
    expect([line.text, line.isUnsaved]).toEqual(["Read", false]);
  });

  test("is dropped by Esc while a focus goes on, and not while idle", async () => {
    const { line, becomes } = lineOn(status());
    line.write("Read");
    line.abandon();
    expect(line.text).toBe("Read");
    await becomes(running("Call Mum"));
    line.abandon();
    expect(line.text).toBe("Call Mum");
  });

  test("of a break waits for the focus after it, which a countdown begins on the task before", async () => {
    const { line, becomes } = lineOn(status(inBreak));
    line.enter();
    line.write("Read");
    line.take();
    await line.leave();
    expect(backend.renameTask, "a break has no task").not.toHaveBeenCalled();
    await becomes(running("Write"));
    expect([line.text, line.isUnsaved]).toEqual(["Read", true]);
  });

  test("that was emptied gives way to the task of a focus", async () => {
    const { line, becomes } = lineOn(status({ task: "Write" }));
    line.write("");
    await becomes(running("Call Mum"));
    expect([line.text, line.isUnsaved]).toEqual(["Call Mum", false]);
  });
});

describe("an edit of the task that goes on", () => {
  test("is kept when the caret goes", async () => {
    const { line } = lineOn(status(running("Write")));
    line.enter();
    line.write("Read");
    expect(line.isUnsaved).toBe(false);
    await line.leave();
    expect(backend.renameTask).toHaveBeenCalledWith("Read");
  });

  test("does not name the next focus, which began meanwhile on a task of its own", async () => {
    const { line, becomes } = lineOn(status(running("Write")));
    line.enter();
    line.write("Write the re");
    await becomes(running("Call Mum", "2026-03-01T11:00:00Z"));
    await line.leave();
    expect(backend.renameTask).not.toHaveBeenCalled();
    expect([line.text, line.isUnsaved]).toEqual(["Write the re", true]);
  });

  test("that was refused stays to be mended", async () => {
    const { line } = lineOn(status(running("Write")));
    vi.mocked(backend.renameTask).mockRejectedValue(new Error("too long"));
    line.enter();
    line.write("Read");
    await expect(line.leave()).rejects.toThrow("too long");
    expect(line.text).toBe("Read");
  });
});

test("what is written while a start is on its way stays", async () => {
  const { line } = lineOn(status());
  let answer: (status: Status) => void = () => undefined;
  vi.mocked(backend.start).mockReturnValue(new Promise((resolve) => (answer = resolve)));
  line.write("Read");
  const start = line.start();
  line.write("Read on");
  answer(status({ version: 6, ...running("Read") }));
  await start;
  expect(line.text).toBe("Read on");
});
