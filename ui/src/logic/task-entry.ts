/** What stands in the task line, taken apart. */
export type Entry = {
  task: string;
  minutes: number | null;
  /** The id of the project that is named in it. */
  project: string | null;
  /** The words that stand for the length and for the project, as they were written. */
  words: { length: string | null; project: string | null };
};

type Named = { id: string; name: string };

/** A part of a text, from one place to the place behind it. */
export type Span = { from: number; to: number };

/** As the core has it. */
const MINUTES = { min: 1, max: 180 };
/** The word for no project is no name. */
const RESERVED = "none";
const NAME_MAX = 50;

// A length stands at the end or at the beginning, as its own words, and says its unit: 20m, 20 min, 1h30,
// 1,5 h. A number without one is a length as the last word, and only a round one: 45 is, the 12 of
// "chapter 12" is not. Whatever would be shorter or longer than a focus can be stays text.
const BARE = { min: 5, step: 5 };

const HOUR = String.raw`(?:h|hrs?|hours?|std\.?|stunden?)`;
const MINUTE = String.raw`(?:m|\s?(?:mins?|minutes?|minuten))`;
const LENGTHS = [
  String.raw`(?<h>\d{1,2})\s?${HOUR}\s?(?<rest>[0-5]?\d)${MINUTE}`,
  String.raw`(?<h>\d{1,2})\s?h(?<rest>[0-5]\d)`,
  String.raw`(?<h>\d{1,2}(?:[.,]\d{1,2})?)\s?${HOUR}`,
  String.raw`(?<rest>\d{1,3})${MINUTE}`,
];
const FORMS = [
  ...LENGTHS.map((length) => new RegExp(String.raw`(?:^|\s)${length}\s*$`, "iu")),
  ...LENGTHS.map((length) => new RegExp(String.raw`^\s*${length}(?=\s|$)`, "iu")),
];
const BARE_FORM = /(?:^|\s)(?<rest>\d{1,3})\s*$/u;

/** A text in which nothing stands for anything else. */
export const plainEntry = (text: string): Entry => ({
  task: text.trim(),
  minutes: null,
  project: null,
  words: { length: null, project: null },
});

/**
 * Takes a text apart; the words in `kept` are meant as they are written. The name in `open` is still being
 * chosen, and does not keep a length from being the last word.
 */
export function entryOf(
  text: string,
  projects: Named[],
  kept: string[] = [],
  open: Span | null = null,
): Entry {
  const named = nameIn(text, projects, kept);
  const rest = named === null ? text : without(text, named);
  const length = lengthIn(named === null && open !== null ? blanked(text, open) : rest, kept);
  return {
    task: (length === null ? rest : without(rest, length)).trim(),
    minutes: length?.minutes ?? null,
    project: named?.id ?? null,
    words: {
      length: length && rest.slice(length.from, length.to),
      project: named && text.slice(named.from, named.to),
    },
  };
}

/** Every word that has to be kept for the text to be read as it is written. */
export function wordsIn(text: string, projects: Named[]): string[] {
  const kept: string[] = [];
  for (;;) {
    const { length, project } = entryOf(text, projects, kept).words;
    const more = [length, project].filter((words) => words !== null);
    if (more.length === 0) return kept;
    kept.push(...more);
  }
}

/** A text without a part of it; one space closes the gap. */
export function without(text: string, { from, to }: Span): string {
  const [before, after] = [text.slice(0, from).trimEnd(), text.slice(to).trimStart()];
  return [before, after].filter((part) => part !== "").join(" ");
}

/** A text of the same length that has nothing there. */
const blanked = (text: string, { from, to }: Span): string =>
  text.slice(0, from) + " ".repeat(to - from) + text.slice(to);

function lengthIn(text: string, kept: string[]): (Span & { minutes: number }) | null {
  for (const form of [...FORMS, BARE_FORM]) {
    const found = form.exec(text);
    if (found === null) continue;
    const words = found[0].trim();
    const { h = "0", rest = "0" } = found.groups ?? {};
    const minutes = Math.round(Number(h.replace(",", ".")) * 60) + Number(rest);
    const isRound = minutes >= BARE.min && minutes % BARE.step === 0;
    if (minutes < MINUTES.min || minutes > MINUTES.max || kept.includes(words)) continue;
    if (form === BARE_FORM && !isRound) continue;
    const from = found.index + found[0].indexOf(words);
    return { minutes, from, to: from + words.length };
  }
  return null;
}

/** Where a `#` can begin a name: `C#` is a word. */
const HASH = /(^|\s)#/gu;

const hashes = (text: string): number[] =>
  [...text.matchAll(HASH)].map(({ index, 1: space }) => index + (space?.length ?? 0));

const alike = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The first name that is a project's, and only one's; the longest that fits. */
function nameIn(text: string, projects: Named[], kept: string[]): (Span & { id: string }) | null {
  for (const from of hashes(text)) {
    const rest = text.slice(from + 1);
    const fitting = projects
      .filter(({ name }) => name !== "" && alike(rest.slice(0, name.length), name))
      .filter(({ name }) => /^(?:\s|$)/u.test(rest.slice(name.length)))
      .sort((one, other) => other.name.length - one.name.length);
    const written = rest.slice(0, fitting[0]?.name.length ?? 0);
    const project = theOne(fitting, written);
    if (project !== null && !kept.includes(`#${written}`)) {
      return { id: project.id, from, to: from + 1 + written.length };
    }
  }
  return null;
}

/** Of those with this name the one that has its capitals; nothing where that leaves a doubt. */
function theOne(projects: Named[], written: string): Named | null {
  const same = projects.filter(({ name }) => alike(name, written));
  const exact = same.filter(({ name }) => name === written);
  const [first, ...others] = exact.length > 0 ? exact : same;
  return first !== undefined && others.length === 0 ? first : null;
}

/** A name that is being written: what of it stands before the caret, and all of it with its `#`. */
export type OpenName = Span & { query: string };

/**
 * The name in which the caret stands. It ends with its word, and goes on over a space only as long as
 * a project is called like that.
 */
export function openName(text: string, caret: number, names: string[]): OpenName | null {
  const from = hashes(text).findLast((at) => at < caret);
  if (from === undefined) return null;
  const query = text.slice(from + 1, caret);
  const begins = (name: string) => alike(name.slice(0, query.length), query);
  if (/\s/u.test(query) && (/^\s/u.test(query) || !names.some(begins))) return null;
  const to = caret + (/^\S*/u.exec(text.slice(caret))?.[0].length ?? 0);
  return { from, to, query };
}

/** Whether a new project can have this name, which nobody else has. */
export const isNewName = (name: string, names: string[]): boolean =>
  name !== "" &&
  name !== RESERVED &&
  Array.from(name).length <= NAME_MAX &&
  !names.some((known) => alike(known, name));
