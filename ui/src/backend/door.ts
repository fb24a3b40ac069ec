import type { ErrorCode, ErrorView } from "./bindings";

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
export function asBackendError(error: unknown): BackendError {
  if (error instanceof BackendError) return error;
  if (typeof error === "object" && error !== null && "code" in error && "message" in error) {
    return new BackendError(error.code as ErrorCode, String(error.message));
  }
  return new BackendError("internal", error instanceof Error ? error.message : String(error));
}

/** What a command answered; throws a BackendError for everything else. */
export async function value<T>(call: () => Promise<Result<T>>): Promise<T> {
  let result: Result<T>;
  try {
    result = await call();
  } catch (error) {
    throw asBackendError(error);
  }
  if (result.status === "error") throw asBackendError(result.error);
  return result.data;
}
