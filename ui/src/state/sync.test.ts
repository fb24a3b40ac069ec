import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as backend from "../backend";
import { change, status } from "./fixtures";
import { Sync } from "./sync.svelte";
import { Timer } from "./timer.svelte";

vi.mock("../backend");

const standing = (changes: Partial<backend.SyncStatus>, version = 5) =>
  status({ version, sync: { ...status().sync, ...changes } });

const refused = change({ id: "2", refusal: { code: "23514", message: "no" } });

beforeEach(() => {
  vi.useFakeTimers();
  vi.mocked(backend.queue).mockResolvedValue([refused, change()]);
});
afterEach(() => {
  vi.useRealTimers();
  vi.resetAllMocks();
});

test("what waits is read only while somebody looks at it", async () => {
  const sync = new Sync(new Timer(status()));
  await sync.refresh();
  expect(backend.queue).not.toHaveBeenCalled();
  await sync.open();
  expect(sync.refused.map(({ id }) => id)).toEqual(["2"]);
  expect(sync.waiting.map(({ id }) => id)).toEqual(["1"]);
  sync.close();
  await sync.refresh();
  expect(backend.queue).toHaveBeenCalledOnce();
  expect(sync.waiting).toEqual([]);
});

test("the status moves to what the core answers", async () => {
  const sync = new Sync(new Timer(standing({ state: "waiting", pending: 2 })));
  vi.mocked(backend.syncNow).mockResolvedValue(standing({ state: "synced" }));
  await sync.now();
  expect(sync.status.state).toBe("synced");
  vi.mocked(backend.pauseSync).mockResolvedValue(standing({ state: "waiting", is_paused: true }));
  await sync.pause();
  expect(sync.status.is_paused).toBe(true);
});

test("a refused change is sent again by its entity and id, and the list is read anew", async () => {
  const sync = new Sync(new Timer(standing({ state: "attention", refused: 1 })));
  await sync.open();
  vi.mocked(backend.retryChange).mockResolvedValue(standing({ state: "syncing" }));
  vi.mocked(backend.queue).mockResolvedValue([]);
  await sync.retry(refused);
  expect(backend.retryChange).toHaveBeenCalledWith("particle", "2");
  expect(sync.refused).toEqual([]);
});

describe("what is told", () => {
  let timer: Timer;
  let sync: Sync;
  let stop: () => void = () => undefined;

  /** The status comes, and the window follows it. */
  function comes(state: backend.SyncStatus["state"]): void {
    timer.accept(standing({ state }));
    stop();
    stop = sync.follow();
  }

  beforeEach(() => {
    timer = new Timer(standing({ state: "synced" }));
    sync = new Sync(timer);
  });
  afterEach(() => stop());

  test("is not an exchange that is over before anybody could read of it", () => {
    comes("waiting");
    comes("syncing");
    vi.advanceTimersByTime(500);
    expect(sync.told.state).toBe("synced");
    comes("synced");
    vi.advanceTimersByTime(1_000);
    expect(sync.told.state).toBe("synced");
  });

  test("is one that takes longer, however often is looked at it", () => {
    for (let look = 0; look < 4; look += 1) {
      comes("syncing");
      vi.advanceTimersByTime(200);
    }
    expect(sync.told.state).toBe("syncing");
    comes("waiting");
    expect(sync.told.state).toBe("waiting");
  });

  test("is at once that somebody signed in", () => {
    comes("local");
    comes("syncing");
    expect(sync.told.state).toBe("syncing");
  });

  test.each(["offline", "attention", "local"] as const)("is at once that it is %s", (state) => {
    comes(state);
    expect(sync.told.state).toBe(state);
  });
});
