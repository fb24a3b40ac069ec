import * as backend from "../backend";
import type { Statistics } from "../backend";
import { locale } from "../i18n";
import { coalesced } from "../logic/coalesce";
import { firstWeekday, isWithin, moved, periodOf, type Period, type Span } from "../logic/span";

/** Which period is looked at: the one that `day` is in, the present one without. */
type Question = { span: Span; day: string | null };

/** What the core counted for a period. */
export type Shown = {
  period: Period;
  statistics: Statistics;
  today: string;
  /** The day that a week begins with, as `weekday` counts. */
  firstDay: number;
};

/** A week, month or year of the past, added up by the core. */
export class Looking {
  readonly #firstDay: () => number;
  #question: Question = $state.raw({ span: "week", day: null });
  /** The answer to the question before stays until there is another. */
  #shown: Shown | null = $state.raw(null);
  #isOpen = false;

  /** What the charts show is written as tables instead. */
  asTable = $state(false);

  constructor(firstDay: () => number = () => firstWeekday(locale())) {
    this.#firstDay = firstDay;
  }

  get span(): Span {
    return this.#question.span;
  }

  get shown(): Shown | null {
    return this.#shown;
  }

  /** Nothing comes after what is shown. */
  get isPresent(): boolean {
    const shown = this.#shown;
    return shown === null || isWithin(shown.today, shown.period);
  }

  /**
   * Begins to follow the period that `day` is in; one that nobody looks at is not read. Without a day it
   * is the present one, or where a period is followed already, one at that.
   */
  async open(span: Span, day: string | null = null): Promise<void> {
    const followed = this.#isOpen ? this.#question.day : null;
    this.#isOpen = true;
    await this.#ask({ span, day: day ?? followed });
  }

  close(): void {
    this.#isOpen = false;
    this.#shown = null;
  }

  /** So many periods later, as far as the present one. */
  async move(by: number): Promise<void> {
    const today = this.#shown?.today;
    if (today === undefined) return;
    const { span, day } = this.#question;
    const next = moved(day ?? today, span, by);
    const isPast = next < periodOf(span, today, this.#firstDay()).from;
    await this.#ask({ span, day: isPast ? next : null });
  }

  async moveToPresent(): Promise<void> {
    await this.#ask({ span: this.span, day: null });
  }

  async refresh(): Promise<void> {
    if (this.#isOpen) await this.#read();
  }

  async #ask(question: Question): Promise<void> {
    this.#question = question;
    await this.#read();
  }

  readonly #read = coalesced(async () => {
    const question = this.#question;
    const { date: today } = await backend.today();
    const firstDay = this.#firstDay();
    const period = periodOf(question.span, question.day ?? today, firstDay);
    const statistics = await backend.statistics({ from: period.from, to: period.to });
    if (question !== this.#question || !this.#isOpen) return;
    this.#shown = { period, statistics, today, firstDay };
  });
}
