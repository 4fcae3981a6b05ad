/**
 * A shard's record: every write to its blocks or sheets checks and raises its version, so that two days written at once
 * cannot lose a bar. It holds the span of each asset's history and its newest close, so that a valuation of today reads nothing else.
 *
 * @module
 */
export interface Span {
  /** Days since 1970-01-01. */
  readonly firstDay: number;
  readonly lastDay: number;
  readonly lastClose: number;
}

interface StoredShard {
  readonly v: 1;
  /** By slot; a slot without history has a close of 0, which no bar has. */
  readonly firstDays: Uint16Array;
  readonly lastDays: Uint16Array;
  readonly lastCloses: Float64Array;
}

/** Spans by slot. */
export type Shard = ReadonlyMap<number, Span>;

export function encodeShard(shard: Shard): StoredShard {
  const slots = Math.max(-1, ...shard.keys()) + 1;
  const stored = {
    v: 1 as const,
    firstDays: new Uint16Array(slots),
    lastDays: new Uint16Array(slots),
    lastCloses: new Float64Array(slots),
  };
  for (const [slot, span] of shard) {
    stored.firstDays[slot] = span.firstDay;
    stored.lastDays[slot] = span.lastDay;
    stored.lastCloses[slot] = span.lastClose;
  }
  return stored;
}

/** No record at all is a shard without history. */
export function decodeShard(value: unknown): Map<number, Span> {
  if (value === null) return new Map();
  const stored = value as StoredShard;
  if (stored.v !== 1 || !(stored.lastCloses instanceof Float64Array)) {
    throw new TypeError("A shard is not of the form that this program reads");
  }
  const spans = new Map<number, Span>();
  for (const [slot, lastClose] of stored.lastCloses.entries()) {
    if (lastClose === 0) continue;
    spans.set(slot, { firstDay: stored.firstDays[slot] ?? 0, lastDay: stored.lastDays[slot] ?? 0, lastClose });
  }
  return spans;
}
