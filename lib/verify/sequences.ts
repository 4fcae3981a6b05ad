/**
 * No number can be given a second time: each sequence stands at the highest number that it gave, or above.
 *
 * @module
 */
import { type Check, chunks, type Fault, type Run } from "./check.ts";

/** The collections whose ids a sequence of the same name gives. */
const NUMBERED = ["assets", "portfolios"];
const CHUNK = 100;

export const sequences: Check = {
  covers: ["sequences"],
  async *faults(run) {
    for (const name of NUMBERED) {
      const fault = await lagging(run, name);
      if (fault !== undefined) yield fault;
    }
    for await (const chunk of chunks(run.ctx.store.list({ prefix: ["sequences"] }), CHUNK)) {
      for (const { key, value } of chunk) {
        if (!Number.isInteger(value)) yield { key, what: `holds ${String(value)}, which is no whole number` };
      }
    }
  },
};

/** The highest number is read first: the sequence may only have moved on since. */
async function lagging({ ctx: { store } }: Run, name: string): Promise<Fault | undefined> {
  const [last] = await Array.fromAsync(store.list({ prefix: [name] }, { reverse: true, limit: 1 }));
  const highest = last?.key[1];
  if (typeof highest !== "number") return undefined;
  const { key, value } = await store.get(["sequences", name]);
  if (typeof value === "number" ? value >= highest : value !== null) return undefined;
  return { key, what: `${value === null ? "is missing" : `stands at ${value}`}, but ${name} go up to ${highest}` };
}
