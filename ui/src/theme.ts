import type { Theme } from "./backend";

/** Without the attribute the style sheet follows the system. */
export function dress(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset["theme"];
  else dataset["theme"] = theme;
}
