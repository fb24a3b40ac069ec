/** A year as a picture for other programs: its dots, its months, and what it comes to. */

import { brightness, longest, monthStarts, weeksOf, type ChartDay } from "./chart";
import { partName } from "./span";

export type YearPicture = {
  days: ChartDay[];
  firstDay: number;
  locale: string;
  /** What the year is called, and what was done in it. */
  name: string;
  told: string;
};

/** The colours and the letters of the window. */
export type Look = {
  background: string;
  text: string;
  secondary: string;
  ornament: string;
  line: string;
  accent: string;
  font: string;
};

const PITCH = 28;
const RADIUS = PITCH * 0.36;
const MARGIN = 56;
const NAME_AT = 84;
const MONTHS_AT = 136;
const DOTS_AT = 152;

export function lookOf(page: HTMLElement): Look {
  const style = getComputedStyle(page);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    background: colour("background"),
    text: colour("text"),
    secondary: colour("secondary"),
    ornament: colour("ornament"),
    line: colour("line"),
    accent: colour("accent"),
    font: getComputedStyle(page.ownerDocument.body).fontFamily,
  };
}

/** Draws on `canvas`, which takes the size that the year needs. */
export function drawYear(canvas: HTMLCanvasElement, picture: YearPicture, look: Look): void {
  const weeks = weeksOf(picture.days, picture.firstDay);
  canvas.width = 2 * MARGIN + weeks.length * PITCH;
  canvas.height = DOTS_AT + 7 * PITCH + MARGIN;
  const brush = canvas.getContext("2d");
  if (brush === null) return;
  brush.fillStyle = look.background;
  brush.fillRect(0, 0, canvas.width, canvas.height);

  brush.fillStyle = look.text;
  brush.font = `500 40px ${look.font}`;
  brush.fillText(picture.name, MARGIN, NAME_AT);
  brush.fillStyle = look.secondary;
  brush.font = `24px ${look.font}`;
  brush.textAlign = "right";
  brush.fillText(picture.told, canvas.width - MARGIN, NAME_AT);
  brush.textAlign = "left";
  brush.font = `20px ${look.font}`;
  for (const { week, day } of monthStarts(weeks)) {
    const month = partName(day, { month: "short" }, picture.locale);
    brush.fillText(month, MARGIN + week * PITCH, MONTHS_AT);
  }

  const bright = brightness(longest(picture.days));
  weeks.forEach((week, column) => {
    week.forEach((day, row) => {
      if (day === null) return;
      const isFilled = day.seconds > 0;
      brush.globalAlpha = isFilled ? bright(day.seconds) : 1;
      brush.fillStyle = isFilled ? look.accent : day.isAhead ? look.line : look.ornament;
      const [x, y] = [MARGIN + (column + 0.5) * PITCH, DOTS_AT + (row + 0.5) * PITCH];
      brush.beginPath();
      brush.arc(x, y, isFilled ? RADIUS : RADIUS * 0.4, 0, 2 * Math.PI);
      brush.fill();
    });
  });
  brush.globalAlpha = 1;
}
