import type {
  AccountStatus,
  DatedParticle,
  DayTally,
  Project,
  Statistics,
  Status,
  Waiting,
} from "../backend";

/** A status with nothing going on, for tests. */
export const status = (changes: Partial<Status> = {}): Status => ({
  version: 5,
  state: "idle",
  kind: "focus",
  task: "",
  project: null,
  next_task: "",
  next_project: null,
  planned_seconds: 1500,
  started_at: null,
  ends_at: null,
  remaining_seconds: 1500,
  overflow_seconds: 0,
  preset: "classic",
  countdown_ends_at: null,
  sleep: null,
  undo_until: null,
  round: { done: 0, of: 4 },
  today: { particles: 0, focus_seconds: 0, goal: null },
  sync: {
    state: "local",
    pending: 0,
    refused: 0,
    last_at: null,
    reason: null,
    is_paused: false,
    next_at: null,
    upload: null,
  },
  ...changes,
});

/** A particle of the first of March, for tests. */
export const particle = (id: string, changes: Partial<DatedParticle> = {}): DatedParticle => ({
  id,
  kind: "focus",
  task: "Write",
  project_id: null,
  started_at: "2026-03-01T10:00:00Z",
  ended_at: "2026-03-01T10:25:00Z",
  planned_seconds: 1500,
  duration_seconds: 1500,
  overflow_seconds: 0,
  utc_offset_minutes: 0,
  preset: "classic",
  deleted: false,
  day: "2026-03-01",
  ...changes,
});

/** A white project, for tests. */
export const project = (id: string, name: string, changes: Partial<Project> = {}): Project => ({
  id,
  name,
  brightness: 1,
  archived: false,
  deleted: false,
  ...changes,
});

/** A change of a task that waits for the server, for tests. */
export const change = (changes: Partial<Waiting> = {}): Waiting => ({
  entity: "particle",
  id: "1",
  title: "Write",
  fields: ["task"],
  attempts: 0,
  refusal: null,
  ...changes,
});

/** An account of nobody, for tests. */
export const account = (changes: Partial<AccountStatus> = {}): AccountStatus => ({
  signed_in: false,
  email: null,
  tier: null,
  user_id: null,
  server: null,
  kept_in: null,
  mail_sent_to: null,
  new_email: null,
  question: null,
  ...changes,
});

/** So many minutes of focus, and one particle, on a day, for tests. */
export const tally = (day: string, minutes: number): DayTally => ({
  day,
  particles: 1,
  focus_seconds: minutes * 60,
  break_seconds: 0,
});

/** So many minutes of focus on one day, for tests. */
export const statistics = (day: string, minutes = 25): Statistics => {
  const { particles, focus_seconds, break_seconds } = tally(day, minutes);
  return {
    total: { particles, focus_seconds, break_seconds },
    days: [tally(day, minutes)],
    projects: [{ project_id: null, name: null, particles, focus_seconds }],
    rhythm: null,
  };
};
