import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as backend from "../backend";
import { particle, project } from "./fixtures";
import { Palette } from "./palette.svelte";
import { Projects } from "./projects.svelte";
import { Recents } from "./recents.svelte";
import { Undo } from "./undo.svelte";

vi.mock("../backend");

/** What a browser keeps of it. */
const memory = (kept: string | null = null) => {
  let text = kept;
  return {
    getItem: () => text,
    setItem: (_: string, written: string) => void (text = written),
  };
};

const command = (id: string) => ({ id, group: "timer" }) as const;

const begin = async (kept: ReturnType<typeof memory> | null = memory()) => {
  vi.mocked(backend.projects).mockResolvedValue({ kept: [project("7", "Book")], deleted: [] });
  const projects = new Projects(new Undo());
  await projects.refresh();
  return new Palette(new Recents(projects), kept);
};

beforeEach(() => {
  vi.spyOn(console, "warn").mockReturnValue();
});
afterEach(() => vi.resetAllMocks());

test("it opens at once, and the tasks of late come with their projects", async () => {
  vi.mocked(backend.particles).mockResolvedValue({
    particles: [particle("1", { project_id: "7" }), particle("2", { project_id: "7" })],
    next: null,
  });
  const palette = await begin();
  const opening = palette.open();
  expect(palette.isOpen).toBe(true);
  expect(palette.tasks).toEqual([]);
  await opening;
  expect(palette.tasks).toEqual([{ task: "Write", project: { id: "7", name: "Book" } }]);
  palette.close();
  expect(palette.isOpen).toBe(false);
});

test("it is there without tasks where they cannot be read", async () => {
  vi.mocked(backend.particles).mockRejectedValue(new Error("busy"));
  const palette = await begin();
  await palette.open();
  expect(palette.isOpen).toBe(true);
  expect(palette.tasks).toEqual([]);
});

test("what was used is remembered by the next window", async () => {
  const kept = memory();
  const palette = await begin(kept);
  palette.used(command("a"));
  palette.used(command("b"));
  palette.used(command("a"));
  expect(palette.recent).toEqual(["a", "b"]);
  expect((await begin(kept)).recent).toEqual(["a", "b"]);
});

test("a task is not written beside its particles", async () => {
  const kept = memory();
  const palette = await begin(kept);
  palette.used({ id: "task none Secret", group: "tasks" });
  expect(palette.recent).toEqual([]);
  expect(kept.getItem()).toBeNull();
});

test.each(["", "{", "null", '{"a":1}', '[1,null,"a"]'])(
  "a memory that is damaged forgets what cannot be read: %j",
  async (text) => {
    const palette = await begin(memory(text));
    expect(palette.recent).toEqual(text.endsWith('"a"]') ? ["a"] : []);
  },
);

test("without a place to write, it remembers as long as the window is open", async () => {
  const full = {
    getItem: () => null,
    setItem: () => {
      throw new Error("full");
    },
  };
  for (const place of [null, full]) {
    const palette = await begin(place);
    palette.used(command("a"));
    expect(palette.recent).toEqual(["a"]);
  }
});
