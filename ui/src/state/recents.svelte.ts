import * as backend from "../backend";
import { recentTasks, type RecentTask } from "../logic/commands";
import { likelyTasks } from "../logic/recents";
import type { Projects } from "./projects.svelte";

/** How far is looked back for tasks, and how many are offered. */
const LOOK_BACK = 200;
const TASKS_MAX = 8;

/** What was done of late, as the list of commands and the task line offer it. */
export class Recents {
  readonly #projects: Projects;
  #done: backend.DatedParticle[] = $state.raw([]);
  #read_ms = $state(0);
  /** Whose tasks these are: it grows when another profile may be open. */
  #profile = 0;

  readonly #tasks = $derived.by(() =>
    recentTasks(this.#done, (id) => this.#projects.find(id), TASKS_MAX),
  );
  readonly #likely = $derived.by(() =>
    likelyTasks(this.#done, (id) => this.#projects.find(id), this.#read_ms),
  );

  constructor(projects: Projects) {
    this.#projects = projects;
  }

  /** Each task once, the newest first. */
  get tasks(): RecentTask[] {
    return this.#tasks;
  }

  /** All of them, the likeliest first. */
  get likely(): RecentTask[] {
    return this.#likely;
  }

  /** Quietly leaves it as it is where it cannot be read. */
  async read(): Promise<void> {
    const profile = this.#profile;
    try {
      const { particles } = await backend.particles({ kinds: "focus", limit: LOOK_BACK });
      if (profile !== this.#profile) return;
      this.#done = particles;
      this.#read_ms = Date.now();
    } catch (error) {
      console.warn(error);
    }
  }

  /** Another profile may be open. */
  forget(): void {
    this.#profile += 1;
    this.#done = [];
  }
}
