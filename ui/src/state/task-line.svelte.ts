import type { Timer } from "./timer.svelte";

/** The text in the task line: what is being written, else the task of the timer. */
export class TaskLine {
  readonly #timer: Timer;
  #draft: string | null = $state(null);
  /** When the focus began whose task the draft edits; null for one that is meant for the next focus. */
  #edited: string | null = $state(null);
  #isWriting = $state(false);

  readonly #isUnsaved = $derived.by(
    () => this.hasDraft && this.#goesOn && !this.#isEdit && this.#draft?.trim() !== this.#task,
  );

  constructor(timer: Timer) {
    this.#timer = timer;
  }

  get text(): string {
    return this.#draft ?? this.#task;
  }

  /** The caret stands in it. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** Something is written that no focus has yet. */
  get hasDraft(): boolean {
    return this.#draft !== null && this.#draft.trim() !== "";
  }

  /** A focus goes on that is not what is written: it began elsewhere while the draft waited here. */
  get isUnsaved(): boolean {
    return this.#isUnsaved;
  }

  /** The caret comes. */
  enter(): void {
    this.#isWriting = true;
  }

  write(text: string): void {
    if (this.#draft === null) this.#edited = this.#began;
    this.#draft = text;
  }

  /** What is written is meant for the focus that goes on; it has it when the caret goes. */
  take(): void {
    this.#edited = this.#began;
  }

  /** While a focus goes on its own task comes back; while idle the draft waits for the start. */
  abandon(): void {
    if (this.#goesOn) this.#draft = null;
  }

  /**
   * The caret goes: an edit is kept, and a focus without a task gets the draft. One that the core
   * refused stays in the line, to be mended.
   */
  async leave(): Promise<void> {
    this.#isWriting = false;
    await this.#settle();
  }

  /** Begins a focus on what is written; an untouched line leaves the task to the core. */
  async start(): Promise<void> {
    const written = this.#draft;
    await this.#timer.start(written?.trim() ?? null);
    this.#drop(written);
  }

  /**
   * The tray, the command line or a countdown began a focus. What waits here becomes its task where it
   * has none, but not half written; else it goes on waiting.
   */
  async focusBegan(): Promise<void> {
    if (!this.#isWriting) await this.#settle();
  }

  get #task(): string {
    return this.#timer.status.task;
  }

  /** A break has no task: what is written during one is meant for the focus after it. */
  get #goesOn(): boolean {
    return this.#timer.status.state !== "idle" && !this.#timer.isRest;
  }

  get #began(): string | null {
    return this.#goesOn ? this.#timer.status.started_at : null;
  }

  get #isEdit(): boolean {
    return this.#edited !== null && this.#edited === this.#began;
  }

  async #settle(): Promise<void> {
    const written = this.#draft;
    if (written === null || !this.#goesOn) return;
    const isMeant = this.#isEdit || this.#task === "";
    // An empty line says nothing that could wait.
    if (!isMeant && this.hasDraft) return;
    const task = written.trim();
    if (isMeant && task !== this.#task) await this.#timer.renameTask(task);
    this.#drop(written);
  }

  /** What was written since then stays. */
  #drop(written: string | null): void {
    if (this.#draft === written) this.#draft = null;
  }
}
