import type { TextKey, Values } from "../i18n";

/** Something that was done and can be taken back. */
export type Undoable = {
  /** What was done, as it is told. */
  text: TextKey;
  values: Values;
  /** The row that it was done to. */
  row: string;
  undo: () => Promise<unknown>;
};

type Done = Undoable & { at_ms: number };

/** A row that has just come back; a new object each time. */
export type Returned = { row: string };

/** How long a step is offered to be taken back. What is older is found under what was deleted. */
const OFFER_MS = 10_000;

/** What was done in the lists of this window a moment ago. Only what the quiet line tells of is taken
 * back, so that nobody takes back what they do not see. */
export class Undo {
  #done: Done[] = [];
  #offer: Done | null = $state.raw(null);
  #returned: Returned | null = $state.raw(null);
  #waiting: ReturnType<typeof setTimeout> | undefined;

  /** What the quiet line tells of. */
  get offer(): Undoable | null {
    return this.#offer;
  }

  /** When that was done; -Infinity where there is none. */
  get newest_ms(): number {
    return this.#offer?.at_ms ?? -Infinity;
  }

  /** The row that the last step taken back was about, for the focus to go to. */
  get returned(): Returned | null {
    return this.#returned;
  }

  did(step: Undoable): void {
    this.#done.push({ ...step, at_ms: Date.now() });
    this.#show();
  }

  /** Takes back what is offered. What the core refuses to take back is not tried again. */
  async undo(): Promise<void> {
    const offer = this.#offer;
    if (offer === null) return;
    this.#done = this.#done.filter((step) => step !== offer);
    this.#show();
    await offer.undo();
    this.#returned = { row: offer.row };
  }

  /** Offers the newest step whose time is not over. */
  #show(): void {
    clearTimeout(this.#waiting);
    const now_ms = Date.now();
    this.#done = this.#done.filter(({ at_ms }) => now_ms - at_ms < OFFER_MS);
    this.#offer = this.#done.at(-1) ?? null;
    if (this.#offer === null) return;
    const left_ms = this.#offer.at_ms + OFFER_MS - now_ms;
    this.#waiting = setTimeout(() => this.#show(), left_ms);
  }
}
