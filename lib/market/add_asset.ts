/**
 * A new asset, and with it the job that brings its history: both are there, or neither.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { prepareJob } from "../jobs/enqueue.ts";
import type { Job } from "../jobs/job.ts";
import type { JobsContext } from "../jobs/ledger.ts";
import type { Asset } from "../store/assets.ts";
import { alone, type Settle } from "../store/settle.ts";
import { type AssetFacts, createAsset, type QuotedAsset } from "./assets.ts";
import { BACKFILL } from "./backfill.ts";
import type { Provider } from "./provider.ts";
import { marketOf } from "./pulled_assets.ts";

export interface AddingContext extends Context, JobsContext {
  readonly provider: Provider | undefined;
}

export interface AddedAsset {
  readonly asset: QuotedAsset;
  /** Absent where nobody can be asked for its history. */
  readonly backfill: Job | undefined;
}

export async function addAsset(
  ctx: AddingContext,
  facts: AssetFacts,
  sectorSource: Asset["sectorSource"],
  settle: Settle<AddedAsset> = alone,
): Promise<AddedAsset> {
  const isPriced = ctx.provider !== undefined && marketOf(facts) !== undefined && facts.status !== "inactive";
  const request = { name: BACKFILL, args: { asset: facts.symbol }, by: `the new asset ${facts.symbol}` };
  let backfill: Job | undefined;
  const asset = await createAsset(ctx, facts, sectorSource, async (change, made) => {
    const prepared = isPriced ? await prepareJob(ctx, request) : undefined;
    backfill = prepared?.job;
    const both = prepared === undefined ? change : prepared.stage(change);
    return (await settle(both, (versionstamp) => ({ asset: made(versionstamp), backfill })))?.asset;
  });
  if (backfill !== undefined) ctx.wake?.();
  return { asset, backfill };
}
