/**
 * Every investment is in an asset that exists.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { chunks } from "../store/chunks.ts";
import { type Check, type Fault, few } from "./check.ts";

const CHUNK = 100;

export const investments: Check = {
  covers: [],
  async *faults({ ctx, count }) {
    for await (const chunk of chunks(ctx.store.list({ prefix: ["portfolios"] }, { batchSize: CHUNK }), CHUNK)) {
      const read = chunk.map((entry) => ({ key: entry.key, assetNos: assetNosIn(ctx, entry) }));
      const nos = [...new Set(read.flatMap(({ assetNos }) => assetNos))];
      count("investments", read.reduce((total, { assetNos }) => total + assetNos.length, 0));
      const assets = await ctx.store.getMany(nos.map((no) => ["assets", no]));
      const gone = new Set(nos.filter((_, i) => assets[i]?.versionstamp === null));
      for (const { key, assetNos } of read) {
        const fault = assetNos.some((no) => gone.has(no)) ? await danglingIn(ctx, key) : undefined;
        if (fault !== undefined) yield fault;
      }
    }
  },
};

/** Sure only if the portfolio was the same before and after its assets were looked for. */
async function danglingIn(ctx: Context, key: Deno.KvKey): Promise<Fault | undefined> {
  for (;;) {
    const portfolio = await ctx.store.get(key);
    const nos = assetNosIn(ctx, portfolio);
    const assets = await ctx.store.getMany(nos.map((no) => ["assets", no]));
    if ((await ctx.store.get(key)).versionstamp !== portfolio.versionstamp) continue;
    const gone = nos.filter((_, i) => assets[i]?.versionstamp === null);
    if (gone.length === 0) return undefined;
    return { kind: "lost_asset", key, what: `holds what does not exist: ${few(gone.map((no) => `asset ${no}`))}` };
  }
}

/** Of a portfolio that can be read; one that cannot is reported elsewhere. */
function assetNosIn({ portfolios }: Context, { value }: Deno.KvEntryMaybe<unknown>): number[] {
  const read = portfolios.options.schema.safeParse(value);
  return read.success ? read.data.investments.map(({ assetNo }) => assetNo) : [];
}
