/**
 * Lengths of time as people say them.
 *
 * @module
 */
const HOUR_SECONDS = 3_600;
const DAY_HOURS = 24;

export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < HOUR_SECONDS) return `${minutes} min`;
  return hours < DAY_HOURS
    ? `${hours} h ${minutes % 60} min`
    : `${Math.floor(hours / DAY_HOURS)} d ${hours % DAY_HOURS} h`;
}

/** Of two instants. */
export const durationBetween = (from: string, to: string): string =>
  duration(Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1_000)));
