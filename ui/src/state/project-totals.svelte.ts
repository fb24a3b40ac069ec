import * as backend from "../backend";
import { locale } from "../i18n";
import { coalesced } from "../logic/coalesce";
import { firstWeekday, periodOf } from "../logic/span";

export type Spent = { seconds: number; particles: number };

/** What was spent on a project: in the present week and month, and since it began. */
export type Totals = { week: Spent; month: Spent; ever: Spent };

type Asked = { project: string };

const NOTHING: Spent = { seconds: 0, particles: 0 };

/** The totals of the one project that is looked at, added up by the core. */
export class ProjectTotals {
  readonly #firstDay: () => number;
  #asked: Asked | null = $state.raw(null);
  #shown: (Asked & { totals: Totals }) | null = $state.raw(null);

  constructor(firstDay: () => number = () => firstWeekday(locale())) {
    this.#firstDay = firstDay;
  }

  /** Nothing until the core has answered for this project. */
  of(project: string): Totals | null {
    return this.#shown?.project === project ? this.#shown.totals : null;
  }

  /** Begins to follow a project; without one nothing is read. */
  async open(project: string | null): Promise<void> {
    this.#asked = project === null ? null : { project };
    if (this.#asked === null) this.#shown = null;
    await this.refresh();
  }

  async refresh(): Promise<void> {
    if (this.#asked !== null) await this.#read();
  }

  readonly #read = coalesced(async () => {
    const asked = this.#asked;
    if (asked === null) return;
    const { date } = await backend.today();
    const within = (span: "week" | "month") => {
      const { from, to } = periodOf(span, date, this.#firstDay());
      return spent(asked.project, { from, to });
    };
    const [week, month, ever] = await Promise.all([
      within("week"),
      within("month"),
      spent(asked.project, { from: null, to: null }),
    ]);
    if (asked !== this.#asked) return;
    this.#shown = { ...asked, totals: { week, month, ever } };
  });
}

async function spent(project: string, days: backend.Days): Promise<Spent> {
  const { projects } = await backend.statistics(days);
  const tally = projects.find(({ project_id }) => project_id === project);
  return tally ? { seconds: tally.focus_seconds, particles: tally.particles } : NOTHING;
}
