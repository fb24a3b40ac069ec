import type { Project } from "../backend";
import { NO_PROJECT } from "../logic/correction";
import { focusBegan } from "../logic/subject";
import { entryOf, plainEntry, wordsIn, type Entry, type Span } from "../logic/task-entry";
import type { Projects } from "./projects.svelte";
import type { Timer } from "./timer.svelte";

/** What is written and not yet a task; a new one with each change. */
type Draft = {
  text: string;
  /** The id of the project that was chosen for it, or `none`; nothing where that is left open. */
  project: string | null;
  /** Words that stand for no length and no project. */
  kept: string[];
};

/** The text in the task line: what is being written, else the task of the timer. */
export class TaskLine {
  readonly #timer: Timer;
  readonly #projects: Projects;
  #draft: Draft | null = $state.raw(null);
  /** The name of a project that is being chosen. */
  #open: Span | null = $state.raw(null);
  /** When the focus began whose task the draft edits; null for one that is meant for the next focus. */
  #edited: string | null = $state(null);
  #isWriting = $state(false);

  readonly #isUnsaved = $derived.by(
    () => this.hasDraft && (this.#timer.isRest || (this.#began !== null && this.#isAnother)),
  );

  readonly #entry = $derived.by(() => this.#takenApart());

  constructor(timer: Timer, projects: Projects) {
    this.#timer = timer;
    this.#projects = projects;
  }

  get text(): string {
    return this.#draft?.text ?? this.#task;
  }

  /** Nobody has written anything; what is shown is the task of the timer. */
  get isUntouched(): boolean {
    return this.#draft === null;
  }

  /** What is written is for a focus to come, which can have a length and a project of its own. */
  get isForNext(): boolean {
    return this.#draft === null ? this.#began === null : !this.#isEdit;
  }

  /** How long the next focus is to be, where that is written. */
  get minutes(): number | null {
    return this.#entry.minutes;
  }

  /** The words that are taken for a length or a project. */
  get words(): Entry["words"] {
    return this.#entry.words;
  }

  /** The project that is written or was chosen for the next focus. */
  get chosen(): Project | null {
    return this.#projects.find(this.#chosenId);
  }

  /** The caret stands in it. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** Something is written that no focus has yet. */
  get hasDraft(): boolean {
    return this.#draft !== null && (this.#draft.text.trim() !== "" || this.chosen !== null);
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
    const { isRest, status, subject } = this.#timer;
    const chosen = status.state === "idle" && !isRest ? this.#chosenId : null;
    if (chosen !== null) return chosen === NO_PROJECT ? null : chosen;
    return this.#began === null && this.#named !== null ? null : subject.project;
  }

  /** The caret comes. */
  enter(): void {
    this.#isWriting = true;
  }

  write(text: string): void {
    if (this.#draft === null) this.#edited = this.#began;
    const { project, kept } = this.#draft ?? { project: null, kept: [] };
    // Whoever writes it again may mean something else.
    this.#draft = { text, project, kept: kept.filter((words) => text.includes(words)) };
    this.#open = null;
  }

  /** A name is being chosen there, or no longer. */
  leaveOpen(name: Span | null): void {
    this.#open = name;
  }

  /** The next focus is for this project, or `none`, and `text` is what is left of the line. */
  assign(project: string, text: string): void {
    this.write(text);
    if (this.#draft !== null) this.#draft = { ...this.#draft, project };
  }

  /** No project was chosen. */
  unassign(): void {
    if (this.#draft !== null) this.#draft = { ...this.#draft, project: null };
  }

  /** A task as it is, with its project, or `none`. */
  fill(task: string, project: string | null): void {
    this.write(task);
    this.#draft = this.#plain(task, project);
  }

  /** These words are meant as they are written. */
  keep(words: string): void {
    if (this.#draft === null) return;
    this.#draft = { ...this.#draft, kept: [...this.#draft.kept, words] };
  }

  /** All of it is meant as it is written. Answers whether anything was taken for something else. */
  keepAll(): boolean {
    const { length, project } = this.words;
    // While a focus goes on, what takes back takes all of it back.
    if (this.#draft === null || this.#began !== null) return false;
    if (length === null && project === null) return false;
    this.#draft = this.#plain(this.#draft.text, this.#draft.project);
    return true;
  }

  /**
   * What is written is meant for the focus that goes on; it has it when the caret goes. Its length and its
   * project it has already.
   */
  take(): void {
    if (this.#began !== null && this.#draft !== null && !this.#isEdit) {
      this.#draft = this.#plain(this.#entry.task, null);
    }
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
    await this.#timer.start(this.#named, this.minutes, this.#chosenId);
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
    const { hasInherited, subject: before } = this.#timer;
    const { task } = before;
    const began = this.#began;
    await this.#timer.undo();
    const isGone = began !== null && began !== this.#began;
    const isNamed = task !== "" && task !== this.#task && !hasInherited;
    if (!isGone || !isNamed || this.#draft !== null) return;
    this.#edited = null;
    const { project } = before;
    this.#draft = this.#plain(task, project === this.#timer.subject.project ? null : project);
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
    const { task, minutes } = this.#entry;
    return !this.#isEdit && (task !== this.#task || minutes !== null || this.chosen !== null);
  }

  #takenApart(): Entry {
    const draft = this.#draft;
    if (draft === null) return plainEntry(this.#task);
    const { text, kept } = draft;
    // A task that is shown, or goes on, is no order.
    if (this.#isEdit || text.trim() === this.#task) return plainEntry(text);
    return entryOf(text, this.#projects.active, kept, this.#open);
  }

  get #chosenId(): string | null {
    if (this.#isEdit) return null;
    const id = this.#entry.project ?? this.#draft?.project ?? null;
    // It may have been deleted since it was chosen.
    return id === NO_PROJECT || this.#projects.find(id) !== null ? id : null;
  }

  #plain(text: string, project: string | null): Draft {
    return { text, project, kept: wordsIn(text, this.#projects.active) };
  }

  /** The task that a start names; nothing where it goes on with what is shown, to which a project belongs. */
  get #named(): string | null {
    if (this.#draft === null) return null;
    const { task } = this.#entry;
    return task !== "" && task === this.#task ? null : task;
  }

  async #settle(): Promise<void> {
    const written = this.#draft;
    if (written === null || this.#began === null) return;
    const isFree = this.#task === "" || (this.#timer.hasInherited && this.hasDraft);
    const isMeant = this.#isEdit || isFree;
    const { task } = this.#entry;
    // An empty line says nothing that could wait; a length or a project alone names nothing.
    const waits = !isMeant || (!this.#isEdit && task === "");
    if (waits && this.hasDraft) return;
    if (isMeant && task !== this.#task) await this.#timer.renameTask(task);
    this.#drop(written);
  }

  /** What was written since then stays. */
  #drop(written: Draft | null): void {
    if (this.#draft === written) this.#draft = null;
  }
}
