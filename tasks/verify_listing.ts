/**
 * What one look at a store has found, in lines: the faults, and what to do about each kind of them.
 *
 * @module
 */
import { adviceOn, type Left } from "../lib/repair/mod.ts";
import type { Fault, FaultKind } from "../lib/verify/check.ts";
import { keyText } from "../lib/verify/mod.ts";

const MAX_LISTED = 1_000;

export interface Listing {
  readonly count: (what: string, more: number) => void;
  readonly onLeft: (left: Left) => void;
  readonly faults: () => number;
  readonly lookedAt: () => string;
  readonly lines: () => string[];
}

export function listing({ isRepairing }: { readonly isRepairing: boolean }): Listing {
  const counts = new Map<string, number>();
  const listed: string[] = [];
  const kinds = new Map<FaultKind, { readonly first: Fault; readonly faults: number }>();
  let faults = 0;

  function onLeft({ fault, failure }: Left): void {
    faults += 1;
    const known = kinds.get(fault.kind);
    kinds.set(fault.kind, { first: known?.first ?? fault, faults: (known?.faults ?? 0) + 1 });
    if (listed.length === MAX_LISTED) return;
    const why = failure === undefined ? "" : ` (could not be repaired: ${failure})`;
    listed.push(`${keyText(fault.key)} ${fault.what}${why}`);
  }

  function* lines(): Generator<string> {
    yield* listed;
    if (faults > listed.length) yield `... and ${faults - listed.length} more`;
    let repairable = 0;
    for (const [kind, { first, faults }] of kinds) {
      const advice = adviceOn(kind);
      if (advice === undefined) repairable += faults;
      else yield `To do about ${keyText(first.key)}${faults > 1 ? ` and ${faults - 1} like it` : ""}: ${advice}`;
    }
    if (repairable > 0) yield `deno task verify --repair ${isRepairing ? "left" : "repairs"} ${repairable} of them`;
  }

  return {
    count: (what, more) => void counts.set(what, (counts.get(what) ?? 0) + more),
    onLeft,
    faults: () => faults,
    lookedAt: () => Array.from(counts, ([what, count]) => `${count} ${what}`).join(", ") || "nothing",
    lines: () => [...lines()],
  };
}
