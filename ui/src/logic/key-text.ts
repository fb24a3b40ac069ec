import { t } from "../i18n";

/** A key as a person reads it: some are named in words. */
export function keyText(name: string): string {
  // With Shift or Ctrl before it, too.
  if (name.endsWith(" ")) return name.slice(0, -1) + t("keys.space");
  return name === "delete" ? t("keys.delete_key") : name;
}
