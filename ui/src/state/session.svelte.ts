import * as backend from "../backend";
import { BackendError } from "../backend";
import { Appearance } from "./appearance.svelte";
import { History } from "./history.svelte";
import { Place } from "./place.svelte";
import { Preferences } from "./preferences.svelte";
import { Projects } from "./projects.svelte";
import { TaskLine } from "./task-line.svelte";
import { Timer } from "./timer.svelte";
import { Today } from "./today.svelte";
import { Undo } from "./undo.svelte";

/** How long the core takes back a step of the timer. */
const TIMER_UNDO_MS = 10_000;

/** An open core, with everything that is drawn from it. */
export class Session {
  readonly timer: Timer;
  readonly today = new Today();
  readonly taskLine: TaskLine;
  readonly appearance: Appearance;
  readonly place = new Place();
  readonly undo = new Undo();
  readonly history = new History(this.undo);
  readonly projects = new Projects(this.undo);
  readonly preferences = new Preferences();

  #movedAside: string | null;
  #trouble: BackendError | null = $state.raw(null);

  private constructor(opening: backend.Opening) {
    this.timer = new Timer(opening.status);
    this.taskLine = new TaskLine(this.timer);
    this.appearance = new Appearance(opening.look, opening.system_language);
    this.#movedAside = $state(opening.moved_aside);
  }

  /** Fails with a BackendError where the core cannot open its database. */
  static async open(): Promise<Session> {
    const session = new Session(await backend.open());
    // Whatever a hint is about, the answer is to look again.
    await session.attempt(() => backend.listen(() => void session.refresh()));
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

  dismissMovedAside(): void {
    this.#movedAside = null;
  }

  dismissTrouble(): void {
    this.#trouble = null;
  }

  /** Does what a person asked for; what the core refuses is told, never thrown. */
  async attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.#trouble = null;
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      if (error.code !== "stale_command") this.#trouble = error;
      await this.refresh();
    }
  }

  /** Takes the newest step back, of the timer or of a list. */
  async undoLast(): Promise<void> {
    const { canUndo, status } = this.timer;
    const moved_ms = canUndo ? Date.parse(status.undo_until ?? "") - TIMER_UNDO_MS : -Infinity;
    if (canUndo && moved_ms > this.undo.newest_ms) await this.timer.undo();
    else await this.undo.undo();
  }

  /** Looks again, quietly: nobody asked, so nobody is told when it does not work. */
  async refresh(): Promise<void> {
    const { timer, today, projects, preferences, history } = this;
    const parts = [timer, today, projects, preferences, history];
    const looks = parts.map((part) => part.refresh());
    for (const look of await Promise.allSettled(looks)) {
      if (look.status === "rejected") console.warn(look.reason);
    }
  }
}
