import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as backend from "../backend";
import { account, statistics, status } from "./fixtures";
import { Session } from "./session.svelte";

vi.mock("../backend", async (original) => {
  const { BackendError } = await original<typeof backend>();
  const answers = [
    "account,answerSleep,changeProject,changeSetting,choosePreset,deleteParticle,editParticle,finish",
    "intention,listen",
    "look,open,particles,particlesToday,projects,putParticleBack,queue,ready,renameTask",
    "restoreParticle,exportAll",
    "setLength,setLook",
    "settings,skip,start,statistics,status,stop,today,toggle,undo,addParticle",
  ];
  const calls = answers.join(",").split(",");
  return { BackendError, ...Object.fromEntries(calls.map((name) => [name, vi.fn()])) };
});

const NOW = Date.parse("2026-03-01T10:00:00Z");
const in_ms = (ms: number) => new Date(NOW + ms).toISOString();

/** What the core tells the window. */
let tell: (event: backend.CoreEvent) => void = () => undefined;

async function open(now: backend.Status): Promise<Session> {
  const look = { theme: "dark", language: "en" } as const;
  const opening = {
    status: now,
    look,
    keys: {},
    system_language: "en",
    moved_aside: null,
  } as const;
  vi.mocked(backend.open).mockResolvedValue(opening);
  vi.mocked(backend.status).mockResolvedValue(now);
  vi.mocked(backend.undo).mockResolvedValue(status({ version: 6, state: "running" }));
  vi.mocked(backend.account).mockResolvedValue(account());
  vi.mocked(backend.particlesToday).mockResolvedValue([]);
  const day = { date: "2026-03-01", ends_at: "2026-03-02T03:00:00Z" };
  vi.mocked(backend.today).mockResolvedValue(day);
  vi.mocked(backend.intention).mockResolvedValue(null);
  vi.mocked(backend.listen).mockImplementation((hint) => {
    tell = hint;
    return Promise.resolve(() => undefined);
  });
  vi.mocked(backend.projects).mockResolvedValue({ kept: [], deleted: [] });
  return Session.open();
}

beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(() => {
  vi.useRealTimers();
  vi.resetAllMocks();
  vi.unstubAllGlobals();
});

describe("undoing", () => {
  const deletion = (undone: () => void) => ({
    text: "history.was_deleted" as const,
    values: {},
    row: "1",
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

describe("a hint", () => {
  const asked = () => ({
    status: vi.mocked(backend.status).mock.calls.length,
    particlesToday: vi.mocked(backend.particlesToday).mock.calls.length,
    projects: vi.mocked(backend.projects).mock.calls.length,
    particles: vi.mocked(backend.particles).mock.calls.length,
    intention: vi.mocked(backend.intention).mock.calls.length,
    account: vi.mocked(backend.account).mock.calls.length,
    queue: vi.mocked(backend.queue).mock.calls.length,
  });
  const everything = {
    status: 1,
    particlesToday: 1,
    projects: 1,
    particles: 1,
    // Of today and of yesterday.
    intention: 2,
    account: 1,
    queue: 1,
  };
  const nothing = Object.fromEntries(Object.keys(everything).map((name) => [name, 0]));

  async function inHistory(): Promise<Session> {
    vi.mocked(backend.particles).mockResolvedValue({ particles: [], next: null });
    const session = await open(status());
    await session.history.open("all");
    await session.sync.open();
    vi.clearAllMocks();
    return session;
  }

  test.each([
    [{ type: "timer_changed" }, { status: 1 }],
    [
      { type: "particles_changed", ids: ["1"] },
      { status: 1, particlesToday: 1, particles: 1 },
    ],
    [{ type: "projects_changed" }, { projects: 1, particles: 1 }],
    [{ type: "intentions_changed" }, { intention: 2 }],
    [{ type: "sync_changed" }, { status: 1, account: 1, queue: 1 }],
    [{ type: "settings_changed" }, everything],
    [{ type: "account_changed" }, { ...everything, status: 2 }],
  ] as const)("%o makes the window look there alone", async (hint, looks) => {
    await inHistory();
    tell(hint as unknown as backend.CoreEvent);
    await vi.waitFor(() => expect(asked()).toEqual({ ...nothing, ...looks }));
  });

  test("that comes again and again is answered once more", async () => {
    await inHistory();
    for (let index = 0; index < 20; index += 1) tell({ type: "particles_changed", ids: ["1"] });
    await vi.advanceTimersByTimeAsync(0);
    expect(asked().particles).toBe(2);
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

test("where everything was exported to is told until it is dismissed", async () => {
  const session = await open(status());
  vi.mocked(backend.exportAll).mockResolvedValue("/home/me/particle.zip");
  expect(session.hasNotice).toBe(false);
  await session.exportAll();
  expect(session.exportedTo).toBe("/home/me/particle.zip");
  expect(session.hasNotice).toBe(true);
  vi.mocked(backend.exportAll).mockRejectedValue(new backend.BackendError("disk_full", "no"));
  await session.attempt(() => session.exportAll());
  expect(session.exportedTo, "an older one says nothing about this").toBeNull();
  expect(session.trouble?.code).toBe("disk_full");
  session.dismissTrouble();
  expect(session.hasNotice).toBe(false);
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

test.each(["particle_finished", "particles_changed", "projects_changed"] as const)(
  "whoever looks back is shown what is new: %s",
  async (type) => {
    vi.stubGlobal("navigator", { languages: ["de"] });
    const session = await open(status());
    vi.mocked(backend.statistics).mockResolvedValue(statistics("2026-03-01"));
    await session.looking.open("month");
    vi.mocked(backend.statistics).mockResolvedValue(statistics("2026-03-01", 75));
    tell({ type, id: "1", ids: ["1"] });
    await vi.waitFor(() => {
      expect(session.looking.shown?.statistics.total.focus_seconds).toBe(4500);
    });
  },
);
