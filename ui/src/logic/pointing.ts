import { on } from "svelte/events";

const dayAt = ({ target }: Event): string | null =>
  target instanceof Element
    ? (target.closest<SVGElement>("[data-day]")?.dataset["day"] ?? null)
    : null;

/**
 * Tells which day of a chart a pointer is over, and which one it presses. Parts of the chart name their
 * day in `data-day`.
 */
export function pointer(
  onpoint: (day: string | null) => void,
  onpress: (day: string) => void,
): (chart: Element) => () => void {
  return (chart) => {
    let over: string | null = null;
    const point = (day: string | null) => {
      if (day !== over) onpoint((over = day));
    };
    const offs = [
      on(chart, "pointermove", (event) => point(dayAt(event))),
      on(chart, "pointerleave", () => point(null)),
      on(chart, "click", (event) => {
        const day = dayAt(event);
        if (day !== null) onpress(day);
      }),
    ];
    return () => {
      offs.forEach((off) => off());
      point(null);
    };
  };
}
