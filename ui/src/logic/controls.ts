import type { Status } from "../backend";
import type { TextKey } from "../i18n";
import type { Action } from "./actions";
import type { Unit } from "./keymap";

type Scene = Pick<Status, "state" | "kind" | "countdown_ends_at" | "sleep">;

type Line = {
  /** The caret stands in it. */
  isWriting: boolean;
  /** What is written is for the next focus. */
  isUnsaved: boolean;
  /** Enter takes what is marked in a list. */
  chooses: boolean;
  /** Tab writes the rest of a task. */
  completes: boolean;
  /** Words of it stand for a length or a project. */
  takes: boolean;
};

export type Control = {
  icon: "play" | "pause" | "next" | "finish" | "skip";
  label: TextKey;
  /** What its key is chosen by. */
  unit: Unit;
  action: Action;
};

export type Controls = {
  toggle: Control;
  /** Nothing to end while a focus waits to begin. */
  end: Control | null;
};

const FINISH: Control = {
  icon: "finish",
  label: "control.finish",
  unit: "keys.finish",
  action: { type: "finish" },
};
const SKIP: Control = {
  icon: "skip",
  label: "control.skip",
  unit: "keys.skip",
  action: { type: "skip" },
};

/** The two controls that mean something now. */
export function controlsFor({ state, kind }: Pick<Scene, "state" | "kind">): Controls {
  const rest = kind !== "focus";
  const end = rest ? SKIP : FINISH;
  const toggle = (icon: Control["icon"], label: TextKey): Control => {
    return { icon, label, unit: "keys.toggle", action: { type: "toggle" } };
  };
  switch (state) {
    case "idle":
      return {
        toggle: toggle("play", rest ? "control.start_break" : "control.start"),
        end: rest ? SKIP : null,
      };
    case "running":
      return { toggle: toggle("pause", "control.pause"), end };
    case "paused":
      return { toggle: toggle("play", "control.resume"), end };
    case "overflow":
      return { toggle: toggle("next", "control.next"), end };
  }
}

/** The one hint there is room for; none while a stretch runs and nothing is written beside it. */
export function hintFor(scene: Scene, line: Line): TextKey | null {
  const { state, kind, countdown_ends_at, sleep } = scene;
  if (line.chooses) return "hint.chooses";
  if (line.isUnsaved || (line.isWriting && kind !== "focus")) return hintOfLine(scene, line);
  if (sleep !== null) return null;
  switch (state) {
    case "idle":
      if (countdown_ends_at !== null) return "hint.countdown";
      if (kind !== "focus") return "hint.rest_next";
      return line.isWriting ? hintOfWriting(line) : "hint.idle";
    case "running":
      return null;
    case "paused":
      return "hint.paused";
    case "overflow":
      return "hint.overflow";
  }
}

function hintOfWriting({ completes, takes }: Line): TextKey {
  if (completes) return "hint.completes";
  return takes ? "hint.takes" : "hint.writing";
}

function hintOfLine({ state, kind }: Scene, { isWriting, isUnsaved }: Line): TextKey {
  if (kind === "focus") return isWriting ? "hint.unsaved_writing" : "hint.unsaved";
  if (state !== "idle") return isWriting ? "hint.noting" : "hint.noted";
  if (isWriting && isUnsaved) return "hint.noted_writing";
  return isUnsaved ? "hint.noted_rest_next" : "hint.rest_next";
}
