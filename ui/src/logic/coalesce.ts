/**
 * Runs `work` one at a time. Calls during a run are answered by a single run after it, so that
 * whatever asked sees a state read after its question.
 */
export function coalesced(work: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  const run = (): Promise<void> => {
    current = work().finally(() => {
      current = null;
    });
    return current;
  };

  return () => {
    if (current === null) return run();
    next ??= current
      .catch(() => undefined)
      .then(() => {
        next = null;
        return run();
      });
    return next;
  };
}
