/** The keyboard in a list of rows: each is a button that names what it stands for in `data-row`. */

const ROW = "[data-row]";

/** What the arrows stop at: the rows, and what opens and closes a part of the list. */
const STOP = `${ROW}, summary`;

/** Whoever moves by keyboard sees where they are. */
export const SEEN = { focusVisible: true };

/** The element is a row of a list. */
export const isRow = (element: Element | null): boolean => element?.matches(ROW) === true;

/** Those that can have the focus; what is closed has none. */
function seen(list: Element, selector: string): HTMLElement[] {
  const found = [...list.querySelectorAll<HTMLElement>(selector)];
  return found.filter((each) => !each.closest("details:not([open]) > :not(summary)"));
}

/** What the focused row stands for; null where no row has the focus. */
export function focusedRow(list: Element): string | null {
  const row = document.activeElement?.closest<HTMLElement>(ROW);
  return row && list.contains(row) ? (row.dataset["row"] ?? null) : null;
}

/** Moves the focus by so many stops; from outside of the list, to its first one. */
export function moveFocus(list: Element, by: number): void {
  const stops = seen(list, STOP);
  const at = stops.findIndex((stop) => stop === document.activeElement);
  const next = at === -1 ? 0 : Math.min(Math.max(at + by, 0), stops.length - 1);
  stops[next]?.focus(SEEN);
}

/** Gives the focus to the row of `id`; false where there is none. */
export function focusRow(list: Element, id: string): boolean {
  const row = seen(list, ROW).find((row) => row.dataset["row"] === id);
  row?.focus(SEEN);
  return row !== undefined;
}

/** The row that takes the place of `id` when that goes away. */
export function neighbour(list: Element, id: string): string | null {
  const ids = seen(list, ROW).map((row) => row.dataset["row"] ?? "");
  const at = ids.indexOf(id);
  return ids[at + 1] ?? ids[at - 1] ?? null;
}
