import { tick, untrack } from "svelte";
import { focusedRow, focusRow, moveFocus, neighbour } from "../logic/rows";
import type { Undo } from "./undo.svelte";

/**
 * A list of which one row at a time is a form: where the keyboard is, and where it goes on when a row
 * goes, comes back, or closes its form. For the script of a component.
 */
export class RowList {
  #element: HTMLElement | null = null;
  /** What is being edited: a row by its id, or a new one. */
  #editing: string | null = $state(null);
  /** What was beside the row when it became a form. */
  #beside: string | null = null;

  constructor(undo: () => Undo) {
    let seen = untrack(() => undo().returned);
    $effect(() => {
      const { returned } = undo();
      if (returned === null || returned === seen) return;
      seen = returned;
      untrack(() => void this.back(returned.row));
    });
  }

  readonly attach = (element: HTMLElement): (() => void) => {
    this.#element = element;
    return () => (this.#element = null);
  };

  get editing(): string | null {
    return this.#editing;
  }

  /** The row that has the focus. */
  get focused(): string | null {
    return this.#element && focusedRow(this.#element);
  }

  move(by: number): void {
    if (this.#element) moveFocus(this.#element, by);
  }

  edit(row: string | null): void {
    this.#beside = row !== null && this.#element ? neighbour(this.#element, row) : null;
    this.#editing = row;
  }

  /** Closes the form; the keyboard goes on at the row that it was for, or at `row`. */
  async close(row = this.#editing): Promise<void> {
    this.#editing = null;
    await this.back(row);
  }

  /** Does what takes `row` out of the list; the keyboard goes on at the one in its place. */
  async leave(row: string, work: () => Promise<void>): Promise<void> {
    const isForm = this.#editing === row;
    const next = isForm ? this.#beside : this.#element && neighbour(this.#element, row);
    this.#editing = null;
    await work();
    await this.back(next);
  }

  async back(row: string | null): Promise<void> {
    await tick();
    if (row !== null && this.#element) focusRow(this.#element, row);
  }
}
