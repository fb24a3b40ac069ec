import * as backend from "../backend";
import { BackendError, type CoreEvent } from "../backend";
import { AbsenceChoice } from "./absences.svelte";
import { Account } from "./account.svelte";
import { AlertChoice } from "./alerts.svelte";
import { Appearance } from "./appearance.svelte";
import { Backups } from "./backups.svelte";
import { History } from "./history.svelte";
import { Keys } from "./keys.svelte";
import { Intentions } from "./intentions.svelte";
import { Looking } from "./looking.svelte";
import { Palette } from "./palette.svelte";
import { Place } from "./place.svelte";
import { Preferences } from "./preferences.svelte";
import { ProjectTotals } from "./project-totals.svelte";
import { Projects } from "./projects.svelte";
import { Recents } from "./recents.svelte";
import { Suggestions } from "./suggestions.svelte";
import { Sync } from "./sync.svelte";
import { TaskLine } from "./task-line.svelte";
import { Timer } from "./timer.svelte";
import { Today } from "./today.svelte";
import { Transfer } from "./transfer.svelte";
import { Undo, type Undoable } from "./undo.svelte";

/** How long the core takes back a step of the timer. */
const TIMER_UNDO_MS = 10_000;

type Part = { refresh: () => Promise<void> };

/** An open core, with everything that is drawn from it. */
export class Session {
  readonly timer: Timer;
  readonly today = new Today();
  readonly taskLine: TaskLine;
  readonly suggestions: Suggestions;
  readonly appearance: Appearance;
  readonly keys: Keys;
  readonly alerts = new AlertChoice();
  readonly absences = new AbsenceChoice();
  readonly place = new Place();
  readonly undo = new Undo();
  readonly history = new History(this.undo);
  readonly looking = new Looking();
  readonly projects = new Projects(this.undo);
  readonly projectTotals = new ProjectTotals();
  readonly intentions = new Intentions(this.undo, this.projects, globalThis.localStorage);
  readonly preferences = new Preferences();
  readonly recents = new Recents(this.projects);
  readonly palette = new Palette(this.recents, globalThis.localStorage);
  readonly account = new Account();
  readonly transfer = new Transfer();
  readonly backups = new Backups();
  readonly sync: Sync;

  #movedAside: string | null;
  #trouble: BackendError | null = $state.raw(null);
  #exportedTo: string | null = $state(null);

  readonly #undoable = $derived.by(() => this.#newestStep());

  private constructor(opening: backend.Opening) {
    this.timer = new Timer(opening.status);
    this.taskLine = new TaskLine(this.timer, this.projects);
    this.suggestions = new Suggestions(this.taskLine, this.projects, this.recents);
    this.sync = new Sync(this.timer);
    this.keys = new Keys(opening.keys);
    this.appearance = new Appearance(opening.look, opening.system_language);
    this.#movedAside = $state(opening.moved_aside);
  }

  /** Fails with a BackendError where the core cannot open its database. */
  static async open(): Promise<Session> {
    const session = new Session(await backend.open());
    // Whatever a hint says, the answer is to look again, there where it points.
    await session.attempt(() => backend.listen((hint) => void session.#follow(hint)));
    // What happened before we listened was not heard.
    await session.refresh();
    return session;
  }

  get movedAside(): string | null {
    return this.#movedAside;
  }

  get trouble(): BackendError | null {
    return this.#trouble;
  }

  /** Where everything was written to, until that is dismissed. */
  get exportedTo(): string | null {
    return this.#exportedTo;
  }

  get hasNotice(): boolean {
    return [this.#movedAside, this.#trouble, this.#exportedTo].some((told) => told !== null);
  }

  dismissMovedAside(): void {
    this.#movedAside = null;
  }

  dismissTrouble(): void {
    this.#trouble = null;
  }

  dismissExported(): void {
    this.#exportedTo = null;
  }

  /** For whoever asked by name; where there is a button, it is told there. */
  async exportAll(): Promise<void> {
    this.#exportedTo = null;
    this.#exportedTo = await this.transfer.export("json");
  }

  /** Does what a person asked for; what the core refuses is told, never thrown. */
  async attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.#trouble = null;
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      if (error.code === "stale_command") return this.#meet();
      this.#trouble = error;
      await this.refresh();
    }
  }

  /** The newest step that can be taken back, of the timer or of a list. The window tells of one. */
  get undoable(): Pick<Undoable, "text" | "values" | "undo"> | null {
    return this.#undoable;
  }

  async undoLast(): Promise<void> {
    await this.#undoable?.undo();
  }

  /** Looks at everything again, quietly: nobody asked, so nobody is told when it does not work. */
  async refresh(): Promise<void> {
    const { timer, today, preferences, history, looking, account, sync } = this;
    const { projects, projectTotals, intentions } = this;
    // A keyring takes its time, or asks first; nothing else waits for it.
    void look([account]);
    const lists = [projects, projectTotals, intentions, history, looking];
    await look([timer, today, preferences, sync, ...lists]);
  }

  /** Whatever is shown may be of another profile. */
  async #meet(): Promise<void> {
    const { timer } = this;
    this.recents.forget();
    await look([{ refresh: () => timer.begin() }]);
    await this.refresh();
  }

  #newestStep() {
    const { canUndo, status } = this.timer;
    const moved_ms = canUndo ? Date.parse(status.undo_until ?? "") - TIMER_UNDO_MS : -Infinity;
    if (canUndo && moved_ms > this.undo.newest_ms) {
      return { text: "undo.timer" as const, values: {}, undo: () => this.taskLine.takeBack() };
    }
    const { offer } = this.undo;
    return offer && { ...offer, undo: () => this.undo.undo() };
  }

  /** Lists are long: they are read again where they may have changed. */
  async #follow(hint: CoreEvent): Promise<void> {
    const { timer, today, projects, intentions, history, looking, account, sync } = this;
    const counted = [history, looking, this.projectTotals];
    switch (hint.type) {
      case "timer_changed":
        return look([timer]);
      case "particle_finished":
      case "particles_changed":
        return look([timer, today, ...counted]);
      case "projects_changed":
        return look([projects, ...counted]);
      case "intentions_changed":
        return look([intentions]);
      case "end_reached":
        return;
      case "sync_changed":
        // The server may have ended the sign-in.
        return look([timer, account, sync]);
      case "settings_changed":
        return this.refresh();
      case "account_changed":
        return this.#meet();
    }
  }
}

async function look(parts: Part[]): Promise<void> {
  const looks = parts.map((part) => part.refresh());
  for (const seen of await Promise.allSettled(looks)) {
    if (seen.status === "rejected") console.warn(seen.reason);
  }
}
