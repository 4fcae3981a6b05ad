/**
 * A new asset, and with it the jobs that bring its history and what was left out of its details: all are there, or nothing.
 *
 * @module
 */
import type { MaybeAsked } from "../audit.ts";
import { type JobRequest, prepareJob } from "../jobs/enqueue.ts";
import type { Job } from "../jobs/job.ts";
import type { JobsContext } from "../jobs/ledger.ts";
import type { Asset, Choosable } from "../store/assets.ts";
import { alone, type Settle } from "../store/settle.ts";
import { type AssetFacts, createAsset, type QuotedAsset } from "./assets.ts";
import { BACKFILL } from "./backfill.ts";
import type { Provider } from "./provider.ts";
import { marketOf } from "./pulled_assets.ts";
import { REFRESH_ASSET } from "./refresh_asset.ts";

export interface AddingContext extends MaybeAsked, JobsContext {
  readonly provider: Provider | undefined;
}

export interface AddedAsset {
  readonly asset: QuotedAsset;
  /** Absent where nobody can be asked for its history. */
  readonly backfill: Job | undefined;
}

const DETAILS: readonly Choosable[] = ["name", "kind", "currency", "sector"];

export async function addAsset(
  ctx: AddingContext,
  facts: AssetFacts,
  sectorSource: Asset["sectorSource"],
  settle: Settle<AddedAsset> = alone,
): Promise<AddedAsset> {
  const history = historyOf(ctx, facts);
  // Whoever asks for its history asks first what it is.
  const requests = history.length > 0 ? history : detailsOf(ctx, facts);
  let backfill: Job | undefined;
  const asset = await createAsset(ctx, facts, sectorSource, async (change, made) => {
    const prepared = await Promise.all(requests.map((request) => prepareJob(ctx, request)));
    backfill = prepared.find(({ job }) => job.name === BACKFILL)?.job;
    const all = prepared.reduce((staged, job) => job.stage(staged), change);
    return (await settle(all, (versionstamp) => ({ asset: made(versionstamp), backfill })))?.asset;
  });
  if (requests.length > 0) ctx.wake?.();
  return { asset, backfill };
}

function historyOf({ provider }: AddingContext, facts: AssetFacts): JobRequest[] {
  if (provider === undefined || marketOf(facts) === undefined || facts.status === "inactive") return [];
  return [{ name: BACKFILL, args: { asset: facts.symbol }, by: `the new asset ${facts.symbol}` }];
}

/** Where nothing was chosen by hand, the provider has just said all that it knows. */
function detailsOf({ provider }: AddingContext, { symbol, chosen }: AssetFacts): JobRequest[] {
  const isSaid = chosen === undefined || DETAILS.every((detail) => chosen.includes(detail));
  if (provider?.details === undefined || isSaid) return [];
  return [{ name: REFRESH_ASSET, args: { symbol }, by: `the new asset ${symbol}` }];
}
