import type { Kind, TimerState } from "../backend";
import type { TextKey, Values } from "../i18n";

export type Moment = { state: TimerState; kind: Kind; seconds: number; asleep: boolean };
export type Announcement = { key: TextKey; values: Values };

const EVERY_SECONDS = 300;
const LAST_SECONDS = 60;

const STARTED: Record<Kind, TextKey> = {
  focus: "announce.started",
  short_break: "announce.short_break",
  long_break: "announce.long_break",
};
const OFFERED: Record<Kind, TextKey> = {
  focus: "announce.ended",
  short_break: "announce.short_break_next",
  long_break: "announce.long_break_next",
};

const say = (key: TextKey, seconds: number): Announcement => ({
  key,
  values: { count: Math.ceil(seconds / 60) },
});

const passed = (mark: number, before: Moment, now: Moment) =>
  before.seconds > mark && now.seconds <= mark;

function milestone(before: Moment, now: Moment): Announcement | null {
  if (now.seconds === 0) return null;
  if (passed(LAST_SECONDS, before, now)) return say("announce.left", LAST_SECONDS);
  const mark = Math.ceil(now.seconds / EVERY_SECONDS) * EVERY_SECONDS;
  return passed(mark, before, now) ? say("announce.left", mark) : null;
}

/** What a screen reader hears between two looks at the clock; mostly nothing. */
export function announcement(before: Moment, now: Moment): Announcement | null {
  if (before.state === now.state && before.kind === now.kind && before.asleep === now.asleep) {
    if (now.state === "running") return milestone(before, now);
    const moved = now.state === "idle" && before.seconds !== now.seconds;
    return moved ? say("announce.length", now.seconds) : null;
  }
  switch (now.state) {
    case "idle":
      return say(OFFERED[now.kind], now.seconds);
    case "paused":
      if (now.asleep) return { key: "announce.asleep", values: {} };
      return say("announce.paused", now.seconds);
    case "overflow":
      return { key: "announce.over", values: {} };
    case "running": {
      const resumed = before.state === "paused" && before.kind === now.kind;
      return say(resumed ? "announce.resumed" : STARTED[now.kind], now.seconds);
    }
  }
}
