import type { ViewName } from "../logic/views";

/** A row of the view that is to be edited at once, and the words by which it is found. */
export type Target = { row: string; search: string };

/** Which view is open. The timer is always there: alone, or behind or beside the view. */
export class Place {
  #view: ViewName = $state("timer");
  #target: Target | null = $state.raw(null);

  get view(): ViewName {
    return this.#view;
  }

  get target(): Target | null {
    return this.#target;
  }

  open(view: ViewName, target: Target | null = null): void {
    this.#view = view;
    this.#target = target;
  }

  leave(): void {
    this.open("timer");
  }
}
