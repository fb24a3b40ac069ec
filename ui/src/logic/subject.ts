import type { Status } from "../backend";

type Scene = Pick<
  Status,
  "state" | "kind" | "task" | "project" | "next_task" | "next_project" | "started_at"
>;

export type Subject = { task: string; project: string | null };

/** What the focus is on that goes on, or that Space begins. */
export function subjectOf(status: Scene): Subject {
  const { task, project, next_task, next_project } = status;
  const waits = status.state === "idle" && status.kind === "focus";
  return waits ? { task: next_task, project: next_project } : { task, project };
}

/** When the focus began that goes on; nothing during a break and while idle. */
export const focusBegan = ({ state, kind, started_at }: Scene): string | null =>
  state === "idle" || kind !== "focus" ? null : started_at;

/** The newest focus that was seen. */
export type Thread = {
  began_ms: number;
  /** What one after it goes on with. */
  task: string;
  /** It goes on, and has its task from the focus before: nobody named another one. */
  isInherited: boolean;
};

export const NO_THREAD: Thread = { began_ms: -Infinity, task: "", isInherited: false };

/** The thread, when `status` is seen after `before`. */
export function threadAfter(before: Thread, status: Scene): Thread {
  const began = focusBegan(status);
  if (began === null) {
    return { ...before, task: status.next_task, isInherited: false };
  }
  const { task } = status;
  const began_ms = Date.parse(began);
  const isSameTask = task !== "" && task === before.task;
  const isSameFocus = began_ms === before.began_ms;
  // What is older, or over, comes again when its ending is taken back; what was noted since is not for it.
  const mayInherit = isSameFocus ? before.isInherited : began_ms > before.began_ms;
  return { began_ms, task, isInherited: isSameTask && mayInherit };
}
