/** Rows of a list that are selected, to be changed together. */
export class Selection {
  /** Nothing: nobody selects. */
  #ids: readonly string[] | null = $state.raw(null);
  /** Where a stretch begins. */
  #last: string | null = null;

  get isOn(): boolean {
    return this.#ids !== null;
  }

  has(id: string): boolean {
    return this.#ids?.includes(id) === true;
  }

  begin(): void {
    this.set([]);
  }

  end(): void {
    this.#ids = null;
    this.#last = null;
  }

  set(ids: readonly string[]): void {
    this.#ids = [...ids];
    this.#last = null;
  }

  toggle(id: string): void {
    const ids = this.#ids ?? [];
    this.#ids = ids.includes(id) ? ids.filter((each) => each !== id) : [...ids, id];
    this.#last = id;
  }

  /** Selects all from the row that was pressed last to `id`, in the order of `rows`. */
  extend(id: string, rows: readonly string[]): void {
    const [from, to] = [rows.indexOf(this.#last ?? id), rows.indexOf(id)];
    if (from === -1 || to === -1) return;
    const stretch = rows.slice(Math.min(from, to), Math.max(from, to) + 1);
    const ids = this.#ids ?? [];
    this.#ids = [...ids, ...stretch.filter((each) => !ids.includes(each))];
    this.#last = id;
  }
}
