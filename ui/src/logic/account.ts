import type { ErrorCode, ServerChoice } from "../backend";

/** A field of the forms about an account, by its name. */
export type FieldName = "email" | "password" | "code" | "url";

const WRONG: Partial<Record<ErrorCode, FieldName>> = {
  email_invalid: "email",
  account_exists: "email",
  codes_disabled: "email",
  credentials_wrong: "password",
  password_weak: "password",
  password_same: "password",
  code_wrong: "code",
  server_missing: "url",
  server_invalid: "url",
  server_unfit: "url",
  signup_disabled: "url",
};

/** The field that a refusal is about; null where it is about none. */
export const wrongField = (code: ErrorCode | undefined): FieldName | null =>
  (code && WRONG[code]) ?? null;

/** What a form says of the server. What is `known` need not be said again. */
export function serverChoice(url: string, key: string, known: string | null): ServerChoice {
  const [address, publishable] = [url.trim(), key.trim()];
  return {
    url: address === "" || address === known ? null : address,
    key: publishable === "" ? null : publishable,
  };
}

/** A server as people name it. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

export const isSameEmail = (one: string, other: string): boolean =>
  one.trim().toLowerCase() === other.trim().toLowerCase();
