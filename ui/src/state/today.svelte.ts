import * as backend from "../backend";
import type { Particle } from "../backend";
import { coalesced } from "../logic/coalesce";

/** The particles of today, in the order they were finished; breaks are no particles. */
export class Today {
  #particles: Particle[] = $state.raw([]);

  get particles(): Particle[] {
    return this.#particles;
  }

  refresh = coalesced(async () => {
    const particles = await backend.particlesToday();
    this.#particles = particles.filter(({ kind, deleted }) => kind === "focus" && !deleted);
  });
}
