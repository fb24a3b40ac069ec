/** The keyboard in a list of rows: each is a button that names what it stands for in `data-row`. */

const ROW = "[data-row]";

/** Whoever moves by keyboard sees where they are. */
const SEEN = { focusVisible: true };

const rowsOf = (list: Element): HTMLElement[] => [...list.querySelectorAll<HTMLElement>(ROW)];

/** What the focused row stands for; null where no row has the focus. */
export function focusedRow(list: Element): string | null {
  const row = document.activeElement?.closest<HTMLElement>(ROW);
  return row && list.contains(row) ? (row.dataset["row"] ?? null) : null;
}

/** Moves the focus by so many rows; from outside of the list, to its first one. */
export function moveFocus(list: Element, by: number): void {
  const rows = rowsOf(list);
  const at = rows.findIndex((row) => row === document.activeElement);
  const next = at === -1 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1);
  rows[next]?.focus(SEEN);
}

/** Gives the focus to the row of `id`; false where there is none. */
export function focusRow(list: Element, id: string): boolean {
  const row = rowsOf(list).find((row) => row.dataset["row"] === id);
  row?.focus(SEEN);
  return row !== undefined;
}

/** The row that takes the place of `id` when that goes away. */
export function neighbour(list: Element, id: string): string | null {
  const ids = rowsOf(list).map((row) => row.dataset["row"] ?? "");
  const at = ids.indexOf(id);
  return ids[at + 1] ?? ids[at - 1] ?? null;
}
