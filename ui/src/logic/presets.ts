import type { Cycle, Preset } from "../backend";
import type { TextKey } from "../i18n";

/** The presets in the order of their keys, 1 to 4; the lengths of the last one are the person's own. */
export const PRESETS: { id: Preset; label: TextKey; cycle: Cycle | null }[] = [
  { id: "classic", label: "preset.classic", cycle: cycle(25, 5, 15, 4) },
  { id: "deep_work", label: "preset.deep_work", cycle: cycle(52, 17, 30, 2) },
  { id: "ultradian", label: "preset.ultradian", cycle: cycle(90, 20, 30, 2) },
  { id: "custom", label: "preset.custom", cycle: null },
];

function cycle(focus: number, short: number, long: number, focuses: number): Cycle {
  return {
    focus_minutes: focus,
    short_break_minutes: short,
    long_break_minutes: long,
    focuses,
  };
}
