import * as backend from "../backend";
import type { Look, Opening } from "../backend";

type Spoken = Opening["system_language"];

/** Theme and language: what was chosen, and what follows from it. */
export class Appearance {
  #look: Look;
  readonly #system: Spoken;

  readonly #language = $derived.by(() =>
    this.#look.language === "system" ? this.#system : this.#look.language,
  );

  constructor(look: Look, system: Spoken) {
    this.#look = $state.raw(look);
    this.#system = system;
  }

  get look(): Look {
    return this.#look;
  }

  get language(): Spoken {
    return this.#language;
  }

  async choose(change: Partial<Look>): Promise<void> {
    this.#look = await backend.setLook({ ...this.#look, ...change });
  }
}
