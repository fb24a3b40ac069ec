import { go } from "fuzzysort";
import { GROUPS, type Group } from "./commands";

/** A command as it is written in the list. */
export type Entry = {
  id: string;
  title: string;
  detail: string;
  group: Group;
};

/** A part of a title, and whether it is what was looked for. */
export type Piece = { text: string; isFound: boolean };

export type Hit<E> = { entry: E; pieces: Piece[] };

/** What stands together under a heading; what was looked for needs none. */
export type Section<E> = { heading: Group | "recent" | null; hits: Hit<E>[] };

/** How many commands are remembered. */
export const RECENT_MAX = 20;
/** How many of them stand first. */
const RECENT_SHOWN_MAX = 4;

/** Everything that fits to what was written, best first; everything at all where nothing was. */
export function arranged<E extends Entry>(
  entries: E[],
  query: string,
  recent: string[],
): Section<E>[] {
  if (query.trim() === "") return grouped(entries, recent);
  const hits = found(entries, query);
  return hits.length === 0 ? [] : [{ heading: null, hits }];
}

function grouped<E extends Entry>(entries: E[], recent: string[]): Section<E>[] {
  const used = recent
    .flatMap((id) => entries.find((entry) => entry.id === id) ?? [])
    .slice(0, RECENT_SHOWN_MAX);
  const section = (heading: Group | "recent", members: E[]): Section<E> => ({
    heading,
    hits: members.map((entry) => ({ entry, pieces: piecesOf(entry.title, []) })),
  });
  const others = entries.filter((entry) => !used.includes(entry));
  const groups = GROUPS.map((group) =>
    section(
      group,
      others.filter((entry) => entry.group === group),
    ),
  );
  return [section("recent", used), ...groups].filter(({ hits }) => hits.length > 0);
}

/** What can be looked for. */
type Titled = Pick<Entry, "title" | "detail">;

/** What fits to what was written, best first. */
export function found<E extends Titled>(entries: E[], query: string): Hit<E>[] {
  const best = new Map<E, { score: number; indexes: readonly number[] }>();
  for (const spelling of spellings(query)) {
    const results = go(spelling, entries, { keys: ["title", "detail"], limit: 0 });
    for (const result of results) {
      const { score, obj } = result;
      if (score > (best.get(obj)?.score ?? 0)) {
        best.set(obj, { score, indexes: result[0]?.indexes ?? [] });
      }
    }
  }
  return [...best]
    .sort(([, one], [, other]) => other.score - one.score)
    .map(([entry, { indexes }]) => ({ entry, pieces: piecesOf(entry.title, indexes) }));
}

const UMLAUTS: [RegExp, string][] = [
  [/ae/gi, "ä"],
  [/oe/gi, "ö"],
  [/ue/gi, "ü"],
  [/ss/gi, "ß"],
];

/** Who has no umlauts on the keyboard writes two letters; one without its dots is found anyway. */
function spellings(query: string): string[] {
  const german = UMLAUTS.reduce((text, [pair, letter]) => text.replace(pair, letter), query);
  return german === query ? [query] : [query, german];
}

/** A title cut into what was looked for and what was not. */
function piecesOf(title: string, indexes: readonly number[]): Piece[] {
  const isFound = new Set(indexes);
  const pieces: Piece[] = [];
  for (let at = 0; at < title.length; at += 1) {
    const last = pieces.at(-1);
    const letter = title.charAt(at);
    if (last !== undefined && last.isFound === isFound.has(at)) last.text += letter;
    else pieces.push({ text: letter, isFound: isFound.has(at) });
  }
  return pieces;
}

export type Step = "next" | "previous" | "first" | "last";

/** The id that a step leads to; from the last on to the first. Where `id` is gone it is the first. */
export function stepped(ids: string[], id: string | null, step: Step): string | null {
  const at = id === null ? -1 : ids.indexOf(id);
  const from = Math.max(at, 0);
  const to = { next: from + 1, previous: from - 1, first: 0, last: -1 }[step];
  return ids.at(to % ids.length) ?? null;
}

/** The memory after `id` was used. */
export const remembering = (recent: string[], id: string): string[] =>
  [id, ...recent.filter((known) => known !== id)].slice(0, RECENT_MAX);
