import * as backend from "../backend";
import type { Particle } from "../backend";
import { coalesced } from "../logic/coalesce";

/** How long is waited at least before asking again whether the day is over. */
const AGAIN_MS = 10_000;

/** The particles of today, in the order they were finished. */
export class Today {
  #particles: Particle[] = $state.raw([]);
  #endsAt: string | null = $state(null);

  get particles(): Particle[] {
    return this.#particles;
  }

  refresh = coalesced(async () => {
    const [day, newestFirst] = await Promise.all([backend.today(), backend.particlesToday()]);
    this.#endsAt = day.ends_at;
    this.#particles = newestFirst.reverse();
  });

  /**
   * Calls `over` when the day is over, and until the core says that another one began. For an effect:
   * reads the day, returns the way to stop.
   */
  follow(over: () => void): () => void {
    if (this.#endsAt === null) return () => undefined;
    const wake = () => {
      waiting = setTimeout(wake, AGAIN_MS);
      over();
    };
    const left_ms = Date.parse(this.#endsAt) - Date.now();
    let waiting = setTimeout(wake, Math.max(left_ms, 0));
    return () => clearTimeout(waiting);
  }
}
