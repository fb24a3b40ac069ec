import * as backend from "../backend";
import type { Intention, IntentionRequest, IntentionStatus } from "../backend";
import type { TextKey } from "../i18n";
import { coalesced } from "../logic/coalesce";
import { dueQuestion, settling, untilEvening_ms, type Settled } from "../logic/evening";
import { plusDays } from "../logic/span";
import type { Projects } from "./projects.svelte";
import type { Undo } from "./undo.svelte";

/** Where this machine remembers what was answered or put off. */
const MEMORY = "particle.evening";
const NOTHING: Settled = { on: "", about: [] };

type Memory = Pick<Storage, "getItem" | "setItem">;
type Change = { text?: string; status?: IntentionStatus; project?: string | null };
type Draft = { day: string; text: string };

/** The sentence of today, how it is written, and the question what became of it. */
export class Intentions {
  readonly #undo: Undo;
  readonly #projects: Pick<Projects, "find">;
  readonly #memory: Memory | null;

  #day: string | null = $state(null);
  #today: Intention | null = $state.raw(null);
  #yesterday: Intention | null = $state.raw(null);
  #now_ms = $state(Date.now());
  #settled: Settled = $state.raw(NOTHING);
  #draft: Draft | null = $state.raw(null);
  /** Asked for by name, whatever the hour. */
  #isWanted = $state(false);
  #isAnswering = false;

  readonly #due = $derived.by(() => this.#dueQuestion());

  constructor(undo: Undo, projects: Pick<Projects, "find">, memory: Memory | null) {
    this.#undo = undo;
    this.#projects = projects;
    this.#memory = memory;
    this.#settled = read(memory);
  }

  get today(): Intention | null {
    return this.#today;
  }

  /** The sentence as it is being written; nothing while nobody writes. */
  get draft(): string | null {
    return this.#draft?.text ?? null;
  }

  /** The intention that it is asked about. */
  get question(): Intention | null {
    return this.#isWanted && this.#today !== null ? this.#today : this.#due;
  }

  /** It was of the day before the present one. */
  isOfYesterday({ id }: Intention): boolean {
    return id !== this.#day;
  }

  refresh = coalesced(async () => {
    const { date } = await backend.today();
    const [today, yesterday] = await Promise.all([
      backend.intention(date),
      backend.intention(plusDays(date, -1)),
    ]);
    if (date !== this.#day) this.#isWanted = false;
    this.#day = date;
    this.#today = today;
    this.#yesterday = yesterday;
    this.#now_ms = Date.now();
  });

  /** Wakes up when the evening begins. For an effect: reads the day, returns the way to stop. */
  follow(): () => void {
    if (this.#day === null) return () => undefined;
    const left_ms = untilEvening_ms(this.#day, Date.now());
    if (left_ms === 0) return () => undefined;
    const waiting = setTimeout(() => (this.#now_ms = Date.now()), left_ms);
    return () => clearTimeout(waiting);
  }

  /** Somebody begins to write the sentence of today. */
  begin(): void {
    if (this.#day === null || this.#draft !== null) return;
    this.#draft = { day: this.#day, text: this.#today?.text ?? "" };
  }

  write(text: string): void {
    if (this.#draft !== null) this.#draft = { ...this.#draft, text };
  }

  /** Leaves the sentence as it was. */
  drop(): void {
    this.#draft = null;
  }

  /** Keeps what was written, for the day on which that was begun; nothing written takes it away. */
  async keep(): Promise<void> {
    const draft = this.#draft;
    this.#draft = null;
    if (draft === null) return;
    try {
      await this.#keep(draft);
    } catch (error) {
      // What could not be kept still stands there.
      this.#draft ??= draft;
      throw error;
    }
  }

  async #keep(draft: Draft): Promise<void> {
    const text = draft.text.trim();
    const before = await backend.intention(draft.day);
    if (text === (before?.text ?? "")) return;
    await this.#change(text === "" ? { delete: draft.day } : setting(draft.day, { text }));
    if (before === null) return;
    const done = text === "" ? "intention.was_removed" : "intention.was_changed";
    this.#did(before, done, () => this.#putBack(before));
  }

  /** Asks at once what became of the sentence of today. */
  ask(): void {
    this.#isWanted = true;
  }

  /** Not today again. */
  notNow(): void {
    const asked = this.question;
    this.#isWanted = false;
    if (asked !== null && asked === this.#due) this.#settle(asked);
  }

  /** Keeps what became of it. What is moved is the sentence of the next day, unless that has one. */
  async answer(status: IntentionStatus): Promise<void> {
    const asked = this.question;
    if (asked === null || this.#isAnswering) return;
    this.#isAnswering = true;
    try {
      // First, so that a sentence is rather there twice than gone.
      const moved = status === "moved" ? await this.#moveOn(asked) : null;
      await this.#change(setting(asked.id, { status }));
      this.#isWanted = false;
      const before = this.#settled;
      this.#settle(asked);
      if (status === asked.status) return;
      this.#did(asked, ANSWERED[status], async () => {
        await this.#putBack(asked);
        if (moved !== null) await this.#change({ delete: moved.id });
        // What was taken back was no answer.
        this.#remember(before);
      });
    } finally {
      this.#isAnswering = false;
    }
  }

  /** The intention that was made of it for the next day. */
  async #moveOn({ id, text, project_id }: Intention): Promise<Intention | null> {
    const next = plusDays(id, 1);
    if ((await backend.intention(next)) !== null) return null;
    // One that is gone, or has not arrived, would be refused.
    const project = this.#projects.find(project_id)?.id ?? null;
    return backend.changeIntention(setting(next, { text, project }));
  }

  #did({ id }: Intention, text: TextKey, undo: () => Promise<void>): void {
    this.#undo.did({ text, values: {}, row: id, undo });
  }

  async #putBack({ id, text, status }: Intention): Promise<void> {
    const isThere = (await backend.intention(id)) !== null;
    await this.#change(isThere ? setting(id, { text, status }) : { restore: id });
  }

  async #change(request: IntentionRequest): Promise<void> {
    await backend.changeIntention(request);
    await this.refresh();
  }

  #dueQuestion(): Intention | null {
    if (this.#day === null) return null;
    return dueQuestion({
      day: this.#day,
      now_ms: this.#now_ms,
      today: this.#today,
      yesterday: this.#yesterday,
      settled: this.#settled,
    });
  }

  #settle({ id }: Intention): void {
    if (this.#day !== null) this.#remember(settling(this.#settled, this.#day, id));
  }

  #remember(settled: Settled): void {
    this.#settled = settled;
    try {
      this.#memory?.setItem(MEMORY, JSON.stringify(settled));
    } catch (error) {
      // Without a place to write it lasts as long as the window.
      console.warn(error);
    }
  }
}

const ANSWERED: Record<IntentionStatus, TextKey> = {
  open: "intention.was_open",
  done: "intention.was_done",
  partly: "intention.was_partly",
  moved: "intention.was_moved",
  let_go: "intention.was_let_go",
};

function setting(day: string, { text, status, project }: Change): IntentionRequest {
  return { set: { day, text: text ?? null, status: status ?? null, project: project ?? null } };
}

function read(memory: Memory | null): Settled {
  try {
    const known: unknown = JSON.parse(memory?.getItem(MEMORY) ?? "null");
    return isSettled(known) ? known : NOTHING;
  } catch (error) {
    console.warn(error);
    return NOTHING;
  }
}

function isSettled(known: unknown): known is Settled {
  if (typeof known !== "object" || known === null) return false;
  if (!("on" in known) || !("about" in known) || !Array.isArray(known.about)) return false;
  return typeof known.on === "string" && known.about.every((day) => typeof day === "string");
}
