import { Channel } from "@tauri-apps/api/core";
import { commands, events } from "./bindings";
import type {
  Alerts,
  CodeRequest,
  CoreEvent,
  Days,
  Entity,
  Format,
  IntentionRequest,
  Joining,
  Look,
  NewParticle,
  Opening,
  OverlapPair,
  PageRequest,
  Particle,
  ParticleRequest,
  Preset,
  Progress,
  ProjectRequest,
  ServerChoice,
  SettingChange,
  SignInRequest,
  SleepAnswer,
  StartRequest,
  TogetherRequest,
} from "./bindings";
import { asBackendError, value } from "./door";

export type {
  AbsenceStatus,
  AccountStatus,
  AlertStatus,
  AlertTrial,
  Alerts,
  Backup,
  CodeRequest,
  CoreEvent,
  Cursor,
  Cycle,
  DatedParticle,
  DayTally,
  Days,
  ErrorCode,
  Format,
  ImportReport,
  Intention,
  IntentionRequest,
  IntentionStatus,
  JoinQuestion,
  Joining,
  Kind,
  Language,
  Look,
  NewParticle,
  Opening,
  Overlap,
  PageRequest,
  Particle,
  ParticlePage,
  ParticleRequest,
  PresentDay,
  Preset,
  Progress,
  Project,
  ProjectLists,
  ProjectRequest,
  ProjectTally,
  Proof,
  Refusal,
  Rhythm,
  ServerCheck,
  ServerChoice,
  SettingChange,
  Settings,
  SignInRequest,
  SleepAnswer,
  SleepStatus,
  StartRequest,
  Statistics,
  Status,
  SyncStatus,
  Tally,
  Theme,
  TimerState,
  Upload,
  Waiting,
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
/** What was done in `days`, added up. */
export const statistics = (days: Days) => value(() => commands.statistics(days));
export const addParticle = (particle: NewParticle) => value(() => commands.addParticle(particle));
export const editParticle = (request: ParticleRequest) =>
  value(() => commands.editParticle(request));
/** Takes an edit back: `before` is the particle as it was. */
export const putParticleBack = (before: Particle) => value(() => commands.putParticleBack(before));
export const deleteParticle = (id: string) => value(() => commands.deleteParticle(id));
export const restoreParticle = (id: string) => value(() => commands.restoreParticle(id));
/** Where, in `days`, two focuses have the same time and nobody decided about it. */
export const overlaps = (days: Days) => value(() => commands.overlaps(days));
export const keepBoth = ({ earlier, later }: OverlapPair, isKept: boolean) =>
  value(() => commands.keepBoth({ earlier, later }, isKept));
/** The later one as it is now, which may be deleted. */
export const trimOverlap = ({ earlier, later }: OverlapPair) =>
  value(() => commands.trimOverlap({ earlier, later }));
/** All of them, or none. Those that differ from before. */
export const changeTogether = (request: TogetherRequest) =>
  value(() => commands.changeTogether(request));
/** Takes changes back: `before` are the particles as they were. */
export const putBackTogether = (before: Particle[]) =>
  value(() => commands.putBackTogether(before));

export const projects = () => value(() => commands.projects());
export const changeProject = (request: ProjectRequest) =>
  value(() => commands.changeProject(request));

/** Of the day with this date; nothing where it has none. */
export const intention = (day: string) => value(() => commands.intention(day));
export const changeIntention = (request: IntentionRequest) =>
  value(() => commands.changeIntention(request));

export const settings = () => value(() => commands.settings());
export const changeSetting = (change: SettingChange) => value(() => commands.changeSetting(change));

/** Which keys a person chose, in place of all that they chose before. */
export const setKeys = (keys: Opening["keys"]) => value(() => commands.setKeys(keys));

export const absences = () => value(() => commands.absences());
export const askAboutAbsences = (asks: boolean) => value(() => commands.askAboutAbsences(asks));

export const alerts = () => value(() => commands.alerts());
export const setAlerts = (alerts: Alerts) => value(() => commands.setAlerts(alerts));
/** Answers when the sound is over. */
export const tryAlerts = () => value(() => commands.tryAlerts());

/** Who is signed in; nothing is asked of the server. */
export const account = () => value(() => commands.account());
export const signIn = (request: SignInRequest) => value(() => commands.signIn(request));
export const sendCode = (request: CodeRequest) => value(() => commands.sendCode(request));
export const join = (choice: Joining) => value(() => commands.join(choice));
export const changePassword = (password: string) => value(() => commands.changePassword(password));
export const changeEmail = (email: string) => value(() => commands.changeEmail(email));
export const signOut = (removeLocal: boolean) => value(() => commands.signOut(removeLocal));
export const signOutOthers = () => value(() => commands.signOutOthers());
export const deleteAccount = () => value(() => commands.deleteAccount());
export const checkServer = (server: ServerChoice) => value(() => commands.checkServer(server));

export const syncNow = () => value(() => commands.syncNow());
export const pauseSync = () => value(() => commands.pauseSync());
export const queue = () => value(() => commands.queue());
export const retryChange = (entity: Entity, id: string) =>
  value(() => commands.retryChange(entity, id));

/** Answers with the path of the file. */
export const exportAll = (format: Format) => value(() => commands.exportAll(format));
/** Keeps a PNG of a year beside what is exported; where that is. */
export const keepPicture = (year: number, picture: Uint8Array) =>
  value(() => commands.keepPicture(year, [...picture]));
/** Answers when all of it is in; with nothing where no file was chosen, or it was ended. */
export const importFile = (onprogress: (progress: Progress) => void) =>
  value(() => commands.importFile(new Channel(onprogress)));
export async function endImport(): Promise<void> {
  try {
    await commands.endImport();
  } catch (error) {
    throw asBackendError(error);
  }
}
export const backups = () => value(() => commands.backups());
export const makeBackup = () => value(() => commands.makeBackup());
export const restoreBackup = (name: string) => value(() => commands.restoreBackup(name));

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
