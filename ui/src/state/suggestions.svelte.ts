import type { RecentTask } from "../logic/commands";
import { NO_PROJECT } from "../logic/correction";
import {
  activeOption,
  projectOptions,
  taskOptions,
  twinOf,
  type Option,
  type Twin,
} from "../logic/line-options";
import { stepped, type Step } from "../logic/palette";
import { completionOf } from "../logic/recents";
import { openName } from "../logic/task-entry";
import type { Projects } from "./projects.svelte";
import type { Recents } from "./recents.svelte";
import type { TaskLine } from "./task-line.svelte";

const STEPS: Record<string, Step> = { ArrowDown: "next", ArrowUp: "previous" };
/** How bright a project is that is made by its name alone. */
const BRIGHTNESS = 1;

/** What is offered to whoever writes in the task line: projects, recent tasks, the rest of a task. */
export class Suggestions {
  readonly #line: TaskLine;
  readonly #projects: Projects;
  readonly #recents: Recents;
  /** Where the caret stands; nothing where it is elsewhere, or something is selected. */
  #caret: number | null = $state(null);
  /** Recent tasks were asked for. */
  #isBrowsing = $state(false);
  /** Where the name begins whose list was closed. */
  #closedAt: number | null = $state(null);
  #marked: string | null = $state(null);

  readonly #name = $derived.by(() => this.#openName());
  readonly #options = $derived.by(() => this.#offered());
  readonly #active = $derived.by(() => activeOption(this.#options, this.#marked));
  readonly #completion = $derived.by(() => this.#completed());

  constructor(line: TaskLine, projects: Projects, recents: Recents) {
    this.#line = line;
    this.#projects = projects;
    this.#recents = recents;
  }

  get caret(): number | null {
    return this.#caret;
  }

  /** The list; empty where none is open. */
  get options(): Option[] {
    return this.#options;
  }

  /** What Enter and Tab choose. */
  get active(): Option | null {
    return this.#active;
  }

  /** Enter is for the list, and not for the focus: no name of a project stands there already. */
  get takesEnter(): boolean {
    const isComplete = this.#name !== null && this.#line.words.project !== null;
    return this.#active !== null && (this.#marked !== null || !isComplete);
  }

  /** The likeliest task that goes on as the line begins. */
  get completion(): RecentTask | null {
    return this.#completion;
  }

  /** What tells the project of the line from others of its name. */
  get twin(): Twin | null {
    const { chosen } = this.#line;
    return chosen && twinOf(chosen, this.#projects.active, this.#recents.tasks);
  }

  /** The caret comes. */
  async enter(): Promise<void> {
    await this.#recents.read();
  }

  leave(): void {
    this.#caret = null;
    this.#close();
    this.#line.leaveOpen(null);
  }

  /** The caret is there; nothing where it is no caret but a selection. */
  moveTo(caret: number | null): void {
    this.#caret = caret;
    if (this.#name === null) this.#closedAt = null;
    this.#line.leaveOpen(this.#openedName);
  }

  write(text: string, caret: number | null): void {
    this.#line.write(text);
    this.#isBrowsing = false;
    this.#marked = null;
    this.moveTo(caret);
  }

  mark({ id }: Option): void {
    this.#marked = id;
  }

  /** Does what a key means here, or begins to; nothing where it means something else. */
  press(key: string): Promise<void> | "done" | null {
    return this.#options.length > 0 ? this.#pressInList(key) : this.#pressInLine(key);
  }

  async choose(option: Option): Promise<void> {
    if (option.type === "task") this.#fill(option);
    else await this.#assign(option);
  }

  async #assign(option: Exclude<Option, { type: "task" }>): Promise<void> {
    const name = this.#name;
    if (name === null) return;
    const { text } = this.#line;
    const begun = text.slice(0, name.from);
    const rest = text.slice(name.to).trimStart();
    const project = option.type === "create" ? await this.#create(option.name) : option.id;
    // What was written while it was made stays as it is.
    if (text !== this.#line.text) return;
    this.#line.assign(project, begun + rest);
    this.#caret = begun.length;
    this.#close();
  }

  #pressInList(key: string): Promise<void> | "done" | null {
    const to = STEPS[key];
    if (to !== undefined) {
      const ids = this.#options.map(({ id }) => id);
      // Nothing is marked yet where the first is not chosen by itself.
      const from = this.#active?.id ?? (to === "next" ? (ids.at(-1) ?? null) : (ids[0] ?? null));
      this.#marked = stepped(ids, from, to);
      return "done";
    }
    if (key === "Escape") {
      this.#closedAt = this.#name?.from ?? null;
      this.#line.leaveOpen(null);
      this.#isBrowsing = false;
      return "done";
    }
    const isChosen = key === "Tab" || (key === "Enter" && this.takesEnter);
    return isChosen && this.#active !== null ? this.choose(this.#active) : null;
  }

  #pressInLine(key: string): "done" | null {
    const { text, isUntouched, isForNext, words, chosen } = this.#line;
    switch (key) {
      case "ArrowDown":
        if (!isForNext || !(isUntouched || text.trim() === "")) return null;
        if (this.#recents.tasks.length === 0) return null;
        this.#isBrowsing = true;
        return "done";
      case "ArrowRight":
      case "Tab":
        if (this.#completion === null) return null;
        this.#fill(this.#completion);
        return "done";
      case "Escape":
        return this.#line.keepAll() ? "done" : null;
      case "Backspace":
        if (this.#caret !== 0 || chosen === null || words.project !== null) return null;
        this.#line.unassign();
        return "done";
      default:
        return null;
    }
  }

  #fill({ task, project }: RecentTask): void {
    this.#line.fill(task, project?.id ?? NO_PROJECT);
    this.#caret = task.length;
    this.#close();
  }

  async #create(name: string): Promise<string> {
    const { id } = await this.#projects.add({ name, brightness: BRIGHTNESS });
    return id;
  }

  #close(): void {
    this.#isBrowsing = false;
    this.#closedAt = null;
    this.#marked = null;
  }

  #openName() {
    const { text, isUntouched, isForNext } = this.#line;
    if (this.#caret === null || isUntouched || !isForNext) return null;
    const names = this.#projects.active.map(({ name }) => name);
    return openName(text, this.#caret, names);
  }

  /** The name whose list is open. */
  get #openedName() {
    return this.#name?.from === this.#closedAt ? null : this.#name;
  }

  #offered(): Option[] {
    const { tasks } = this.#recents;
    const name = this.#openedName;
    if (name !== null) return projectOptions(name.query, this.#projects.active, tasks);
    return this.#isBrowsing ? taskOptions(tasks) : [];
  }

  #completed(): RecentTask | null {
    const { text, isUntouched, isForNext, chosen } = this.#line;
    if (isUntouched || !isForNext || this.#caret !== text.length) return null;
    if (this.#options.length > 0) return null;
    return completionOf(text, this.#recents.likely, chosen?.id ?? null);
  }
}
