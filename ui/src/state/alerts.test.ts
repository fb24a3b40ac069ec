import { beforeEach, expect, test, vi } from "vitest";
import * as backend from "../backend";
import type { Alerts, AlertTrial } from "../backend";
import { AlertChoice } from "./alerts.svelte";

vi.mock("../backend");

const ALERTS: Alerts = { notifications: true, sound: true, volume: 60, sound_file: null };

beforeEach(() => {
  vi.resetAllMocks();
  vi.mocked(backend.alerts).mockResolvedValue({ alerts: ALERTS, file_is_playable: true });
  vi.mocked(backend.setAlerts).mockImplementation((alerts) =>
    Promise.resolve({ alerts, file_is_playable: alerts.sound_file === null }),
  );
});

test("a change leaves the rest as it is and shows what was kept", async () => {
  const choice = new AlertChoice();
  await choice.refresh();
  await choice.change({ volume: 20 });
  await choice.change({ sound_file: "/home/me/gong.wav" });
  expect(backend.setAlerts).toHaveBeenLastCalledWith({
    ...ALERTS,
    volume: 20,
    sound_file: "/home/me/gong.wav",
  });
  expect(choice.status?.file_is_playable).toBe(false);
});

test("nothing is changed before it is known what is chosen", async () => {
  await new AlertChoice().change({ volume: 20 });
  expect(backend.setAlerts).not.toHaveBeenCalled();
});

test("it is tried once at a time, and what came of it holds until something else is chosen", async () => {
  const choice = new AlertChoice();
  await choice.refresh();
  let end: (trial: AlertTrial) => void = () => undefined;
  vi.mocked(backend.tryAlerts).mockReturnValue(new Promise((resolve) => (end = resolve)));
  const first = choice.tryOut();
  await choice.tryOut();
  expect(backend.tryAlerts).toHaveBeenCalledOnce();
  expect(choice.isTrying).toBe(true);
  end({ notified: false, played: null });
  await first;
  expect(choice.isTrying).toBe(false);
  expect(choice.trial?.notified).toBe(false);
  await choice.change({ notifications: false });
  expect(choice.trial).toBeNull();
});

test("it can be tried again after it failed", async () => {
  const choice = new AlertChoice();
  vi.mocked(backend.tryAlerts).mockRejectedValue(new Error("no"));
  await expect(choice.tryOut()).rejects.toThrow("no");
  expect(choice.isTrying).toBe(false);
});
