import * as backend from "../backend";
import type { Alerts, AlertStatus, AlertTrial } from "../backend";
import { coalesced } from "../logic/coalesce";

/** How this machine tells that a focus or a break is over. */
export class AlertChoice {
  #status: AlertStatus | null = $state.raw(null);
  #trial: AlertTrial | null = $state.raw(null);
  #isTrying = $state(false);

  /** Nothing until the shell was asked once. */
  get status(): AlertStatus | null {
    return this.#status;
  }

  /** What came of trying it, until something else is chosen. */
  get trial(): AlertTrial | null {
    return this.#trial;
  }

  get isTrying(): boolean {
    return this.#isTrying;
  }

  refresh = coalesced(async () => {
    this.#status = await backend.alerts();
  });

  async change(change: Partial<Alerts>): Promise<void> {
    if (this.#status === null) return;
    this.#trial = null;
    this.#status = await backend.setAlerts({ ...this.#status.alerts, ...change });
  }

  /** One at a time: a second bell would be heard as one. */
  async tryOut(): Promise<void> {
    if (this.#isTrying) return;
    this.#isTrying = true;
    this.#trial = null;
    try {
      this.#trial = await backend.tryAlerts();
    } finally {
      this.#isTrying = false;
    }
  }
}
