import type { Command, RecentTask } from "../logic/commands";
import { remembering } from "../logic/palette";
import type { Recents } from "./recents.svelte";

/** Where this machine remembers which commands were used. */
const MEMORY = "particle.commands";

type Memory = Pick<Storage, "getItem" | "setItem">;

/** The list of commands: whether it is open, and what it remembers. */
export class Palette {
  readonly #recents: Recents;
  readonly #memory: Memory | null;
  #isOpen = $state(false);
  #recent: string[] = $state.raw([]);

  constructor(recents: Recents, memory: Memory | null) {
    this.#recents = recents;
    this.#memory = memory;
    this.#recent = read(memory);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The ids of the commands that were used, the newest first. */
  get recent(): string[] {
    return this.#recent;
  }

  get tasks(): RecentTask[] {
    return this.#recents.tasks;
  }

  /** Opens at once; the tasks come when they are read, and quietly do not where they cannot be. */
  async open(): Promise<void> {
    this.#isOpen = true;
    await this.#recents.read();
  }

  close(): void {
    this.#isOpen = false;
  }

  /** Tasks are remembered by their particles, and nowhere else. */
  used({ id, group }: Pick<Command, "id" | "group">): void {
    if (group === "tasks") return;
    this.#recent = remembering(this.#recent, id);
    try {
      this.#memory?.setItem(MEMORY, JSON.stringify(this.#recent));
    } catch (error) {
      // Without a place to write it lasts as long as the window.
      console.warn(error);
    }
  }
}

function read(memory: Memory | null): string[] {
  try {
    const known: unknown = JSON.parse(memory?.getItem(MEMORY) ?? "[]");
    return Array.isArray(known) ? known.filter((id) => typeof id === "string") : [];
  } catch (error) {
    console.warn(error);
    return [];
  }
}
