/**
 * A shard's record says where each of its series starts and ends, and at which close; and what has a series is an asset.
 *
 * @module
 */
import { dayOf } from "../day.ts";
import { LAYOUT, shardKey, slotOf } from "../history/layout.ts";
import { decodeShard, type Span } from "../history/shard.ts";
import type { Store } from "../store/store.ts";
import { type Fault, type FaultIn, few, unreadable } from "./check.ts";
import { ownerless } from "./ownerless.ts";
import type { ShardSeries } from "./series.ts";

export async function spanFaults(
  store: Store,
  shard: number,
  series: ShardSeries,
  record: Deno.KvEntryMaybe<unknown>,
): Promise<Fault[]> {
  const spans = readSpans(record.value);
  if ("kind" in spans) return [{ ...spans, kind: "wrong_record", key: record.key }];
  const unsure = new Set(Array.from(series.unsure, (id) => Number(id.slice(0, id.indexOf("/")))));
  const first = shard * LAYOUT.assetsPerShard + 1;
  const nos = new Set([...series.spans.keys(), ...unsure, ...Array.from(spans.keys(), (slot) => first + slot)]);
  const faults: Fault[] = [];
  const differences: string[] = [];
  for (const { assetNo, isAsset, isBeingErased } of await standingOf(store, [...nos])) {
    const [found, recorded] = [series.spans.get(assetNo), spans.get(slotOf(assetNo))];
    if (!isAsset && !isBeingErased) {
      faults.push({ ...await ownerless(store, assetNo), key: ["series", assetNo] });
    } else if (!isBeingErased && !unsure.has(assetNo) && !isSame(found, recorded)) {
      differences.push(`says of asset ${assetNo}: ${spanText(recorded)}; its series says: ${spanText(found)}`);
    }
  }
  if (differences.length === 0) return faults;
  return [{ kind: "wrong_record", key: shardKey(shard), what: few(differences) }, ...faults];
}

export function readSpans(value: unknown): Map<number, Span> | FaultIn {
  try {
    return decodeShard(value);
  } catch (error) {
    return unreadable(error);
  }
}

/** A removed asset keeps its history until its erasure is done, piece by piece. */
export async function standingOf(store: Store, assetNos: readonly number[]) {
  const entries = await store.getMany(assetNos.flatMap((no) => [["assets", no], ["erasures", no]]));
  return assetNos.map((assetNo, i) => ({
    assetNo,
    isAsset: entries[2 * i]?.versionstamp !== null,
    isBeingErased: entries[2 * i + 1]?.versionstamp !== null,
  }));
}

const isSame = (a: Span | undefined, b: Span | undefined): boolean =>
  a?.firstDay === b?.firstDay && a?.lastDay === b?.lastDay && Object.is(a?.lastClose, b?.lastClose);

const spanText = (span: Span | undefined): string =>
  span === undefined ? "nothing" : `${dayOf(span.firstDay)} to ${dayOf(span.lastDay)}, closed at ${span.lastClose}`;
