/**
 * What administrators have decided of a day's rows holds when the same rows are sent again: one that was accepted is stored as
 * it was accepted, one that was rejected is left out.
 *
 * @module
 */
import type { AssetBar } from "../history/write.ts";
import type { Versioned } from "../store/collection.ts";
import type { QuarantineEntry } from "../store/quarantine.ts";
import { keyOf } from "./quarantine.ts";
import { acceptedBar, rowOfBar } from "./quarantined_bar.ts";
import type { SortedRows } from "./sort_rows.ts";

export interface DecidedRows extends SortedRows {
  /** Not to be judged again. */
  readonly accepted: readonly AssetBar[];
  /** Of how many rows nothing is stored. */
  readonly rejected: number;
}

/** `known` is all that the day has in quarantine. */
export function applyDecisions(known: readonly Versioned<QuarantineEntry>[], sorted: SortedRows): DecidedRows {
  const decided = new Map(known.map(({ value }) => [keyOf(value), value]));
  const decisionOn = (key: string): QuarantineEntry | undefined => {
    const entry = decided.get(key);
    return entry?.state === "waiting" ? undefined : entry;
  };
  const accepted = new Map<number, AssetBar>();
  let rejected = 0;
  function isOpen(assetNo: number, key: string): boolean {
    const entry = decisionOn(key);
    if (entry?.state === "accepted") accepted.set(assetNo, { assetNo, bar: acceptedBar(entry) });
    if (entry?.state === "rejected") rejected += 1;
    return entry === undefined;
  }
  const bars = sorted.bars.filter(({ assetNo, bar }) => isOpen(assetNo, keyOf({ assetNo, row: rowOfBar(bar) })));
  const quarantined = sorted.quarantined.filter((entry) => isOpen(entry.assetNo, keyOf(entry)));
  return {
    bars: bars.filter(({ assetNo }) => !accepted.has(assetNo)),
    ...{ quarantined, accepted: [...accepted.values()], rejected },
  };
}
