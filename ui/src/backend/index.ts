import { commands, events } from "./bindings";
import type {
  CoreEvent,
  Look,
  NewParticle,
  PageRequest,
  Particle,
  ParticleRequest,
  Preset,
  ProjectRequest,
  SettingChange,
  SleepAnswer,
  StartRequest,
} from "./bindings";
import { asBackendError, value } from "./door";

export type {
  CoreEvent,
  Cursor,
  Cycle,
  DatedParticle,
  ErrorCode,
  Kind,
  Language,
  Look,
  NewParticle,
  Opening,
  PageRequest,
  Particle,
  ParticlePage,
  ParticleRequest,
  PresentDay,
  Preset,
  Project,
  ProjectLists,
  ProjectRequest,
  SettingChange,
  Settings,
  SleepAnswer,
  SleepStatus,
  StartRequest,
  Status,
  Theme,
  TimerState,
} from "./bindings";
export { BackendError } from "./door";

export const open = () => value(() => commands.open());
/** The look can be read even where `open` fails. */
export const look = () => commands.look();
export const setLook = (look: Look) => value(() => commands.setLook(look));

export const status = () => value(() => commands.status());

// `version` is that of the status the person was looking at.
export const start = (request: StartRequest, version: number) =>
  value(() => commands.start(request, version));
export const toggle = (version: number) => value(() => commands.toggle(version));
export const finish = (version: number) => value(() => commands.finish(version));
export const stop = (version: number) => value(() => commands.stop(version));
export const skip = (version: number) => value(() => commands.skip(version));
export const undo = (version: number) => value(() => commands.undo(version));
export const answerSleep = (answer: SleepAnswer, version: number) =>
  value(() => commands.answerSleep(answer, version));

export const renameTask = (task: string) => value(() => commands.renameTask(task));
export const setLength = (minutes: number) => value(() => commands.setLength(minutes));
export const choosePreset = (preset: Preset) => value(() => commands.choosePreset(preset));

export const today = () => value(() => commands.today());
export const particlesToday = () => value(() => commands.particlesToday());
export const particles = (request: PageRequest) => value(() => commands.particles(request));
export const addParticle = (particle: NewParticle) => value(() => commands.addParticle(particle));
export const editParticle = (request: ParticleRequest) =>
  value(() => commands.editParticle(request));
/** Takes an edit back: `before` is the particle as it was. */
export const putParticleBack = (before: Particle) => value(() => commands.putParticleBack(before));
export const deleteParticle = (id: string) => value(() => commands.deleteParticle(id));
export const restoreParticle = (id: string) => value(() => commands.restoreParticle(id));

export const projects = () => value(() => commands.projects());
export const changeProject = (request: ProjectRequest) =>
  value(() => commands.changeProject(request));

export const settings = () => value(() => commands.settings());
export const changeSetting = (change: SettingChange) => value(() => commands.changeSetting(change));

/** Tells the shell that the first picture is painted and the window may be shown. */
export async function ready(): Promise<void> {
  try {
    await commands.ready();
  } catch (error) {
    throw asBackendError(error);
  }
}

/** Events are hints to look again; none of them carries the truth. */
export async function listen(hint: (event: CoreEvent) => void): Promise<() => void> {
  return events.coreEvent.listen(({ payload }) => {
    hint(payload);
  });
}
