import { untrack } from "svelte";
import * as backend from "../backend";
import type { SyncStatus, Waiting } from "../backend";
import { coalesced } from "../logic/coalesce";
import type { Timer } from "./timer.svelte";

/** What is over sooner nobody could have read. */
const BRIEF_MS = 600;

/** How this machine stands with the others, and what waits to be sent to them. */
export class Sync {
  readonly #timer: Timer;
  #queue: Waiting[] | null = $state.raw(null);
  #isOpen = false;
  #told: SyncStatus;
  /** Since when something is on its way that is not told. */
  #briefSince_ms: number | null = null;

  readonly #refused = $derived.by(() => (this.#queue ?? []).filter(({ refusal }) => refusal));
  readonly #waiting = $derived.by(() => (this.#queue ?? []).filter(({ refusal }) => !refusal));

  constructor(timer: Timer) {
    this.#timer = timer;
    this.#told = $state.raw(timer.status.sync);
  }

  get status(): SyncStatus {
    return this.#timer.status.sync;
  }

  /** The status without what passes by too quickly to be read, as every exchange does. */
  get told(): SyncStatus {
    return this.#told;
  }

  get refused(): Waiting[] {
    return this.#refused;
  }

  get waiting(): Waiting[] {
    return this.#waiting;
  }

  /** Begins to follow what waits; a list that nobody looks at is not read. */
  async open(): Promise<void> {
    this.#isOpen = true;
    await this.refresh();
  }

  close(): void {
    this.#isOpen = false;
    this.#queue = null;
  }

  async refresh(): Promise<void> {
    if (this.#isOpen) await this.#read();
  }

  async now(): Promise<void> {
    this.#timer.accept(await backend.syncNow());
    await this.refresh();
  }

  /** Nothing is sent until it is asked for; everything is kept. */
  async pause(): Promise<void> {
    this.#timer.accept(await backend.pauseSync());
  }

  async retry({ entity, id }: Waiting): Promise<void> {
    this.#timer.accept(await backend.retryChange(entity, id));
    await this.refresh();
  }

  readonly #read = coalesced(async () => {
    const queue = await backend.queue();
    if (this.#isOpen) this.#queue = queue;
  });

  /** Tells of the status. For an effect: reads it, returns the way to stop. */
  follow(): () => void {
    const { status } = this;
    return untrack(() => {
      const now_ms = Date.now();
      this.#briefSince_ms = isUnderWay(status) ? (this.#briefSince_ms ?? now_ms) : null;
      const is_seen = this.#briefSince_ms === null || !isQuiet(this.#told);
      const left_ms = is_seen ? 0 : (this.#briefSince_ms ?? now_ms) + BRIEF_MS - now_ms;
      const tell = () => (this.#told = status);
      if (left_ms <= 0) {
        tell();
        return () => undefined;
      }
      const waiting = setTimeout(tell, left_ms);
      return () => clearTimeout(waiting);
    });
  }
}

const isUnderWay = ({ state, is_paused }: SyncStatus): boolean =>
  !is_paused && (state === "waiting" || state === "syncing");

/** Says something that stays true while an exchange comes and goes. */
const isQuiet = (status: SyncStatus): boolean => status.state !== "local" && !isUnderWay(status);
