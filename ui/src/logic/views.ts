import type { Span } from "./span";

/** The views of the window; `today` is the history of the present day, a span is looking back at one. */
export type ViewName =
  | "timer"
  | "today"
  | "history"
  | Span
  | "projects"
  | "settings"
  | "account"
  | "sync"
  | "data"
  | "keys";
