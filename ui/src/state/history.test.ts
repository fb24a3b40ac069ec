import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { DatedParticle, PageRequest, ParticlePage } from "../backend";
import * as backend from "../backend";
import { particle } from "./fixtures";
import { History, PAGE_ROWS } from "./history.svelte";
import { Undo } from "./undo.svelte";

vi.mock("../backend");

/** So many particles, newest first, ten a day. */
function past(count: number): DatedParticle[] {
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(Date.UTC(2026, 2, 1 - Math.floor(index / 10))).toISOString().slice(0, 10);
    return particle(String(index), { day, started_at: `${day}T10:00:00Z`, task: `Task ${index}` });
  });
}

/** A core that answers from `rows`, and every question it was asked. */
function core(rows: DatedParticle[]): PageRequest[] {
  const asked: PageRequest[] = [];
  const day = { date: "2026-03-01", ends_at: "2026-03-02T03:00:00Z" };
  vi.mocked(backend.today).mockResolvedValue(day);
  vi.mocked(backend.overlaps).mockResolvedValue([]);
  vi.mocked(backend.particles).mockImplementation((request) => {
    asked.push(request);
    return Promise.resolve(page(rows, request));
  });
  return asked;
}

function page(rows: DatedParticle[], { after, limit }: PageRequest): ParticlePage {
  const from = after ? rows.findIndex(({ id }) => id === after.id) + 1 : 0;
  const particles = rows.slice(from, from + (limit ?? 1000));
  const last = particles.at(-1);
  const isEnd = last === undefined || last === rows.at(-1);
  return { particles, next: isEnd ? null : { id: last.id, started_at: last.started_at } };
}

const opened = async (undo = new Undo()): Promise<History> => {
  const history = new History(undo);
  await history.open("all");
  return history;
};

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.resetAllMocks();
});

test("a list that nobody looks at is not read", async () => {
  const asked = core(past(3));
  const history = new History(new Undo());
  await history.refresh();
  expect(asked).toEqual([]);
  await history.open("all");
  history.close();
  await history.refresh();
  expect(asked).toHaveLength(1);
});

test("days stand together in the order of the core", async () => {
  core(past(25));
  const { days } = await opened();
  expect(days.map(({ day, entries }) => [day, entries.length])).toEqual([
    ["2026-03-01", 10],
    ["2026-02-28", 10],
    ["2026-02-27", 5],
  ]);
});

test("today asks for the present day alone", async () => {
  const asked = core([]);
  const history = new History(new Undo());
  await history.open("today");
  expect(asked[0]).toMatchObject({ from_day: "2026-03-01", to_day: "2026-03-01", deleted: false });
  expect(history.isEmpty).toBe(true);
});

test("a day keeps its key when another one comes above it, and has two where it stands twice", async () => {
  const rows = past(11);
  core(rows);
  const history = await opened();
  const before = history.days.map(({ key }) => key);
  rows.unshift(particle("new", { day: "2026-03-02" }), particle("far", { day: "2026-02-28" }));
  await history.refresh();
  const keys = history.days.map(({ key }) => key);
  expect(keys[2]).toBe(before[0]);
  expect(new Set(keys).size).toBe(4);
});

describe("pages", () => {
  test("each is asked for once and stands below the one before", async () => {
    const asked = core(past(250));
    const history = await opened();
    await Promise.all([history.more(), history.more()]);
    expect(asked.map(({ after }) => after?.id ?? null)).toEqual([null, "99"]);
    expect(history.entries.map(({ id }) => Number(id))).toEqual([...Array(200).keys()]);
    expect(history.hasMore).toBe(true);
    await history.more();
    expect(history.entries).toHaveLength(250);
    expect(history.hasMore).toBe(false);
    await history.more();
    expect(asked).toHaveLength(3);
  });

  test("a refresh reads as far as was scrolled", async () => {
    const asked = core(past(250));
    const history = await opened();
    await history.more();
    await history.refresh();
    expect(asked.at(-1)).toMatchObject({ after: null, limit: 200 });
    expect(history.entries).toHaveLength(200);
  });

  test("one that is on its way while the list is read again is not dropped", async () => {
    core(past(250));
    const history = await opened();
    await Promise.all([history.more(), history.refresh()]);
    expect(history.entries).toHaveLength(200);
    await Promise.all([history.refresh(), history.more()]);
    expect(history.entries.map(({ id }) => Number(id))).toEqual([...Array(250).keys()]);
  });

  test("one that did not come can be asked for again", async () => {
    core(past(250));
    const history = await opened();
    vi.mocked(backend.particles).mockRejectedValueOnce(new Error("busy"));
    await expect(history.more()).rejects.toThrow("busy");
    await history.more();
    expect(history.entries).toHaveLength(200);
  });

  test("one that was asked for before the list changed is dropped", async () => {
    core(past(250));
    const history = await opened();
    const more = history.more();
    await history.narrow({ search: "Task" });
    await more;
    expect(history.entries).toHaveLength(PAGE_ROWS);
  });
});

describe("narrowing", () => {
  test("sends what is left out as nothing", async () => {
    const asked = core(past(3));
    const history = await opened();
    await history.narrow({ search: "  Wri ", project: "none" });
    expect(asked.at(-1)).toMatchObject({ search: "Wri", project: "none" });
    await history.narrow({ search: "  ", project: null });
    expect(asked.at(-1)).toMatchObject({ search: null, project: null });
  });

  test("to a day asks for that day, and today for its own", async () => {
    const asked = core(past(3));
    const history = new History(new Undo());
    await history.open("all", { day: "2026-02-28" });
    expect(asked, "one question").toHaveLength(1);
    expect(asked[0]).toMatchObject({ from_day: "2026-02-28", to_day: "2026-02-28" });
    await history.open("today");
    expect(asked.at(-1)).toMatchObject({ from_day: "2026-03-01", to_day: "2026-03-01" });
    await history.open("all");
    expect(asked.at(-1), "it stays").toMatchObject({ from_day: "2026-02-28" });
    await history.narrow({ day: null });
    expect(asked.at(-1)).toMatchObject({ from_day: null, to_day: null });
    history.close();
  });

  test("the last word wins, however the answers come", async () => {
    core(past(1));
    const history = await opened();
    const answers: ((page: ParticlePage) => void)[] = [];
    vi.mocked(backend.particles).mockImplementation(
      () => new Promise((resolve) => answers.push(resolve)),
    );
    const first = history.narrow({ search: "a" });
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    const second = history.narrow({ search: "ab" });
    answers[0]?.({ particles: [particle("of a")], next: null });
    await first;
    expect(
      history.entries.map(({ id }) => id),
      "the answer for `a` is old",
    ).toEqual(["0"]);
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.({ particles: [particle("of ab")], next: null });
    await second;
    expect(history.entries.map(({ id }) => id)).toEqual(["of ab"]);
  });

  test("outlives the way from today to all, and not the view", async () => {
    const asked = core(past(3));
    const history = new History(new Undo());
    await history.open("today");
    await history.narrow({ search: "Wri", project: "1" });
    await history.open("all");
    expect(asked.at(-1)).toMatchObject({ from_day: null, search: "Wri", project: "1" });
    history.close();
    await history.open("all");
    expect(asked.at(-1)).toMatchObject({ search: null, project: null });
  });

  test("begins with a first page again", async () => {
    const asked = core(past(250));
    const history = await opened();
    await history.more();
    await history.narrow({ scope: "deleted" });
    expect(asked.at(-1)).toMatchObject({ deleted: true, limit: PAGE_ROWS });
  });
});

describe("changes", () => {
  test("nothing goes before the core has said so", () => {
    core(past(2));
    vi.mocked(backend.deleteParticle).mockReturnValue(new Promise(() => undefined));
    return opened().then((history) => {
      void history.remove(particle("0"));
      expect(history.entries).toHaveLength(2);
    });
  });

  test("an edit can be taken back, to the second", async () => {
    core(past(2));
    vi.mocked(backend.editParticle).mockResolvedValue(particle("0", { task: "Read" }));
    const undo = new Undo();
    const history = await opened(undo);
    const before = particle("0", { duration_seconds: 1523, overflow_seconds: 23 });
    const change = { id: "0", task: "Read", minutes: 5, started_at: null, project: null };
    await history.edit(change, before);
    expect(undo.offer).toMatchObject({ row: "0", values: { task: "Read" } });
    await undo.undo();
    expect(backend.putParticleBack).toHaveBeenCalledWith(before);
  });

  test("a deleted particle can be taken back", async () => {
    core(past(2));
    const undo = new Undo();
    const history = await opened(undo);
    await history.remove(particle("0"));
    expect(backend.deleteParticle).toHaveBeenCalledWith("0");
    expect(undo.offer?.values).toEqual({ task: "Write" });
    await undo.undo();
    expect(backend.restoreParticle).toHaveBeenCalledWith("0");
  });

  test("what was not deleted is not offered to be taken back", async () => {
    core(past(2));
    vi.mocked(backend.deleteParticle).mockRejectedValue(new Error("refused"));
    const undo = new Undo();
    const history = await opened(undo);
    await expect(history.remove(particle("0"))).rejects.toThrow("refused");
    expect(undo.offer).toBeNull();
  });
});

describe("overlaps", () => {
  const overlap = (later: string, seconds: number, leaves_rest = true) => ({
    earlier: "9",
    later,
    earlier_task: "Desk",
    seconds,
    leaves_rest,
  });

  test("are asked for the days of a page, and the longest of a row is told", async () => {
    core(past(25));
    vi.mocked(backend.overlaps).mockResolvedValue([overlap("0", 1500), overlap("0", 60)]);
    const history = await opened();
    expect(backend.overlaps).toHaveBeenCalledExactlyOnceWith({
      from: "2026-02-27",
      to: "2026-03-01",
    });
    expect(history.overlap("0")?.seconds).toBe(1500);
    expect(history.overlap("1")).toBe(null);
  });

  test("are not asked for where nothing is listed, nor among what was deleted", async () => {
    core([]);
    const history = await opened();
    await history.open("deleted");
    expect(backend.overlaps).not.toHaveBeenCalled();
  });

  test("both are kept until that is taken back", async () => {
    core(past(2));
    const undo = new Undo();
    const history = await opened(undo);
    await history.keepBoth(overlap("0", 1500));
    await undo.undo();
    const asked = vi.mocked(backend.keepBoth).mock.calls.map(([{ later }, kept]) => [later, kept]);
    expect(asked).toEqual([
      ["0", true],
      ["0", false],
    ]);
  });

  test.each([
    ["a rest is put back", false],
    ["what went is restored", true],
  ])("trimming is taken back: %s", async (_, deleted) => {
    const rows = past(2);
    core(rows);
    const later = rows[0] as DatedParticle;
    vi.mocked(backend.trimOverlap).mockResolvedValue({ ...later, deleted });
    const undo = new Undo();
    const history = await opened(undo);
    await history.trim(later, overlap("0", 1500, !deleted));
    await undo.undo();
    const [done, other] = deleted
      ? [backend.restoreParticle, backend.putParticleBack]
      : [backend.putParticleBack, backend.restoreParticle];
    expect(done).toHaveBeenCalledExactlyOnceWith(deleted ? "0" : later);
    expect(other).not.toHaveBeenCalled();
  });
});
