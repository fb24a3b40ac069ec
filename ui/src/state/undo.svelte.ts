import type { TextKey, Values } from "../i18n";

/** Something that was done and can be taken back. */
export type Undoable = {
  /** What was done, as it is told. */
  text: TextKey;
  values: Values;
  undo: () => Promise<unknown>;
};

type Done = Undoable & { at_ms: number };

/** Steps further back are forgotten. */
const STEPS_MAX = 50;
/** How long the quiet line offers it; the key works longer. */
const OFFER_MS = 10_000;

/** What was done in the lists, newest last, to be taken back one by one. */
export class Undo {
  #done: Done[] = [];
  #offer: Done | null = $state.raw(null);
  #waiting: ReturnType<typeof setTimeout> | undefined;

  /** What the quiet line tells of. */
  get offer(): Undoable | null {
    return this.#offer;
  }

  /** When the newest step was done; -Infinity where there is none. */
  get newest_ms(): number {
    return this.#done.at(-1)?.at_ms ?? -Infinity;
  }

  did(step: Undoable): void {
    const done = { ...step, at_ms: Date.now() };
    this.#done = [...this.#done, done].slice(-STEPS_MAX);
    this.#show(done);
  }

  /** Takes the newest step back. One that the core refuses to take back is not tried again. */
  async undo(): Promise<void> {
    const last = this.#done.pop();
    if (last === undefined) return;
    this.#show(null);
    await last.undo();
  }

  #show(offer: Done | null): void {
    clearTimeout(this.#waiting);
    this.#offer = offer;
    if (offer !== null) this.#waiting = setTimeout(() => (this.#offer = null), OFFER_MS);
  }
}
