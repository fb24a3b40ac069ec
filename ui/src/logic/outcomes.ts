import type { Intention, IntentionStatus } from "../backend";
import type { TextKey } from "../i18n";
import type { Outcome } from "./evening";

/** What became of an intention, said beside it. */
export const OUTCOMES: Record<Outcome, TextKey> = {
  done: "intention.done",
  partly: "intention.partly",
  moved: "intention.moved",
  let_go: "intention.let_go",
};

export type Answer = { status: IntentionStatus; label: TextKey };

/** What can be answered; an outcome can be taken back, too. */
export function answersFor({ status }: Intention, ofYesterday: boolean): Answer[] {
  const moved = ofYesterday ? "intention.answer_today" : "intention.answer_tomorrow";
  const answers: Answer[] = [
    { status: "done", label: "intention.answer_done" },
    { status: "partly", label: "intention.answer_partly" },
    { status: "moved", label: moved },
    { status: "let_go", label: "intention.answer_let_go" },
  ];
  return status === "open"
    ? answers
    : [{ status: "open", label: "intention.answer_open" }, ...answers];
}
