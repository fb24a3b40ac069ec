import { focusBegan } from "../logic/subject";
import type { Timer } from "./timer.svelte";

/** The text in the task line: what is being written, else the task of the timer. */
export class TaskLine {
  readonly #timer: Timer;
  #draft: string | null = $state(null);
  /** When the focus began whose task the draft edits; null for one that is meant for the next focus. */
  #edited: string | null = $state(null);
  #isWriting = $state(false);

  readonly #isUnsaved = $derived.by(
    () => this.hasDraft && (this.#timer.isRest || (this.#began !== null && this.#isAnother)),
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

  /** What is written is for the next focus: a break comes first, or another focus goes on. */
  get isUnsaved(): boolean {
    return this.#isUnsaved;
  }

  /**
   * A break that goes on has no task, and no line before somebody wants to write. Nothing that is being
   * written, or waits, goes out of sight.
   */
  get isShown(): boolean {
    const { isRest, status } = this.#timer;
    return status.state === "idle" || !isRest || this.#isWriting || this.hasDraft;
  }

  /** The project of the focus that goes on, or that Space begins: it goes with the task. */
  get project(): string | null {
    const { project } = this.#timer.subject;
    return this.#began === null && this.#named !== null ? null : project;
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
    if (this.#began !== null) this.#draft = null;
  }

  /**
   * The caret goes: an edit is kept, and a focus whose task nobody named gets the draft. One that the
   * core refused stays in the line, to be mended.
   */
  async leave(): Promise<void> {
    this.#isWriting = false;
    await this.#settle();
  }

  /** Begins a focus on what is written; an untouched line leaves the task to the core. */
  async start(): Promise<void> {
    const written = this.#draft;
    await this.#timer.start(this.#named);
    this.#drop(written);
  }

  /** An offered break begins as it is; a focus, also one out of an overflow, on what is written for it. */
  async toggle(): Promise<void> {
    const { isRest, status } = this.#timer;
    const waits = status.state === "idle" && !isRest;
    if (waits || (status.state === "overflow" && this.isUnsaved)) await this.start();
    else if (status.state === "idle") await this.#timer.start(null);
    else await this.#timer.toggle();
  }

  /**
   * The tray, the command line or a countdown began a focus. What waits here becomes its task where
   * nobody has named one, but not half written; else it goes on waiting.
   */
  async focusBegan(): Promise<void> {
    if (!this.#isWriting) await this.#settle();
  }

  /** Takes the last ending back; the task of a focus that goes with it is not lost: the next has it. */
  async takeBack(): Promise<void> {
    const { hasInherited } = this.#timer;
    const [began, task] = [this.#began, this.#task];
    await this.#timer.undo();
    const isGone = began !== null && began !== this.#began;
    const isNamed = task !== "" && task !== this.#task && !hasInherited;
    if (!isGone || !isNamed || this.#draft !== null) return;
    this.#edited = null;
    this.#draft = task;
  }

  get #task(): string {
    return this.#timer.subject.task;
  }

  /** When the focus began that goes on. What is written during a break is meant for the one after it. */
  get #began(): string | null {
    return focusBegan(this.#timer.status);
  }

  get #isEdit(): boolean {
    return this.#edited !== null && this.#edited === this.#began;
  }

  /** A draft that is not the task of the focus that goes on, and not meant to be. */
  get #isAnother(): boolean {
    return !this.#isEdit && this.#draft?.trim() !== this.#task;
  }

  /** The task that a start names; nothing where it goes on with what is shown, to which a project belongs. */
  get #named(): string | null {
    const task = this.#draft?.trim() ?? null;
    return task !== "" && task === this.#task ? null : task;
  }

  async #settle(): Promise<void> {
    const written = this.#draft;
    if (written === null || this.#began === null) return;
    const isFree = this.#task === "" || (this.#timer.hasInherited && this.hasDraft);
    const isMeant = this.#isEdit || isFree;
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
