import { commands, events } from "./bindings";
import type { CoreEvent, ErrorCode, ErrorView, Look, StartRequest } from "./bindings";

export type {
  CoreEvent,
  ErrorCode,
  Kind,
  Language,
  Look,
  Opening,
  Particle,
  StartRequest,
  Status,
  Theme,
  TimerState,
} from "./bindings";

/** What the core refused: the code chooses the text, the message has the details. */
export class BackendError extends Error {
  override name = "BackendError";

  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }
}

type Result<T> = { status: "ok"; data: T } | { status: "error"; error: ErrorView };

/** The shell itself rejects with plain texts, for example for a command it does not allow. */
function asBackendError(error: unknown): BackendError {
  if (error instanceof BackendError) return error;
  if (typeof error === "object" && error !== null && "code" in error && "message" in error) {
    return new BackendError(error.code as ErrorCode, String(error.message));
  }
  return new BackendError("internal", error instanceof Error ? error.message : String(error));
}

async function value<T>(call: () => Promise<Result<T>>): Promise<T> {
  let result: Result<T>;
  try {
    result = await call();
  } catch (error) {
    throw asBackendError(error);
  }
  if (result.status === "error") throw asBackendError(result.error);
  return result.data;
}

export const open = () => value(() => commands.open());
/** The look can be read even where `open` fails. */
export const look = () => commands.look();
export const status = () => value(() => commands.status());
export const particlesToday = () => value(() => commands.particlesToday());

// `version` is that of the status the person was looking at.
export const start = (request: StartRequest, version: number) =>
  value(() => commands.start(request, version));
export const toggle = (version: number) => value(() => commands.toggle(version));
export const finish = (version: number) => value(() => commands.finish(version));
export const stop = (version: number) => value(() => commands.stop(version));

export const renameTask = (task: string) => value(() => commands.renameTask(task));
export const setLength = (minutes: number) => value(() => commands.setLength(minutes));
export const setLook = (look: Look) => value(() => commands.setLook(look));

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
