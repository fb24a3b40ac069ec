import i18next from "i18next";
import { createSubscriber } from "svelte/reactivity";
import de from "../../locales/de.json";
import en from "../../locales/en.json";

type Paths<T> = {
  [K in keyof T & string]: T[K] extends string ? K : `${K}.${Paths<T[K]>}`;
}[keyof T & string];
type WithoutPlural<K> = K extends `${infer Base}_${"one" | "other"}` ? Base : K;

export type TextKey = WithoutPlural<Paths<typeof en>>;
export type Values = Record<string, string | number>;

// The core reads the same two files, hence its placeholders: %{name}.
void i18next.init({
  resources: { en: { translation: en }, de: { translation: de } },
  fallbackLng: "en",
  supportedLngs: ["en", "de"],
  initAsync: false,
  interpolation: { prefix: "%{", suffix: "}", escapeValue: false },
});

const languageIsRead = createSubscriber((update) => {
  i18next.on("languageChanged", update);
  return () => {
    i18next.off("languageChanged", update);
  };
});

/** The text in the present language; components that read it follow a change. */
export function t(key: TextKey, values: Values = {}): string {
  languageIsRead();
  return i18next.t(key, values);
}

/** How dates and times are written: as the system does it, where it speaks the present language. */
export function locale(): string {
  languageIsRead();
  const { language } = i18next;
  return navigator.languages.find((own) => own.startsWith(language)) ?? language;
}

export function speak(language: "en" | "de"): void {
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}

/** Needed where the core could not be asked, because it did not open. */
export function browserLanguage(): "en" | "de" {
  return navigator.language.toLowerCase().startsWith("de") ? "de" : "en";
}
