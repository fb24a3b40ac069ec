import type { ViewName } from "../logic/views";

/** Which view is open. The timer is always there: alone, or behind or beside the view. */
export class Place {
  #view: ViewName = $state("timer");

  get view(): ViewName {
    return this.#view;
  }

  open(view: ViewName): void {
    this.#view = view;
  }

  leave(): void {
    this.open("timer");
  }
}
