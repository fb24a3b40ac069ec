import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as backend from "../backend";
import { particle, project } from "./fixtures";
import { Projects } from "./projects.svelte";
import { Recents } from "./recents.svelte";
import { Undo } from "./undo.svelte";

vi.mock("../backend");

const begin = async () => {
  vi.mocked(backend.projects).mockResolvedValue({ kept: [project("7", "Book")], deleted: [] });
  const projects = new Projects(new Undo());
  await projects.refresh();
  return { recents: new Recents(projects), projects };
};

beforeEach(() => {
  vi.spyOn(console, "warn").mockReturnValue();
  vi.useFakeTimers({ now: Date.parse("2026-03-01T12:00:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
  vi.resetAllMocks();
});

const done = [
  particle("1", { task: "Read" }),
  particle("2", { project_id: "7" }),
  particle("3", { project_id: "7" }),
];

test("the newest task stands first in one list, the likeliest in the other", async () => {
  vi.mocked(backend.particles).mockResolvedValue({ particles: done, next: null });
  const { recents, projects } = await begin();
  await recents.read();
  expect(recents.tasks.map(({ task }) => task)).toEqual(["Read", "Write"]);
  expect(recents.likely.map(({ task }) => task)).toEqual(["Write", "Read"]);

  vi.mocked(backend.projects).mockResolvedValue({ kept: [project("7", "Novel")], deleted: [] });
  await projects.refresh();
  expect(recents.tasks[1]?.project?.name, "it has the new name at once").toBe("Novel");
});

test("what was known stays where it cannot be read again", async () => {
  vi.mocked(backend.particles).mockResolvedValue({ particles: done, next: null });
  const { recents } = await begin();
  await recents.read();
  vi.mocked(backend.particles).mockRejectedValue(new Error("busy"));
  await recents.read();
  expect(recents.tasks).toHaveLength(2);
});

test("nothing of another profile comes late", async () => {
  let answer: (page: backend.ParticlePage) => void = () => undefined;
  vi.mocked(backend.particles).mockReturnValue(new Promise((resolve) => (answer = resolve)));
  const { recents } = await begin();
  const reading = recents.read();
  recents.forget();
  answer({ particles: done, next: null });
  await reading;
  expect(recents.tasks).toEqual([]);
});
