import type { Refusal, Waiting } from "../backend";
import type { TextKey } from "../i18n";
import type { ViewName } from "./views";

export const ENTITIES: Record<Waiting["entity"], TextKey> = {
  particle: "waiting.particle",
  project: "waiting.project",
  intention: "waiting.intention",
  setting: "waiting.setting",
};

const FIELDS: Record<string, TextKey> = {
  kind: "waiting.kind",
  time: "waiting.time",
  task: "history.task",
  project_id: "history.project",
  preset: "preset.group",
  deleted: "waiting.deleted",
  name: "projects.name",
  brightness: "projects.brightness",
  archived: "waiting.archived",
  text: "waiting.text",
  status: "waiting.status",
  value: "waiting.value",
};

/** As they are called where they are set. */
const SETTINGS: Record<string, TextKey> = {
  preset: "preset.group",
  custom_cycle: "preset.custom",
  overflow: "settings.overflow",
  auto_start_breaks: "settings.auto_start_breaks",
  auto_start_focus: "settings.auto_start_focus",
  countdown_seconds: "settings.countdown",
  day_boundary_minutes: "settings.boundary",
  daily_goal: "settings.goal",
};

/** A particle that is new has so many fields that wait; their names say nothing then. */
const ALL_AT_LEAST = 4;

/** What it is called where that is for us to say; null where a person named it. */
export function givenName({ entity, id, title }: Waiting): TextKey | null {
  if (entity === "setting") return SETTINGS[id] ?? null;
  if (title !== "") return null;
  return entity === "particle" ? "history.unnamed" : "projects.unnamed";
}

/** The names of what waits; one stands for all of a row that is new. */
export function waitingFields({ fields }: Waiting): TextKey[] {
  if (fields.length >= ALL_AT_LEAST) return ["waiting.everything"];
  return fields.map((field) => FIELDS[field]).filter((name) => name !== undefined);
}

/** Why a server does not take it, as far as that can be told from the name of what is wrong. */
export function refusalText({ code }: Refusal): TextKey {
  if (code?.endsWith("_length") || code?.endsWith("_size")) return "waiting.too_long";
  if (code?.endsWith("_range")) return "waiting.out_of_range";
  if (code?.startsWith("unknown")) return "waiting.unknown";
  return "waiting.refused";
}

const PLACES: Record<Waiting["entity"], ViewName | null> = {
  particle: "history",
  project: "projects",
  intention: null,
  setting: "settings",
};

/** The view in which it can be edited. */
export const editedIn = ({ entity }: Waiting): ViewName | null => PLACES[entity];
