import i18next from "i18next";
import { afterEach, describe, expect, test } from "vitest";
import de from "../../locales/de.json";
import en from "../../locales/en.json";
import { t } from "./i18n";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, prefix = ""): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") texts.set(prefix + key, value);
    else for (const [path, text] of flat(value, `${prefix}${key}.`)) texts.set(path, text);
  }
  return texts;
}

const texts = { en: flat(en), de: flat(de) };
const placeholders = (text: string) => [...text.matchAll(/%\{(\w+)\}/g)].map((m) => m[1]).sort();

describe("the two languages", () => {
  test("have the same keys", () => {
    expect([...texts.de.keys()]).toEqual([...texts.en.keys()]);
  });

  test.each(["en", "de"] as const)("%s has placeholders of one kind", (language) => {
    for (const [key, text] of texts[language]) {
      expect(text.replaceAll(/%\{\w+\}/g, ""), key).not.toMatch(/[{}]/);
    }
  });

  test("have the same placeholders in every text", () => {
    for (const [key, text] of texts.en) {
      expect(placeholders(texts.de.get(key) ?? ""), key).toEqual(placeholders(text));
    }
  });

  test("have both forms of every plural", () => {
    const plurals = [...texts.en.keys()].filter((key) => /_(one|other)$/.test(key));
    expect(plurals).not.toEqual([]);
    for (const key of plurals) {
      const base = key.replace(/_(one|other)$/, "");
      for (const form of ["one", "other"]) expect(plurals).toContain(`${base}_${form}`);
      expect(texts.en.has(base), `${base} has a form for every number`).toBe(false);
    }
  });
});

test("no text lies around unused", () => {
  const sources = import.meta.glob<string>(["./**/*.{ts,svelte}", "!./**/*.test.ts"], {
    query: "?raw",
    import: "default",
    eager: true,
  });
  const code = Object.values(sources).join("\n");
  // Chosen by a state, a kind or a code; those under `alert` and `tray` are read by the shell.
  const computed = /^(kind|state|hint|error|check|alert|tray)\./;
  const unused = [...texts.en.keys()]
    .map((key) => key.replace(/_(one|other)$/, ""))
    .filter((key) => !computed.test(key) && !code.includes(`"${key}"`));
  expect(unused).toEqual([]);
});

describe("the library", () => {
  afterEach(() => i18next.changeLanguage("en"));

  test("fills placeholders as the core writes them and chooses the plural", () => {
    expect(t("tray.today", { count: 1 })).toBe("1 particle today");
    expect(t("tray.today", { count: 0 })).toBe("0 particles today");
  });

  test("follows the language", async () => {
    await i18next.changeLanguage("de");
    expect(t("kind.focus")).toBe("Fokus");
  });

  test.each(["$t(kind.focus)", "%{minutes}", "$& and $1", "<b>&</b>"])(
    "leaves what a person wrote as it is: %s",
    (task) => {
      expect(t("dots.particle", { task, minutes: 25 })).toBe(`${task}, 25 min`);
    },
  );
});
