/**
 * Which of the forms that an answer can have a client prefers.
 *
 * @module
 */

/** Whether a request prefers a media type to all of `others`: by weight (RFC 9110, 12.4.2), then by order. */
export function prefers(accept: string | undefined, type: string, others: readonly string[]): boolean {
  const ranges = accept?.toLowerCase().split(",").map(rangeOf) ?? [];
  const wanted = offerFor(ranges, type);
  return others.map((other) => offerFor(ranges, other)).every((other) =>
    wanted.weight > other.weight ||
    wanted.weight > 0 && wanted.weight === other.weight && wanted.place < other.place
  );
}

interface MediaRange {
  readonly range: string;
  readonly weight: number;
  readonly place: number;
}

/** Some clients, Java's own for one, leave out the zero before the point. */
function rangeOf(offer: string, place: number): MediaRange {
  const weight = /;\s*q=(\d+(?:\.\d*)?|\.\d+)/.exec(offer)?.[1] ?? "1";
  return { range: offer.split(";", 1)[0]?.trim() ?? "", weight: Number(weight), place };
}

/** The most specific range that takes in a media type is the one that counts. */
function offerFor(ranges: readonly MediaRange[], type: string): Omit<MediaRange, "range"> {
  const found = [type, type.replace(/\/.*/, "/*"), "*/*"].map((name) => ranges.find(({ range }) => range === name));
  return found.find((range) => range !== undefined) ?? { weight: 0, place: Infinity };
}
