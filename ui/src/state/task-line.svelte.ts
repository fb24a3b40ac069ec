import type { Timer } from "./timer.svelte";

/** The text in the task line: what is being written, else the task of the timer. */
export class TaskLine {
  readonly #timer: Timer;
  #draft: string | null = $state(null);

  constructor(timer: Timer) {
    this.#timer = timer;
  }

  get text(): string {
    return this.#draft ?? this.#timer.status.task;
  }

  write(text: string): void {
    this.#draft = text;
  }

  /** While idle the draft waits for the start; while a focus goes on it is only an edit. */
  leave(): void {
    if (this.#timer.status.state !== "idle" && !this.#timer.isRest) this.#draft = null;
  }

  /** Begins a focus on what is written; an untouched line leaves the task to the core. */
  async start(): Promise<void> {
    await this.#timer.start(this.#draft?.trim() ?? null);
    this.#draft = null;
  }

  /** A draft that the core refused stays in the line, to be mended. */
  async rename(): Promise<void> {
    const task = this.#draft?.trim();
    // A break has no task: what is written during one is meant for the focus after it.
    if (task === undefined || this.#timer.status.state === "idle" || this.#timer.isRest) return;
    if (task !== this.#timer.status.task) await this.#timer.renameTask(task);
    this.#draft = null;
  }

  /** The tray or the command line began a focus while a draft waited here. */
  async focusBegan(): Promise<void> {
    if (this.#timer.isRest) return;
    if (this.#timer.status.task === "") await this.rename();
    else this.#draft = null;
  }
}
