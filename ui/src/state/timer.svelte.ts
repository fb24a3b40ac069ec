import { untrack } from "svelte";
import * as backend from "../backend";
import type { Status } from "../backend";
import { shownSeconds, untilNextChange_ms } from "../logic/clock";
import { coalesced } from "../logic/coalesce";

const LENGTH_MINUTES = { min: 1, max: 180 };

/** The timer as the core last described it, and the moment it is drawn for. */
export class Timer {
  #status: Status;
  #now_ms: number;
  #lengthChange: Promise<void> = Promise.resolve();

  readonly #seconds = $derived.by(() => shownSeconds(this.#status, this.#now_ms));

  constructor(status: Status) {
    this.#status = $state.raw(status);
    this.#now_ms = $state(Date.now());
  }

  get status(): Status {
    return this.#status;
  }

  get seconds(): number {
    return this.#seconds;
  }

  refresh = coalesced(async () => {
    this.#accept(await backend.status());
  });

  async start(task: string): Promise<void> {
    this.#accept(await backend.start({ task, minutes: null, project: null }, this.#status.version));
  }

  async toggle(): Promise<void> {
    this.#accept(await backend.toggle(this.#status.version));
  }

  async finish(): Promise<void> {
    this.#accept(await backend.finish(this.#status.version));
  }

  async stop(): Promise<void> {
    this.#accept(await backend.stop(this.#status.version));
  }

  async renameTask(task: string): Promise<void> {
    this.#accept(await backend.renameTask(task));
  }

  /** A held key asks faster than the core answers, so each step waits for the one before it. */
  changeLength(by_minutes: number): Promise<void> {
    const change = this.#lengthChange.then(async () => {
      const { state, planned_seconds } = this.#status;
      const { min, max } = LENGTH_MINUTES;
      const minutes = Math.round(planned_seconds / 60);
      const wanted = Math.min(Math.max(minutes + by_minutes, min), max);
      if (state !== "idle" || wanted === minutes) return;
      this.#accept(await backend.setLength(wanted));
    });
    this.#lengthChange = change.catch(() => undefined);
    return change;
  }

  /**
   * Wakes up when the shown second changes, and at no other time. For an effect: reads the status,
   * returns the way to stop. `late` is called, once a second at most, while the end has passed and
   * the core has not said so.
   */
  follow(late: () => void): () => void {
    const status = this.#status;
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      const now_ms = Date.now();
      this.#now_ms = now_ms;
      const wait_ms = untilNextChange_ms(status, now_ms);
      if (wait_ms !== null) waiting = setTimeout(wake, wait_ms);
    };
    // Not at once: the answer is a new status, which is followed anew.
    const wake = () => {
      draw();
      if (status.state === "running" && shownSeconds(status, Date.now()) === 0) late();
    };
    untrack(draw);
    return () => {
      clearTimeout(waiting);
    };
  }

  /** Answers may overtake each other; an older one is not news. */
  #accept(status: Status): void {
    if (status.version < this.#status.version) return;
    this.#now_ms = Date.now();
    this.#status = status;
  }
}
