import * as backend from "../backend";
import type { Particle } from "../backend";
import { coalesced } from "../logic/coalesce";

/** The particles of today, in the order they were finished. */
export class Today {
  #particles: Particle[] = $state.raw([]);

  get particles(): Particle[] {
    return this.#particles;
  }

  refresh = coalesced(async () => {
    const newestFirst = await backend.particlesToday();
    this.#particles = newestFirst.reverse();
  });
}
