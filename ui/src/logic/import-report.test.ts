import { expect, test } from "vitest";
import type { ImportReport } from "../backend";
import { whatCame } from "./import-report";

test("new and newer rows came, and what was here is not named", () => {
  const report: ImportReport = {
    format: "particle_json",
    particles: { new: 120, changed: 7, unchanged: 3 },
    projects: { new: 0, changed: 0, unchanged: 12 },
    intentions: { new: 0, changed: 1, unchanged: 0 },
    settings: { new: 0, changed: 0, unchanged: 0 },
    skipped_count: 0,
    skipped: [],
  };
  expect(whatCame(report)).toEqual([
    { key: "data.came_particles", count: 127 },
    { key: "data.came_intentions", count: 1 },
  ]);
});
