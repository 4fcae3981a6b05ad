/** A place on a line, in the order of time. */
export interface Point {
  /** Milliseconds. */
  readonly at: number;
  readonly value: number;
}

/**
 * The points that a line of some pixels shows: of each column of pixels the first, the lowest, the highest and the last, so
 * that the line looks as it would with all of them (M4; Jugel and others 2014).
 */
export function thinned(points: readonly Point[], pixels: number): readonly Point[] {
  const columns = Math.max(1, Math.floor(pixels));
  if (points.length <= 4 * columns) return points;
  return Array.from({ length: columns }, (_, column) => {
    const part = points.slice(
      Math.floor(column * points.length / columns),
      Math.floor((column + 1) * points.length / columns),
    );
    return kept(part);
  }).flat();
}

function kept(part: readonly Point[]): readonly Point[] {
  const byValue = part.toSorted((a, b) => a.value - b.value);
  const shown = new Set([part[0], byValue[0], byValue.at(-1), part.at(-1)]);
  return part.filter((point) => shown.has(point));
}
