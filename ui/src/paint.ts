const PATIENCE_MS = 250;

// Asked for by name: a window that is not shown yet lays nothing out, and so asks for no font itself.
const fonts = ["100 1em 'JetBrains Mono'", "1em Inter"];
const loaded = Promise.all(fonts.map((font) => document.fonts.load(font)));

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * The fonts of the first picture are there, or late. Nothing waits for a frame: a hidden window gets
 * none, and is painted as soon as it is shown.
 */
export async function fontsAreThere(): Promise<void> {
  await Promise.race([loaded, pause(PATIENCE_MS)]);
}
