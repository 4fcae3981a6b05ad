/**
 * Text in charts: numbers and days as readers write them, and how much of it fits, since nothing here can measure a font.
 *
 * @module
 */
import { DAY_MS } from "../day.ts";

/** Mean width of a character, as a share of the font's size; a little more than sans-serif fonts need. */
const CHARACTER = 0.58;

export const widthOf = (text: string, size: number): number => [...text].length * size * CHARACTER;

/** As much of a text as fits, and an ellipsis for the rest; nothing where not even that is of use. */
export function clipped(text: string, width: number, size: number): string {
  if (widthOf(text, size) <= width) return text;
  const count = Math.floor(width / (size * CHARACTER)) - 1;
  return count < 2 ? "" : `${[...text].slice(0, count).join("")}…`;
}

/** The first of several wordings that fits, or as much of the last as does. */
export const fitting = (wordings: readonly string[], width: number, size: number): string =>
  wordings.find((text) => widthOf(text, size) <= width) ?? clipped(wordings.at(-1) ?? "", width, size);

const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 4 });
/** A proper minus, and none before what is zero when it is rounded. */
const minus = (text: string): string => text.replace(/^-(?=[0.,]*$)/, "").replace(/^-/, "−");

const scientific = new Intl.NumberFormat("en-US", { notation: "scientific", maximumSignificantDigits: 2 });
/** Outside of these the other notation is shorter. */
const [SMALLEST_COMPACT, LARGEST_COMPACT] = [1e-3, 1e15];

/** A number on an axis: `12.5K`, `1.2M`, `2E-12`. */
export function compactNumber(value: number): string {
  const size = Math.abs(value);
  const isExtreme = size !== 0 && size < SMALLEST_COMPACT || size >= LARGEST_COMPACT;
  return minus((isExtreme ? scientific : compact).format(value));
}

/** A decimal with its thousands apart, to two places. */
export const groupedNumber = (value: number): string =>
  minus(new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 }).format(value));

export const percent = (fraction: number, digits = 1): string => `${minus((fraction * 100).toFixed(digits))} %`;

/** From here on percentages have too many digits for an axis. */
const MANY_TIMES = 100;

/** The same on an axis: `−5 %`, `−100M %`. */
export const percentTick = (fraction: number, digits: number): string =>
  Math.abs(fraction) < MANY_TIMES ? percent(fraction, digits) : `${compactNumber(fraction * 100)} %`;

export const twoPlaces = (value: number): string => minus(value.toFixed(2));

const dateFormat = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });
const [byYear, byMonth, byDay, byFullDay] = [
  dateFormat({ year: "numeric" }),
  dateFormat({ month: "short", year: "numeric" }),
  dateFormat({ day: "numeric", month: "short" }),
  dateFormat({ day: "numeric", month: "short", year: "numeric" }),
];

/** How the days on an axis are told, by how long it is; single days with the year where it is not that of the day before them. */
export function dayLabels(days: readonly Date[], from: Date, to: Date): string[] {
  const length = (to.getTime() - from.getTime()) / DAY_MS;
  const format = length > 4 * 365 ? byYear : length > 75 ? byMonth : byDay;
  const isOfNewYear = (day: Date, i: number) => day.getUTCFullYear() !== days[i - 1]?.getUTCFullYear();
  return days.map((day, i) => (format === byDay && isOfNewYear(day, i) ? byFullDay : format).format(day));
}

/** Two places are a hundredth of a pixel. */
export const px = (value: number): number => Math.round(value * 100) / 100;
