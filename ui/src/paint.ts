const PATIENCE_MS = 250;

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * The first picture is on the screen, in the right fonts. A window that is not shown yet may get no
 * frames at all, so the wait has an end.
 */
export async function firstPaint(): Promise<void> {
  const painted = document.fonts.ready.then(frame).then(frame);
  await Promise.race([painted, pause(PATIENCE_MS)]);
}
