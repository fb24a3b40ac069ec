/** The views of the window; `today` is the history of the present day. */
export type ViewName =
  "timer" | "today" | "history" | "projects" | "settings" | "account" | "sync" | "keys";
