import { expect, test } from "vitest";
import { coalesced } from "./coalesce";

function gate() {
  const open: (() => void)[] = [];
  return { open, wait: () => new Promise<void>((resolve) => open.push(resolve)) };
}

test("many questions during one run are answered by one more run", async () => {
  const { open, wait } = gate();
  const ask = coalesced(wait);
  const first = ask();
  const second = ask();
  const third = ask();
  expect(open).toHaveLength(1);
  open[0]?.();
  await first;
  await Promise.resolve();
  expect(open).toHaveLength(2);
  open[1]?.();
  await Promise.all([second, third]);
  expect(open).toHaveLength(2);
});

test("a run that failed does not stop the next", async () => {
  let runs = 0;
  const ask = coalesced(() => {
    runs += 1;
    return runs === 1 ? Promise.reject(new Error("first")) : Promise.resolve();
  });
  const first = ask();
  const second = ask();
  await expect(first).rejects.toThrow("first");
  await expect(second).resolves.toBeUndefined();
  expect(runs).toBe(2);
});
