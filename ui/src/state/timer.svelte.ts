import { untrack } from "svelte";
import * as backend from "../backend";
import type { Preset, SleepAnswer, Status } from "../backend";
import { secondsUntil, shownSeconds, untilNextPicture_ms } from "../logic/clock";
import { coalesced } from "../logic/coalesce";
import { NO_PROJECT } from "../logic/correction";
import { NO_THREAD, subjectOf, threadAfter, type Subject, type Thread } from "../logic/subject";

const LENGTH_MINUTES = { min: 1, max: 180 };

/** The timer as the core last described it, and the moment it is drawn for. */
export class Timer {
  #status: Status;
  #now_ms: number;
  #thread: Thread;
  #lengthChange: Promise<void> = Promise.resolve();

  readonly #seconds = $derived.by(() => shownSeconds(this.#status, this.#now_ms));

  /** Until what comes next begins by itself; 0 where nothing does. */
  readonly #countdown = $derived.by(() =>
    secondsUntil(this.#status.countdown_ends_at, this.#now_ms),
  );

  readonly #canUndo = $derived.by(() => secondsUntil(this.#status.undo_until, this.#now_ms) > 0);

  constructor(status: Status) {
    this.#status = $state.raw(status);
    this.#thread = threadAfter(NO_THREAD, status);
    this.#now_ms = $state(Date.now());
  }

  get status(): Status {
    return this.#status;
  }

  get seconds(): number {
    return this.#seconds;
  }

  get countdown(): number {
    return this.#countdown;
  }

  get canUndo(): boolean {
    return this.#canUndo;
  }

  /** A break is offered or goes on. */
  get isRest(): boolean {
    return this.#status.kind !== "focus";
  }

  /** What the focus is on that goes on, or that Space begins. */
  get subject(): Subject {
    return subjectOf(this.#status);
  }

  /** Nobody named the task of the focus that goes on: it is that of the focus before. */
  get hasInherited(): boolean {
    return this.#thread.isInherited;
  }

  /** What a command answered. Answers may overtake each other; an older one is not news. */
  accept(status: Status): void {
    if (status.version >= this.#status.version) this.#take(status);
  }

  /** Another profile may be open, whose versions are its own. */
  async begin(): Promise<void> {
    this.#take(await backend.status());
  }

  #take(status: Status): void {
    this.#now_ms = Date.now();
    this.#status = status;
    this.#thread = threadAfter(this.#thread, status);
  }

  refresh = coalesced(async () => {
    this.accept(await backend.status());
  });

  /** With a task, a length or a project it is a focus; without any, whatever comes next. */
  async start(
    task: string | null,
    minutes: number | null = null,
    project: string | null = null,
  ): Promise<void> {
    this.accept(await backend.start({ task, minutes, project }, this.#status.version));
  }

  /** With exactly this task and this project, or none. */
  async startTask(task: string, project: string | null): Promise<void> {
    const request = { task, minutes: null, project: project ?? NO_PROJECT };
    this.accept(await backend.start(request, this.#status.version));
  }

  async toggle(): Promise<void> {
    this.accept(await backend.toggle(this.#status.version));
  }

  async finish(): Promise<void> {
    this.accept(await backend.finish(this.#status.version));
  }

  async stop(): Promise<void> {
    this.accept(await backend.stop(this.#status.version));
  }

  async skip(): Promise<void> {
    this.accept(await backend.skip(this.#status.version));
  }

  async undo(): Promise<void> {
    this.accept(await backend.undo(this.#status.version));
  }

  async answerSleep(answer: SleepAnswer): Promise<void> {
    this.accept(await backend.answerSleep(answer, this.#status.version));
  }

  async choosePreset(preset: Preset): Promise<void> {
    this.accept(await backend.choosePreset(preset));
  }

  async renameTask(task: string): Promise<void> {
    this.accept(await backend.renameTask(task));
  }

  /** A held key asks faster than the core answers, so each step waits for the one before it. */
  changeLength(by_minutes: number): Promise<void> {
    const change = this.#lengthChange.then(async () => {
      const { state, planned_seconds } = this.#status;
      const { min, max } = LENGTH_MINUTES;
      const minutes = Math.round(planned_seconds / 60);
      const wanted = Math.min(Math.max(minutes + by_minutes, min), max);
      if (state !== "idle" || wanted === minutes) return;
      this.accept(await backend.setLength(wanted));
    });
    this.#lengthChange = change.catch(() => undefined);
    return change;
  }

  /**
   * Wakes up when what is shown changes, and at no other time. For an effect: reads the status,
   * returns the way to stop. `late` is called, once a second at most, while the end has passed and
   * the core has not said so.
   */
  follow(late: () => void): () => void {
    const status = this.#status;
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      const now_ms = Date.now();
      this.#now_ms = now_ms;
      const wait_ms = untilNextPicture_ms(status, now_ms);
      if (wait_ms !== null) waiting = setTimeout(wake, wait_ms);
    };
    // Not at once: the answer is a new status, which is followed anew.
    const wake = () => {
      draw();
      if (isLate(status, Date.now())) late();
    };
    untrack(draw);
    return () => {
      clearTimeout(waiting);
    };
  }
}

/** Something was to happen by now, and the core has not said that it did. */
function isLate(status: Status, now_ms: number): boolean {
  if (status.state === "running") return shownSeconds(status, now_ms) === 0;
  const countdown = status.countdown_ends_at;
  return countdown !== null && secondsUntil(countdown, now_ms) === 0;
}
