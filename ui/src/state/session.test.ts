import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as backend from "../backend";
import { status } from "./fixtures";
import { Session } from "./session.svelte";

vi.mock("../backend", async (original) => {
  const { BackendError } = await original<typeof backend>();
  const answers = [
    "answerSleep,changeProject,changeSetting,choosePreset,deleteParticle,editParticle,finish,listen",
    "look,open,particles,particlesToday,projects,ready,renameTask,restoreParticle,setLength,setLook",
    "settings,skip,start,status,stop,today,toggle,undo,addParticle",
  ];
  const calls = answers.join(",").split(",");
  return { BackendError, ...Object.fromEntries(calls.map((name) => [name, vi.fn()])) };
});

const NOW = Date.parse("2026-03-01T10:00:00Z");
const in_ms = (ms: number) => new Date(NOW + ms).toISOString();

async function open(now: backend.Status): Promise<Session> {
  const look = { theme: "dark", language: "en" } as const;
  const opening = { status: now, look, system_language: "en", moved_aside: null } as const;
  vi.mocked(backend.open).mockResolvedValue(opening);
  vi.mocked(backend.status).mockResolvedValue(now);
  vi.mocked(backend.undo).mockResolvedValue(status({ version: 6, state: "running" }));
  vi.mocked(backend.particlesToday).mockResolvedValue([]);
  vi.mocked(backend.projects).mockResolvedValue({ kept: [], deleted: [] });
  return Session.open();
}

beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(() => {
  vi.useRealTimers();
  vi.resetAllMocks();
});

describe("undoing", () => {
  const deletion = (undone: () => void) => ({
    text: "history.was_deleted" as const,
    values: {},
    undo: () => {
      undone();
      return Promise.resolve();
    },
  });

  test("takes back the newest step, be it of the timer or of a list", async () => {
    const session = await open(status({ undo_until: in_ms(8_000) }));
    const undone = vi.fn();
    session.undo.did(deletion(undone));
    await session.undoLast();
    expect(undone, "deleted after the focus had ended").toHaveBeenCalledOnce();
    expect(backend.undo).not.toHaveBeenCalled();
    await session.undoLast();
    expect(backend.undo).toHaveBeenCalledWith(5);
    expect(session.timer.status.state).toBe("running");
  });

  test("an ending after a deletion is taken back first", async () => {
    const session = await open(status());
    const undone = vi.fn();
    session.undo.did(deletion(undone));
    vi.advanceTimersByTime(1_000);
    vi.mocked(backend.finish).mockResolvedValue(
      status({ version: 6, undo_until: in_ms(11_000), kind: "short_break" }),
    );
    vi.mocked(backend.undo).mockResolvedValue(status({ version: 7, state: "running" }));
    await session.timer.finish();
    await session.undoLast();
    expect(backend.undo).toHaveBeenCalledWith(6);
    expect(undone).not.toHaveBeenCalled();
  });

  test("of the timer is over after ten seconds", async () => {
    const session = await open(status({ undo_until: in_ms(2_000) }));
    const stop = session.timer.follow(() => undefined);
    expect(session.timer.canUndo).toBe(true);
    vi.advanceTimersByTime(2_000);
    expect(session.timer.canUndo).toBe(false);
    await session.undoLast();
    expect(backend.undo).not.toHaveBeenCalled();
    stop();
  });
});

describe("what is written during a break", () => {
  test("waits for the next focus and renames nothing", async () => {
    const session = await open(status({ state: "running", kind: "short_break" }));
    session.taskLine.write("Read");
    await session.taskLine.rename();
    await session.taskLine.focusBegan();
    session.taskLine.leave();
    expect(backend.renameTask).not.toHaveBeenCalled();
    expect(session.taskLine.text).toBe("Read");
  });
});

test("what is written names the focus, an untouched line goes on with the task before", async () => {
  const session = await open(status());
  vi.mocked(backend.start).mockResolvedValue(status({ version: 5 }));
  await session.taskLine.start();
  session.taskLine.write(" Read ");
  await session.taskLine.start();
  session.taskLine.write("");
  await session.taskLine.start();
  const tasks = vi.mocked(backend.start).mock.calls.map(([request]) => request.task);
  expect(tasks).toEqual([null, "Read", ""]);
});

test("what the core refuses is told, and a stale click is not", async () => {
  const session = await open(status());
  const refused = (code: backend.ErrorCode) => () =>
    Promise.reject(new backend.BackendError(code, "no"));
  await session.attempt(refused("stale_command"));
  expect(session.trouble).toBeNull();
  await session.attempt(refused("time_invalid"));
  expect(session.trouble?.code).toBe("time_invalid");
});
