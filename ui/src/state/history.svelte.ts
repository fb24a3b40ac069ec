import * as backend from "../backend";
import type {
  Cursor,
  DatedParticle,
  NewParticle,
  Overlap,
  Particle,
  ParticleRequest,
} from "../backend";
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
  /** A day, which `today` does not ask for. */
  day: string | null;
};

export type HistoryDay = {
  /** Stays the same when days come or go above it. */
  key: string;
  day: string;
  entries: DatedParticle[];
};

type Page = { entries: DatedParticle[]; overlaps: Overlap[]; next: Cursor | null };
type List = Page & { filter: HistoryFilter; today: string };

/** The particles of the past, newest first, as far as they were scrolled to. */
export class History {
  readonly #undo: Undo;
  #filter: HistoryFilter = $state.raw({
    scope: "all",
    search: "",
    project: null,
    day: null,
  });
  /** What the core answered last, which may be for the filter before. */
  #list: List | null = $state.raw(null);
  #isOpen = false;
  #reading: Promise<void> = Promise.resolve();
  #readingMore: Promise<void> | null = null;

  readonly #overlaps = $derived(byLater(this.#list?.overlaps ?? []));
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

  /** What `id` has the same time as, where nobody decided about it. */
  overlap(id: string): Overlap | null {
    return this.#overlaps[id] ?? null;
  }

  get today(): string {
    return this.#list?.today ?? "";
  }

  /** What the entries were asked for by; a new object for each question. */
  get listed(): HistoryFilter | null {
    return this.#list?.filter ?? null;
  }

  /** Nothing matches; not the same as not having asked yet. */
  get isEmpty(): boolean {
    return this.#list?.entries.length === 0;
  }

  get hasMore(): boolean {
    return this.#list !== null && this.#list.next !== null;
  }

  /**
   * Begins to follow the list; one that nobody looks at is not read. Where it is followed already, what
   * it was narrowed to stays, but for `change`.
   */
  async open(scope: HistoryFilter["scope"], change: Partial<HistoryFilter> = {}): Promise<void> {
    const begin = this.#isOpen ? {} : { search: "", project: null, day: null };
    this.#isOpen = true;
    await this.narrow({ scope, ...begin, ...change });
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
    this.#readingMore ??= this.#inTurn(() => this.#readMore()).finally(
      () => (this.#readingMore = null),
    );
    return this.#readingMore;
  }

  async add(particle: NewParticle): Promise<string> {
    const { id } = await backend.addParticle(particle);
    await this.refresh();
    return id;
  }

  async edit(change: ParticleRequest, before: DatedParticle): Promise<void> {
    const { id, task } = await backend.editParticle(change);
    this.#undo.did({
      text: task === "" ? "history.was_changed" : "history.task_was_changed",
      values: { task },
      row: id,
      undo: () => this.#putBack(before),
    });
    await this.refresh();
  }

  async remove({ id, task }: DatedParticle): Promise<void> {
    await backend.deleteParticle(id);
    this.#undo.did({
      text: task === "" ? "history.was_deleted" : "history.task_was_deleted",
      values: { task },
      row: id,
      undo: () => this.restore(id),
    });
    await this.refresh();
  }

  async keepBoth(overlap: Overlap): Promise<void> {
    await backend.keepBoth(overlap, true);
    this.#undo.did({
      text: "history.both_were_kept",
      values: {},
      row: overlap.later,
      undo: async () => {
        await backend.keepBoth(overlap, false);
        await this.refresh();
      },
    });
    await this.refresh();
  }

  /** Lets `later`, which is the later one of `overlap`, begin where the earlier one ends. */
  async trim(later: DatedParticle, overlap: Overlap): Promise<void> {
    const { id, deleted } = await backend.trimOverlap(overlap);
    this.#undo.did({
      text: deleted ? "history.was_deleted" : "history.was_trimmed",
      values: {},
      row: id,
      undo: () => (deleted ? this.restore(id) : this.#putBack(later)),
    });
    await this.refresh();
  }

  async removeTogether(entries: DatedParticle[]): Promise<void> {
    const ids = entries.map(({ id }) => id);
    const gone = await backend.changeTogether({ ids, change: "delete" });
    this.#didTogether("history.were_deleted", gone, () => this.restoreTogether(gone));
    await this.refresh();
  }

  /** `project` is the id of one, or `none`. */
  async moveTogether(entries: DatedParticle[], project: string): Promise<void> {
    const ids = entries.map(({ id }) => id);
    const moved = await backend.changeTogether({ ids, change: { project } });
    const before = entries.filter(({ id }) => moved.includes(id));
    this.#didTogether("history.were_moved", moved, async () => {
      await backend.putBackTogether(before);
      await this.refresh();
    });
    await this.refresh();
  }

  async restoreTogether(ids: string[]): Promise<void> {
    await backend.changeTogether({ ids, change: "restore" });
    await this.refresh();
  }

  #didTogether(
    text: "history.were_deleted" | "history.were_moved",
    ids: string[],
    undo: () => Promise<void>,
  ): void {
    const [row] = ids;
    if (row !== undefined) this.#undo.did({ text, values: { count: ids.length }, row, undo });
  }

  async restore(id: string): Promise<void> {
    await backend.restoreParticle(id);
    await this.refresh();
  }

  async #putBack(before: Particle): Promise<void> {
    await backend.putParticleBack(before);
    await this.refresh();
  }

  /** The list anew, as far as it was read. */
  readonly #read = coalesced(() => this.#inTurn(() => this.#readAll()));

  async #readAll(): Promise<void> {
    const filter = this.#filter;
    const count = this.#list?.filter === filter ? this.#list.entries.length : 0;
    const wanted = Math.max(count, PAGE_ROWS);
    const { date: today } = await backend.today();
    const read = readerOf(filter, today);
    let page = await read(null, wanted);
    while (page.next !== null && page.entries.length < wanted) {
      page = joined(page, await read(page.next, wanted - page.entries.length));
    }
    if (filter === this.#filter && this.#isOpen) this.#list = { ...page, filter, today };
  }

  async #readMore(): Promise<void> {
    const list = this.#list;
    if (list === null || list.next === null || list.filter !== this.#filter) return;
    const page = await readerOf(list.filter, list.today)(list.next, PAGE_ROWS);
    // The next question may have been asked meanwhile; the page belongs to this one.
    if (list.filter === this.#filter && this.#isOpen)
      this.#list = { ...list, ...joined(list, page) };
  }

  /** One reading at a time: a page fits to the end of the list that it was asked for, and no other. */
  #inTurn(read: () => Promise<void>): Promise<void> {
    const turn = this.#reading.then(read);
    this.#reading = turn.catch(() => undefined);
    return turn;
  }
}

/** Reads pages of the list that `filter` means on the day `today`. */
function readerOf({ scope, search, project, day }: HistoryFilter, today: string) {
  const text = search.trim();
  const asked = scope === "today" ? today : day;
  const request = {
    kinds: "focus" as const,
    from_day: asked,
    to_day: asked,
    project,
    search: text === "" ? null : text,
    deleted: scope === "deleted",
  };
  return async (after: Cursor | null, wanted: number): Promise<Page> => {
    const limit = Math.min(wanted, PAGE_ROWS_MAX);
    const { particles, next } = await backend.particles({ ...request, after, limit });
    const overlaps = request.deleted ? [] : await overlapsAmong(particles);
    return { entries: particles, overlaps, next };
  };
}

function joined(page: Page, next: Page): Page {
  return {
    entries: [...page.entries, ...next.entries],
    overlaps: [...page.overlaps, ...next.overlaps],
    next: next.next,
  };
}

/** The overlaps of the days that `particles` are of. */
async function overlapsAmong(particles: DatedParticle[]): Promise<Overlap[]> {
  const days = particles.map(({ day }) => day).sort();
  const [from, to] = [days.at(0), days.at(-1)];
  return from === undefined || to === undefined ? [] : backend.overlaps({ from, to });
}

/** The longest overlap of each later one: what is left of the others is told when it is decided. */
function byLater(overlaps: Overlap[]): Record<string, Overlap> {
  const shortestFirst = [...overlaps].sort((a, b) => a.seconds - b.seconds);
  return Object.fromEntries(shortestFirst.map((overlap) => [overlap.later, overlap]));
}

/** Entries of one day stand together already, but for those that were lived in far away places. */
function byDay(entries: DatedParticle[]): HistoryDay[] {
  const days: HistoryDay[] = [];
  const parts: Record<string, number> = {};
  for (const entry of entries) {
    const { day } = entry;
    const last = days.at(-1);
    if (last?.day === day) {
      last.entries.push(entry);
      continue;
    }
    const part = (parts[day] = (parts[day] ?? 0) + 1);
    days.push({ key: `${day}/${part}`, day, entries: [entry] });
  }
  return days;
}
