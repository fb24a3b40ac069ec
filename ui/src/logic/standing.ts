import type { SyncStatus } from "../backend";
import type { TextKey, Values } from "../i18n";

export type Words = { key: TextKey; values: Values };

/** How this machine stands with the others, in a word or two; null where there are no others. */
export function standingOf({ state, pending, is_paused }: SyncStatus): Words | null {
  const words = (key: TextKey, values: Values = {}): Words => ({ key, values });
  switch (state) {
    case "local":
      return null;
    case "synced":
      return words("sync.synced");
    case "syncing":
      return words("sync.syncing");
    case "waiting":
      if (pending > 0) return words("sync.waiting", { count: pending });
      return words(is_paused ? "sync.paused" : "sync.waiting_for_server");
    case "offline":
      return words("sync.offline");
    case "attention":
      return words("sync.attention");
  }
}

/** What that means, and what to do about it; null where there is nothing to say. */
export function explanationOf({ state, refused, reason, is_paused }: SyncStatus): Words | null {
  if (is_paused) return { key: "sync.paused_means", values: {} };
  switch (state) {
    case "local":
      return { key: "sync.local_means", values: {} };
    case "synced":
    case "syncing":
      return null;
    case "waiting":
      return reason === null ? null : { key: "error.server_unavailable", values: {} };
    case "offline":
      return { key: "error.offline", values: {} };
    case "attention":
      if (refused > 0 && reason === null)
        return { key: "sync.refused_means", values: { count: refused } };
      return { key: "sync.attention_means", values: {} };
  }
}
