import { invoke } from "@tauri-apps/api/core";
import type * as bindings from "./bindings";
import type { ErrorView, Particle, Preset } from "./bindings";

/** Lengths of one round, and how many focuses it has until the long break. */
export type Cycle = {
  focus_minutes: number;
  short_break_minutes: number;
  long_break_minutes: number;
  focuses: number;
};

export type Settings = {
  preset: Preset;
  custom_cycle: Cycle;
  overflow: boolean;
  auto_start_breaks: boolean;
  auto_start_focus: boolean;
  countdown_seconds: number;
  day_boundary_minutes: number;
  daily_goal: number | null;
};

/** The computer slept during a focus, and nobody has said yet what that time was. */
export type Sleep = {
  slept_at: string;
  woke_at: string;
  gap_seconds: number;
  can_count: boolean;
};

export type SleepAnswer = "continue" | "count" | "trim";

export type Status = bindings.Status & {
  preset: Preset;
  countdown_ends_at: string | null;
  sleep: Sleep | null;
  undo_until: string | null;
  round: { done: number; of: number };
  today: { goal: number | null };
};

export type SettingChange = {
  [Key in keyof Settings]: { key: Key; value: Settings[Key] };
}[keyof Settings];

/** A particle and the day in which it began, where it was lived, as `2026-03-01`. */
export type DatedParticle = Particle & { day: string };

export type Cursor = { started_at: string; id: string };

export type PageRequest = {
  kinds: "focus" | "break" | "all";
  from_day: string | null;
  to_day: string | null;
  /** The id of a project, or `none`. */
  project: string | null;
  /** A part of the task. */
  search: string | null;
  /** Deleted ones that can be restored, instead of those that are kept. */
  deleted: boolean;
  /** Where the page before ended. */
  after: Cursor | null;
  limit: number | null;
};

export type ParticlePage = {
  particles: DatedParticle[];
  /** Where the next page begins; nothing at the end. */
  next: Cursor | null;
};

export type NewParticle = {
  task: string;
  minutes: number;
  ended_at: string | null;
  project: string | null;
  id: string | null;
};

/** What to change about a particle; `null` leaves a part as it is. */
export type ParticleRequest = {
  id: string;
  task: string | null;
  minutes: number | null;
  started_at: string | null;
  /** The id of a project, or `none`. */
  project: string | null;
};

export type Project = {
  id: string;
  /** Not unique: two machines may make the same one without knowing of each other. */
  name: string;
  /** The grey of its dots, 0.3 to 1.0. */
  brightness: number;
  archived: boolean;
  deleted: boolean;
};

export type ProjectRequest =
  | { add: { name: string; brightness: number | null } }
  | { rename: [string, string] }
  | { set_brightness: [string, number] }
  | { archive: string }
  | { unarchive: string }
  | { delete: string }
  | { restore: string };

export type ProjectLists = { kept: Project[]; deleted: Project[] };

export type Opening = bindings.Opening & { status: Status };

type Typed<T> = { status: "ok"; data: T } | { status: "error"; error: ErrorView };

async function call<T>(command: string, args: Record<string, unknown> = {}): Promise<Typed<T>> {
  try {
    return { status: "ok", data: await invoke<T>(command, args) };
  } catch (error) {
    return { status: "error", error: error as ErrorView };
  }
}

export const pending = {
  skip: (version: number | null) => call<Status>("skip", { version }),
  undo: (version: number | null) => call<Status>("undo", { version }),
  answerSleep: (answer: SleepAnswer, version: number | null) =>
    call<Status>("answer_sleep", { answer, version }),
  choosePreset: (preset: Preset) => call<Status>("choose_preset", { preset }),
  settings: () => call<Settings>("settings"),
  today: () => call<string>("today"),
  particles: (request: PageRequest) => call<ParticlePage>("particles", { request }),
  addParticle: (particle: NewParticle) => call<Particle>("add_particle", { particle }),
  editParticle: (request: ParticleRequest) => call<Particle>("edit_particle", { request }),
  deleteParticle: (id: string) => call<Particle>("delete_particle", { id }),
  restoreParticle: (id: string) => call<Particle>("restore_particle", { id }),
  projects: () => call<ProjectLists>("projects"),
  changeProject: (request: ProjectRequest) => call<Project>("change_project", { request }),
  changeSetting: (change: SettingChange) => call<Settings>("change_setting", { change }),
};
