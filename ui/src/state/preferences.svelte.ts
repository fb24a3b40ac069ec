import * as backend from "../backend";
import type { Cycle, SettingChange, Settings } from "../backend";
import { coalesced } from "../logic/coalesce";

const CLASSIC: Cycle = {
  focus_minutes: 25,
  short_break_minutes: 5,
  long_break_minutes: 15,
  focuses: 4,
};

/** What a person set up, and follows them. */
export class Preferences {
  #settings: Settings | null = $state.raw(null);

  /** Nothing until the core was asked once. */
  get settings(): Settings | null {
    return this.#settings;
  }

  /** The custom lengths are still those that everybody begins with. */
  get customIsUntouched(): boolean {
    const cycle = this.#settings?.custom_cycle;
    if (cycle === undefined) return false;
    return (Object.keys(CLASSIC) as (keyof Cycle)[]).every((key) => cycle[key] === CLASSIC[key]);
  }

  refresh = coalesced(async () => {
    this.#settings = await backend.settings();
  });

  async change(change: SettingChange): Promise<void> {
    this.#settings = await backend.changeSetting(change);
  }
}
