import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Status } from "../backend";
import * as backend from "../backend";
import { project, status } from "./fixtures";
import { Projects } from "./projects.svelte";
import { TaskLine } from "./task-line.svelte";
import { Timer } from "./timer.svelte";
import { Undo } from "./undo.svelte";

vi.mock("../backend");

let projects: Projects;

/** A line on a timer that the core moves. */
function lineOn(begin: Status) {
  const timer = new Timer(begin);
  let now = begin;
  vi.mocked(backend.status).mockImplementation(() => Promise.resolve(now));
  vi.mocked(backend.renameTask).mockImplementation((task) => {
    now = { ...now, task };
    return Promise.resolve(now);
  });
  const line = new TaskLine(timer, projects);
  const becomes = async (changes: Partial<Status>): Promise<void> => {
    now = { ...now, version: now.version + 1, ...changes };
    await timer.refresh();
    if (now.state === "running") await line.focusBegan();
  };
  return { line, becomes };
}

const running = (task: string, started_at = "2026-03-01T10:00:00Z") =>
  ({ state: "running", kind: "focus", task, started_at }) as const;
const LATER = "2026-03-01T11:00:00Z";
const inBreak = {
  state: "running",
  kind: "short_break",
  task: "",
  next_task: "Write",
} as const;

beforeEach(async () => {
  vi.useFakeTimers();
  const kept = [project("1", "Book"), project("2", "Garden", { archived: true })];
  vi.mocked(backend.projects).mockResolvedValue({ kept, deleted: [] });
  projects = new Projects(new Undo());
  await projects.refresh();
});
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

  test("of a break is for the focus after it, which a countdown begins on the task before", async () => {
    const { line, becomes } = lineOn(status(running("Write")));
    await becomes(inBreak);
    expect(line.isShown).toBe(false);
    line.enter();
    expect(line.isShown, "for whoever wants to write").toBe(true);
    line.write("Read");
    line.take();
    await line.leave();
    expect(backend.renameTask, "a break has no task").not.toHaveBeenCalled();
    expect([line.isShown, line.isUnsaved], "it is seen to be noted").toEqual([true, true]);
    await becomes(running("Write", LATER));
    expect(backend.renameTask).toHaveBeenCalledWith("Read");
    expect([line.text, line.isUnsaved]).toEqual(["Read", false]);
  });

  test("of a break waits on where the next focus is begun on a task of its own", async () => {
    const { line, becomes } = lineOn(status(running("Write")));
    await becomes(inBreak);
    line.write("Read");
    await becomes(running("Call Mum", LATER));
    expect([line.text, line.isUnsaved]).toEqual(["Read", true]);
  });

  test("of a break is not for the focus before it, whose ending is taken back", async () => {
    const { line, becomes } = lineOn(status(running("Write")));
    await becomes(running("Write", LATER));
    await becomes(inBreak);
    line.write("Read");
    await becomes(running("Write", LATER));
    await line.leave();
    expect(backend.renameTask).not.toHaveBeenCalled();
    expect([line.text, line.isUnsaved]).toEqual(["Read", true]);
  });

  test("that was emptied gives way to the task of a focus", async () => {
    const { line, becomes } = lineOn(status({ task: "Write" }));
    line.write("");
    await becomes(running("Call Mum"));
    expect([line.text, line.isUnsaved]).toEqual(["Call Mum", false]);
  });
});

describe("out of an overflow", () => {
  const beyond = { ...running("Write"), state: "overflow" } as const;

  test("the next focus begins on what is noted for it", async () => {
    const { line, becomes } = lineOn(status());
    line.write("Read");
    await becomes(beyond);
    const next = status({ version: 9, ...running("Read", LATER) });
    vi.mocked(backend.start).mockResolvedValue(next);
    await line.toggle();
    expect(backend.start).toHaveBeenCalledWith(
      { task: "Read", minutes: null, project: null },
      expect.any(Number),
    );
    expect([line.text, line.hasDraft]).toEqual(["Read", false]);

    vi.mocked(backend.undo).mockResolvedValue(status({ version: 10, ...beyond }));
    await line.takeBack();
    expect([line.text, line.isUnsaved], "it is noted again").toEqual(["Read", true]);
  });

  test("it goes on with the same, whatever an edit of that says", async () => {
    const { line, becomes } = lineOn(status(running("Write")));
    await becomes(beyond);
    vi.mocked(backend.toggle).mockResolvedValue(status({ version: 9, ...running("Write", LATER) }));
    line.write("Write on");
    await line.toggle();
    expect(backend.toggle).toHaveBeenCalledOnce();
    expect(backend.start).not.toHaveBeenCalled();
  });

  test("what it went on with is nothing to note when that is taken back", async () => {
    const { line, becomes } = lineOn(status(beyond));
    await becomes(running("Write", LATER));
    vi.mocked(backend.undo).mockResolvedValue(status({ version: 9, ...inBreak }));
    await line.takeBack();
    expect(line.hasDraft).toBe(false);
  });
});

describe("after a break the line", () => {
  const after = { ...status(), next_task: "Write", next_project: "1" };
  const asked = () => vi.mocked(backend.start).mock.calls.map(([{ task }]) => task);

  test("shows what the next focus goes on with, and lets the core go on with it", async () => {
    const { line } = lineOn(after);
    vi.mocked(backend.start).mockResolvedValue(after);
    expect([line.text, line.project, line.hasDraft]).toEqual(["Write", "1", false]);
    await line.toggle();
    line.write("Write ");
    expect(line.project, "with its project").toBe("1");
    await line.toggle();
    expect(asked()).toEqual([null, null]);
  });

  test("has no project for another task", async () => {
    const { line } = lineOn(after);
    vi.mocked(backend.start).mockResolvedValue(after);
    line.write("Read");
    expect(line.project).toBeNull();
    await line.toggle();
    expect(asked()).toEqual(["Read"]);
  });
});

test("an offered break begins as it is, whatever is noted for after it", async () => {
  const offered = status({ kind: "short_break" });
  const { line } = lineOn(offered);
  vi.mocked(backend.start).mockResolvedValue({ ...offered, ...inBreak });
  line.write("Read");
  await line.toggle();
  expect(vi.mocked(backend.start).mock.calls[0]?.[0].task).toBeNull();
  expect([line.text, line.isUnsaved]).toEqual(["Read", true]);
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
    await becomes(running("Call Mum", LATER));
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

describe("a length and a project in the line", () => {
  const asked = () => vi.mocked(backend.start).mock.calls.map(([request]) => request);
  const begun = (text: string, now = status()) => {
    const { line } = lineOn(now);
    vi.mocked(backend.start).mockResolvedValue(now);
    line.write(text);
    return line;
  };

  test("are those of the focus that begins", async () => {
    const line = begun("Write 1,5h #book");
    expect([line.minutes, line.chosen?.name, line.project]).toEqual([90, "Book", "1"]);
    await line.toggle();
    expect(asked()).toEqual([{ task: "Write", minutes: 90, project: "1" }]);
    expect(line.hasDraft).toBe(false);
  });

  test("begin a focus in the place of a break that is offered", async () => {
    const line = begun("Read 15", status({ kind: "short_break" }));
    expect(line.project, "a break has none").toBeNull();
    await line.start();
    expect(asked()).toEqual([{ task: "Read", minutes: 15, project: null }]);
  });

  test("are words again for whoever says so, until they are written anew", async () => {
    const line = begun("1h Fix issue 45 #Book");
    expect(line.keepAll()).toBe(true);
    expect([line.minutes, line.chosen]).toEqual([null, null]);
    expect(line.keepAll(), "there is nothing left to keep").toBe(false);
    await line.start();
    expect(asked()[0]?.task).toBe("1h Fix issue 45 #Book");

    line.write("Fix issue 45");
    line.keep("45");
    expect(line.minutes).toBeNull();
    line.write("Fix issue 4");
    line.write("Fix issue 45");
    expect(line.minutes).toBe(45);
  });

  test("an archived project is no project to choose", async () => {
    const line = begun("Weed #Garden");
    await line.start();
    expect(asked()).toEqual([{ task: "Weed #Garden", minutes: null, project: null }]);
  });

  test("a task that is shown is no order", async () => {
    const after = { ...status(), next_task: "Read chapter 20", next_project: "1" };
    const line = begun("Read chapter 20 ", after);
    expect([line.minutes, line.project]).toEqual([null, "1"]);
    line.write("Read chapter 20 30m");
    expect([line.minutes, line.project]).toEqual([30, "1"]);
    await line.start();
    expect(asked()).toEqual([{ task: null, minutes: 30, project: null }]);
  });

  test("the task that goes on is plain text", async () => {
    const { line } = lineOn(status(running("Write")));
    line.enter();
    line.write("Write 45 #Book");
    expect([line.minutes, line.chosen, line.isForNext]).toEqual([null, null, false]);
    await line.leave();
    expect(backend.renameTask).toHaveBeenCalledWith("Write 45 #Book");
  });

  test("of a note wait for the next focus, and begin it", async () => {
    const { line, becomes } = lineOn(status());
    line.write("Read 45 #Book");
    await becomes({ ...running("Call Mum"), state: "overflow" });
    expect([line.isUnsaved, line.minutes, line.chosen?.id]).toEqual([true, 45, "1"]);
    vi.mocked(backend.start).mockResolvedValue(status(running("Read", LATER)));
    await line.toggle();
    expect(asked()).toEqual([{ task: "Read", minutes: 45, project: "1" }]);
  });

  test("of a note that names a focus begun elsewhere are let go, not written into its name", async () => {
    const { line, becomes } = lineOn(status());
    line.write("Read 45 #Book");
    await becomes(running(""));
    expect(backend.renameTask).toHaveBeenCalledWith("Read");
    expect(line.hasDraft).toBe(false);
  });

  test("of a note that is taken for the focus that goes on are let go, too", async () => {
    const { line, becomes } = lineOn(status());
    line.write("Read 45 #Book");
    await becomes(running("Call Mum"));
    line.enter();
    line.take();
    await line.leave();
    expect(backend.renameTask).toHaveBeenCalledWith("Read");
  });

  test("without a task wait on where a focus begins elsewhere", async () => {
    const { line, becomes } = lineOn(status());
    line.write("45");
    await becomes(running(""));
    expect(backend.renameTask).not.toHaveBeenCalled();
    expect([line.text, line.minutes]).toEqual(["45", 45]);
  });

  test("come back as a task and its project when the focus is taken back", async () => {
    const beyond = { ...running("Write"), state: "overflow" } as const;
    const { line, becomes } = lineOn(status());
    await becomes(beyond);
    await becomes({ ...running("Read chapter 20", LATER), project: "1" });
    vi.mocked(backend.undo).mockResolvedValue(status({ version: 10, ...beyond }));
    await line.takeBack();
    expect([line.text, line.minutes, line.chosen?.id]).toEqual(["Read chapter 20", null, "1"]);
  });
});
