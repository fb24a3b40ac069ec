import { expect, test } from "vitest";
import { status } from "../state/fixtures";
import { explanationOf, standingOf } from "./standing";

const sync = (changes: object) => ({ ...status().sync, ...changes });

test.each([
  [{ state: "synced" }, "sync.synced"],
  [{ state: "syncing", pending: 3 }, "sync.syncing"],
  [{ state: "waiting", pending: 3 }, "sync.waiting"],
  [{ state: "waiting" }, "sync.waiting_for_server"],
  [{ state: "waiting", is_paused: true }, "sync.paused"],
  [{ state: "offline", pending: 3 }, "sync.offline"],
  [{ state: "attention", refused: 1 }, "sync.attention"],
])("%o is said as %s", (changes, key) => {
  expect(standingOf(sync(changes))?.key).toBe(key);
});

test("nothing is said of others where there are none", () => {
  expect(standingOf(sync({ state: "local" }))).toBeNull();
});

test.each([
  [{ state: "synced" }, undefined],
  [{ state: "waiting", pending: 1 }, undefined],
  [{ state: "waiting", pending: 1, is_paused: true }, "sync.paused_means"],
  [{ state: "waiting", reason: "503" }, "error.server_unavailable"],
  [{ state: "offline" }, "error.offline"],
  [{ state: "attention", refused: 2 }, "sync.refused_means"],
  [{ state: "attention", refused: 2, reason: "The key is wrong." }, "sync.attention_means"],
])("%o is explained by %s", (changes, key) => {
  expect(explanationOf(sync(changes))?.key).toBe(key);
});
