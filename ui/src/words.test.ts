import { describe, expect, test } from "vitest";
import de from "../../locales/de.json";
import en from "../../locales/en.json";

/** How Particle does not speak. A fault is what is in the text and its reason. */

type Language = "en" | "de";
type Tree = { [key: string]: string | Tree };

function* flat(tree: Tree, prefix = ""): Generator<[key: string, text: string]> {
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") yield [prefix + key, value];
    else yield* flat(value, `${prefix}${key}.`);
  }
}

/** Whole words, whatever their letters; `*` stands for any ending. */
const words = (list: string): RegExp => {
  const any = list
    .trim()
    .split(/\s*[,\n]\s*/)
    .map((word) => word.replace(/\*/g, "\\p{L}*").replace(/ /g, "\\s+"));
  return new RegExp(`(?<!\\p{L})(?:${any.join("|")})(?!\\p{L})`, "iu");
};

const WORDS: Record<Language, Record<string, RegExp>> = {
  en: {
    "makes small": words("only, just, merely, barely, a mere, at least you"),
    guilt:
      words(`streak*, fail, fails, failed, failing, failure*, lost, missed, wasted, lazy, guilt*,
      shame*, disappoint*, you should, you forgot, give up, gave up, behind schedule, overdue,
      unfortunately, sorry, oops, never`),
    pressure: words(`must, hurry, keep going, last chance, limited, expires, don't miss, don’t miss,
      upgrade, premium, act now`),
    game: words(`level*, badge*, unlock*, achievement*, reward*, points, score*, trophy, trophies, medal*,
      leaderboard*, challenge*, quest*, combo*, rank*, record-breaking`),
    praise:
      words(`great, awesome, amazing, perfect, excellent, fantastic, incredible, brilliant, bravo,
      congrat*, well done, good job, nice work, nice one, keep it up, proud, superb, hero`),
    "another name": words("session*, pomodoro*, tomato*, productiv*"),
  },
  de: {
    "makes small": words("nur, bloß, lediglich, kaum, gerade mal, immerhin"),
    guilt:
      words(`streak*, serie, serien, strähne*, fehlgeschlagen*, gescheitert*, versagt*, verpasst*,
      verloren*, vergeudet*, verschwendet*, faul*, schuld*, enttäusch*, du solltest, du hättest,
      schon wieder, aufgegeben, versäumt*, überfällig*, leider, schade, hoppla, ups, nie, niemals`),
    pressure: words(`musst, müssen, beeil*, letzte chance, begrenzt*, läuft ab, jetzt zugreifen,
      premium, upgrade, nicht verpassen`),
    game: words(`level*, abzeichen*, freischalt*, freigeschaltet*, erfolge, belohn*, punktzahl, punktestand,
      pokal*, medaille*, rangliste*, herausforderung*, bestleistung*, rekord*, mission*`),
    praise: words(`toll*, super*, klasse, prima, großartig*, fantastisch*, hervorragend*, perfekt*,
      unglaublich*, bravo, glückwunsch*, gratul*, gut gemacht, weiter so, stolz, spitze, held*`),
    "another name": words(`sitzung*, session*, pomodoro*, teilchen, particles, produktiv*,
      tomate*`),
  },
};

/** At the beginning of a sentence `sie` may be others than whoever reads it; `Ihr` never is here. */
const FORMAL =
  /(?<=[^.?:] )(Sie|Ihnen)(?!\p{L})|(?<!\p{L})Ihr(e[mnrs]?)?(?!\p{L})|\p{L}+en Sie(?!\p{L})/u;

const MANNERS: Record<string, RegExp> = {
  shouting: /!|(?<!\p{L})\p{Lu}{4,}(?!\p{L})/u,
  emoji: /\p{Emoji_Presentation}|\p{Extended_Pictographic}|\uFE0F|[:;]-?[()DP](?!\p{L})/u,
  "three dots": /\.\.\./,
  "foreign placeholder": /\{\{|%[^{]|\$t\(/,
  padding: /^\s|\s$|^$|\s{2}/,
};

const PLACEHOLDER = /%\{\w+\}/g;

function faults(language: Language, text: string): string[] {
  const rules = { ...WORDS[language], ...MANNERS, ...(language === "de" && { formal: FORMAL }) };
  // What a placeholder is called nobody reads.
  const read = text.replace(PLACEHOLDER, "…");
  return Object.entries(rules).flatMap(([reason, rule]) => {
    const found = rule.exec(read);
    return found ? [`${reason}: ${found[0]}`] : [];
  });
}

describe.each([
  ["en", en],
  ["de", de],
] as const)("the tone of %s", (language, texts) => {
  test.each([...flat(texts)])("%s", (_, text) => {
    expect(faults(language, text), text).toEqual([]);
  });
});

describe("a text is refused", () => {
  test.each([
    ["en", "You only focused once", "makes small: only"],
    ["en", "You lost your 5-day streak", "guilt: lost"],
    ["en", "You must go on", "pressure: must"],
    ["en", "Badges unlocked", "game: Badges"],
    ["en", "Well  done", "praise: Well  done"],
    ["en", "Start a session", "another name: session"],
    ["en", "Saved!", "shouting: !"],
    ["en", "FOCUS now", "shouting: FOCUS"],
    ["en", "Saved 🎉", "emoji: 🎉"],
    ["en", "Saved ✔", "emoji: ✔"],
    ["en", "Saved :)", "emoji: :)"],
    ["en", "Loading...", "three dots: ..."],
    ["en", "{{count}} left", "foreign placeholder: {{"],
    ["en", "", "padding: "],
    ["de", "Das war nur ein Fokus", "makes small: nur"],
    ["de", "Deine Strähne ist gerissen", "guilt: Strähne"],
    ["de", "Überfällig seit gestern", "guilt: Überfällig"],
    ["de", "Du musst weitermachen", "pressure: musst"],
    ["de", "Neues Abzeichen", "game: Abzeichen"],
    ["de", "Großartiger Tag", "praise: Großartiger"],
    ["de", "Drei Particles", "another name: Particles"],
    ["de", "Prüfen Sie die Adresse", "formal: Prüfen Sie"],
    ["de", "Ihre Partikel sind sicher", "formal: Ihre"],
    ["de", "Damit können Sie beginnen", "formal: können Sie"],
  ] as const)("%s: %j", (language, text, fault) => {
    expect(faults(language, text)).toContain(fault);
  });
});

test.each([
  ["en", "Adjust the length, and leave the rest. A justified lever, unfailing."],
  ["en", "↑ ↓ to set the length · Space to start"],
  ["de", "Sie sind sicher. Natur und Kultur, obersuperb, %{points}"],
  ["de", "Die Partikel bleiben. Sie liegen unverändert hier, und ihre Zeiten stimmen."],
] as const)("%s: what has such letters in it is no fault: %s", (language, text) => {
  expect(faults(language, text)).toEqual([]);
});
