/**
 * No number can be given a second time: each sequence stands at the highest number that it gave, or above. There are no others.
 *
 * @module
 */
import type { Store } from "../store/store.ts";
import { type Check, entriesUnder, type Fault, isNamed, type Run } from "./check.ts";

/** Whatever holds numbers of a sequence: none of them may be given again. */
const HOLDERS: Readonly<Record<string, readonly string[]>> = {
  assets: ["assets", "portfolios_by_asset"],
  portfolios: ["portfolios"],
};
const LAST = Number.MAX_SAFE_INTEGER;

export const sequences: Check = {
  covers: ["sequences"],
  async *faults(run) {
    for (const name of Object.keys(HOLDERS)) {
      const fault = await lagging(run, name);
      if (fault !== undefined) yield fault;
    }
    for await (const { key, value } of entriesUnder(run.ctx.store, "sequences")) {
      if (!isNamed(key, Object.keys(HOLDERS))) {
        yield { kind: "unknown_key", key, what: "is no sequence that this program keeps" };
      } else if (!Number.isInteger(value)) {
        yield { kind: "low_sequence", key, what: `holds ${String(value)}, which is no whole number` };
      }
    }
  },
};

/** The highest number is read first: the sequence may only have moved on since. */
async function lagging({ ctx: { store } }: Run, name: string): Promise<Fault | undefined> {
  const highest = await highestOf(store, name);
  const { key, value } = await store.get(["sequences", name]);
  if (highest === 0 || (typeof value === "number" ? value >= highest : value !== null)) return undefined;
  const what = `${value === null ? "is missing" : `stands at ${value}`}, but ${name} go up to ${highest}`;
  return { kind: "low_sequence", key, what };
}

/** The highest number of a sequence that anything holds; 0 where nothing does. */
export async function highestOf(store: Store, name: string): Promise<number> {
  const lasts = (HOLDERS[name] ?? []).map(async (holder) => {
    const selector = { start: [holder, 0], end: [holder, LAST] };
    const [last] = await Array.fromAsync(store.list(selector, { reverse: true, limit: 1 }));
    return Math.floor(Number(last?.key[1] ?? 0));
  });
  return Math.max(0, ...await Promise.all(lasts));
}
