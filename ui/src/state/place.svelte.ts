import type { ViewName } from "../logic/views";

/** A row of the view that is to be edited at once, and the words by which it is found. */
type RowTarget = { row: string; search: string };

/** A day that the view is opened at. */
type DayTarget = { day: string };

/** A project that the history is narrowed to. */
type ProjectTarget = { project: string };

export type Target = RowTarget | DayTarget | ProjectTarget;

type Spot = { view: ViewName; target: Target | null };

const TIMER: Spot = { view: "timer", target: null };

/** Which view is open. The timer is always there: alone, or behind or beside the view. */
export class Place {
  #spot: Spot = $state.raw(TIMER);
  /** Where leaving leads to. */
  #back: Spot = TIMER;

  get view(): ViewName {
    return this.#spot.view;
  }

  get target(): Target | null {
    return this.#spot.target;
  }

  /** The row that is to be edited, where one is. */
  get row(): string | null {
    const { target } = this.#spot;
    return target !== null && "row" in target ? target.row : null;
  }

  open(view: ViewName, target: Target | null = null): void {
    this.#go({ view, target }, TIMER);
  }

  /** Opens the history of one day; leaving it leads back to this view, at that day. */
  openDay(day: string): void {
    const target = { day };
    this.#go({ view: "history", target }, { view: this.view, target });
  }

  /** Opens the history of one project; leaving it leads back to that project. */
  openProject(project: string): void {
    const back: Spot = { view: "projects", target: { row: project, search: "" } };
    this.#go({ view: "history", target: { project } }, back);
  }

  leave(): void {
    this.#go(this.#back, TIMER);
  }

  #go(spot: Spot, back: Spot): void {
    this.#spot = spot;
    this.#back = back;
  }
}
