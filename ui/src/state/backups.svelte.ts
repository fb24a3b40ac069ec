import * as backend from "../backend";
import type { Backup } from "../backend";
import { coalesced } from "../logic/coalesce";

/** The copies of the profile, and the way back to one. */
export class Backups {
  #list: Backup[] | null = $state.raw(null);
  #isBusy = $state(false);
  #restored: Backup | null = $state.raw(null);

  /** Newest first; nothing until the core was asked once. */
  get list(): Backup[] | null {
    return this.#list;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** What everything is as it was, until something else is done here. */
  get restored(): Backup | null {
    return this.#restored;
  }

  refresh = coalesced(async () => {
    this.#list = await backend.backups();
  });

  make(): Promise<void> {
    return this.#once(() => backend.makeBackup());
  }

  restore(backup: Backup): Promise<void> {
    return this.#once(async () => {
      await backend.restoreBackup(backup.name);
      this.#restored = backup;
    });
  }

  async #once(work: () => Promise<unknown>): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#restored = null;
    try {
      await work();
    } finally {
      this.#isBusy = false;
      await this.refresh();
    }
  }
}
