import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as backend from "../backend";
import { BackendError, type Intention, type IntentionRequest } from "../backend";
import { Intentions } from "./intentions.svelte";
import { Undo } from "./undo.svelte";

vi.mock("../backend");

const YESTERDAY = "2026-03-01";
const TODAY = "2026-03-02";
const TOMORROW = "2026-03-03";

let kept: Map<string, Intention>;
let undo: Undo;
let written: string | null;

const memory = {
  getItem: () => written,
  setItem: (_: string, text: string) => {
    written = text;
  },
};

function put(id: string, text = "Draft"): void {
  kept.set(id, { id, text, status: "open", project_id: null, deleted: false });
}

function change(request: IntentionRequest): Intention {
  const id = request.set?.day ?? request.delete ?? request.restore;
  if (typeof id !== "string") throw new Error("each names its day");
  const before = kept.get(id);
  const base = before ?? {
    id,
    text: "",
    status: "open" as const,
    project_id: null,
    deleted: false,
  };
  const { text, status } = request.set ?? { text: null, status: null };
  const after: Intention = {
    ...base,
    text: text ?? base.text,
    status: status ?? base.status,
    deleted: request.delete !== undefined,
  };
  kept.set(id, after);
  return after;
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(`${TODAY}T12:00:00`).getTime() });
  kept = new Map();
  undo = new Undo();
  written = null;
  vi.mocked(backend.today).mockResolvedValue({ date: TODAY, ends_at: "2026-03-03T03:00:00Z" });
  vi.mocked(backend.intention).mockImplementation((day) => {
    const found = kept.get(day);
    return Promise.resolve(found === undefined || found.deleted ? null : found);
  });
  vi.mocked(backend.changeIntention).mockImplementation((request) =>
    Promise.resolve(change(request)),
  );
});
afterEach(() => {
  vi.useRealTimers();
  vi.resetAllMocks();
});

const read = async () => {
  const intentions = new Intentions(undo, { find: () => null }, memory);
  await intentions.refresh();
  return intentions;
};

async function write(intentions: Intentions, text: string): Promise<void> {
  intentions.begin();
  intentions.write(text);
  await intentions.keep();
}

test("a sentence is kept, changed and taken away, and comes back", async () => {
  const intentions = await read();
  await write(intentions, " Draft ");
  expect(intentions.today?.text).toBe("Draft");
  expect(undo.offer).toBeNull();
  await write(intentions, "Letter");
  expect(undo.offer?.text).toBe("intention.was_changed");
  await write(intentions, "");
  expect(intentions.today).toBeNull();
  await undo.undo();
  expect(intentions.today?.text).toBe("Letter");
  await undo.undo();
  expect(intentions.today?.text).toBe("Draft");
});

test("what is left or stays the same is no change", async () => {
  put(TODAY);
  const intentions = await read();
  intentions.begin();
  intentions.write("Letter");
  intentions.drop();
  await write(intentions, "Draft");
  expect(backend.changeIntention).not.toHaveBeenCalled();
  expect(intentions.draft).toBeNull();
});

test("what could not be kept still stands there", async () => {
  const intentions = await read();
  const refusal = new BackendError("disk_full", "");
  vi.mocked(backend.changeIntention).mockRejectedValueOnce(refusal);
  await expect(write(intentions, "Draft")).rejects.toBe(refusal);
  expect(intentions.draft).toBe("Draft");
});

test("the evening wakes the question; one timer waits for it", async () => {
  put(TODAY);
  const intentions = await read();
  expect(intentions.question).toBeNull();
  const stop = intentions.follow();
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(5 * 3_600_000);
  expect(intentions.question?.id).toBe(TODAY);
  stop();
});

test("what is moved is the sentence of the next day, unless that has one", async () => {
  put(YESTERDAY);
  const intentions = await read();
  await intentions.answer("moved");
  expect([kept.get(YESTERDAY)?.status, intentions.today?.text]).toEqual(["moved", "Draft"]);
  await undo.undo();
  expect([intentions.question?.id, intentions.today]).toEqual([YESTERDAY, null]);

  put(TODAY, "Letter");
  await intentions.answer("moved");
  expect(intentions.today?.text).toBe("Letter");
});

test("after an answer or a delay nothing is asked again that day, in another window either", async () => {
  put(YESTERDAY);
  const intentions = await read();
  intentions.notNow();
  expect(intentions.question).toBeNull();
  expect((await read()).question).toBeNull();
  expect(backend.changeIntention).not.toHaveBeenCalled();
});

test("by name it is asked at any hour, and what was answered so is settled", async () => {
  put(TODAY);
  const intentions = await read();
  intentions.ask();
  expect(intentions.question?.id).toBe(TODAY);
  intentions.notNow();
  expect(intentions.question).toBeNull();
  intentions.ask();
  await intentions.answer("moved");
  expect(kept.get(TOMORROW)?.text).toBe("Draft");
  expect(intentions.question).toBeNull();
});

test.each(["{", "[]", '{"on":1,"about":[]}', "null"])("a memory of %s is none", async (text) => {
  written = text;
  put(YESTERDAY);
  expect((await read()).question?.id).toBe(YESTERDAY);
});
