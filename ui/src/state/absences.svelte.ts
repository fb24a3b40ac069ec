import * as backend from "../backend";
import type { AbsenceStatus } from "../backend";
import { coalesced } from "../logic/coalesce";

/** Whether this machine asks what to make of a time in which nobody was at it. */
export class AbsenceChoice {
  #status: AbsenceStatus | null = $state.raw(null);

  /** Nothing until the shell was asked once. */
  get status(): AbsenceStatus | null {
    return this.#status;
  }

  refresh = coalesced(async () => {
    this.#status = await backend.absences();
  });

  async ask(asks: boolean): Promise<void> {
    this.#status = await backend.askAboutAbsences(asks);
  }
}
