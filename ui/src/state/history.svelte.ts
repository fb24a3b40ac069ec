import * as backend from "../backend";
import type { Cursor, DatedParticle, NewParticle, ParticleRequest } from "../backend";
import { coalesced } from "../logic/coalesce";
import type { Undo } from "./undo.svelte";

/** Rows that are read at first, and again when the end of the list comes near. */
export const PAGE_ROWS = 100;
/** The most that one question is answered with. */
const PAGE_ROWS_MAX = 1000;

/** Which particles are listed. */
export type HistoryFilter = {
  scope: "today" | "all" | "deleted";
  search: string;
  /** The id of a project, or `none`. */
  project: string | null;
};

export type HistoryDay = { day: string; entries: DatedParticle[] };

type Page = { entries: DatedParticle[]; next: Cursor | null };
type List = Page & { filter: HistoryFilter; today: string };

/** The particles of the past, newest first, as far as they were scrolled to. */
export class History {
  readonly #undo: Undo;
  #filter: HistoryFilter = $state.raw({ scope: "all", search: "", project: null });
  /** What the core answered last, which may be for the filter before. */
  #list: List | null = $state.raw(null);
  #isOpen = false;
  #reading: Promise<void> | null = null;

  readonly #days = $derived.by(() => byDay(this.#list?.entries ?? []));

  constructor(undo: Undo) {
    this.#undo = undo;
  }

  get filter(): HistoryFilter {
    return this.#filter;
  }

  get days(): HistoryDay[] {
    return this.#days;
  }

  get entries(): DatedParticle[] {
    return this.#list?.entries ?? [];
  }

  get today(): string {
    return this.#list?.today ?? "";
  }

  /** Nothing matches; not the same as not having asked yet. */
  get isEmpty(): boolean {
    return this.#list?.entries.length === 0;
  }

  get hasMore(): boolean {
    return this.#list !== null && this.#list.next !== null;
  }

  /** Begins to follow the list; one that nobody looks at is not read. */
  async open(scope: HistoryFilter["scope"]): Promise<void> {
    this.#isOpen = true;
    await this.narrow({ scope, search: "", project: null });
  }

  close(): void {
    this.#isOpen = false;
    this.#list = null;
  }

  async narrow(change: Partial<HistoryFilter>): Promise<void> {
    this.#filter = { ...this.#filter, ...change };
    await this.#read();
  }

  async refresh(): Promise<void> {
    if (this.#isOpen) await this.#read();
  }

  /** Reads the next page, once, however often it is asked for. */
  more(): Promise<void> {
    this.#reading ??= this.#readMore().finally(() => (this.#reading = null));
    return this.#reading;
  }

  async add(particle: NewParticle): Promise<string> {
    const { id } = await backend.addParticle(particle);
    await this.refresh();
    return id;
  }

  async edit(change: ParticleRequest): Promise<void> {
    await backend.editParticle(change);
    await this.refresh();
  }

  async remove({ id, task }: DatedParticle): Promise<void> {
    await backend.deleteParticle(id);
    this.#undo.did({
      text: task === "" ? "history.was_deleted" : "history.task_was_deleted",
      values: { task },
      undo: () => this.restore(id),
    });
    await this.refresh();
  }

  async restore(id: string): Promise<void> {
    await backend.restoreParticle(id);
    await this.refresh();
  }

  /** The list anew, as far as it was read. */
  readonly #read = coalesced(async () => {
    const filter = this.#filter;
    const count = this.#list?.filter === filter ? this.#list.entries.length : 0;
    const wanted = Math.max(count, PAGE_ROWS);
    const today = await backend.today();
    const read = readerOf(filter, today);
    let page = await read(null, wanted);
    while (page.next !== null && page.entries.length < wanted) {
      page = joined(page, await read(page.next, wanted - page.entries.length));
    }
    if (filter === this.#filter && this.#isOpen) this.#list = { ...page, filter, today };
  });

  async #readMore(): Promise<void> {
    const list = this.#list;
    if (list === null || list.next === null || list.filter !== this.#filter) return;
    const page = await readerOf(list.filter, list.today)(list.next, PAGE_ROWS);
    // Another list may have come meanwhile; this page may not fit to its end.
    if (list === this.#list) this.#list = { ...list, ...joined(list, page) };
  }
}

/** Reads pages of the list that `filter` means on the day `today`. */
function readerOf({ scope, search, project }: HistoryFilter, today: string) {
  const text = search.trim();
  const request = {
    kinds: "focus" as const,
    from_day: scope === "today" ? today : null,
    to_day: scope === "today" ? today : null,
    project,
    search: text === "" ? null : text,
    deleted: scope === "deleted",
  };
  return async (after: Cursor | null, wanted: number): Promise<Page> => {
    const limit = Math.min(wanted, PAGE_ROWS_MAX);
    const { particles, next } = await backend.particles({ ...request, after, limit });
    return { entries: particles, next };
  };
}

function joined(page: Page, next: Page): Page {
  return { ...next, entries: [...page.entries, ...next.entries] };
}

/** Entries of one day stand together already. */
function byDay(entries: DatedParticle[]): HistoryDay[] {
  const days: HistoryDay[] = [];
  for (const entry of entries) {
    const last = days.at(-1);
    if (last?.day === entry.day) last.entries.push(entry);
    else days.push({ day: entry.day, entries: [entry] });
  }
  return days;
}
