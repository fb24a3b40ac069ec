import * as backend from "../backend";
import { BackendError } from "../backend";
import { Appearance } from "./appearance.svelte";
import { TaskLine } from "./task-line.svelte";
import { Timer } from "./timer.svelte";
import { Today } from "./today.svelte";

/** An open core, with everything that is drawn from it. */
export class Session {
  readonly timer: Timer;
  readonly today = new Today();
  readonly taskLine: TaskLine;
  readonly appearance: Appearance;

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

  /** Looks again, quietly: nobody asked, so nobody is told when it does not work. */
  async refresh(): Promise<void> {
    const looks = [this.timer.refresh(), this.today.refresh()];
    for (const look of await Promise.allSettled(looks)) {
      if (look.status === "rejected") console.warn(look.reason);
    }
  }
}
