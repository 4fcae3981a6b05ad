/**
 * Assets that the store does not know yet: found at the provider, and added with what it says of them.
 *
 * @module
 */
import type { ActorContext } from "../context.ts";
import { type Actor, scopesOf, unauthorized } from "../identity/actor.ts";
import { Problem } from "../problem.ts";
import { Final, Postpone } from "../jobs/definition.ts";
import type { JobsContext } from "../jobs/ledger.ts";
import { NoSlotSoon } from "../jobs/pacing.ts";
import { asking, type MarketContext, NOT_CONFIGURED } from "./ask.ts";
import { addAsset, type AddedAsset } from "./add_asset.ts";
import { listAssets, readAsset } from "./assets.ts";
import type { Call, Outcome, Provider, ProviderAsset } from "./provider.ts";
import { factsOf } from "./provider_facts.ts";
import { alone, type Settle } from "../store/settle.ts";

export type LookupContext = ActorContext & MarketContext & JobsContext;

/** An asset as a search shows it, whoever knows it. */
export interface FoundAsset {
  readonly symbol: string;
  readonly name: string;
  readonly kind: ProviderAsset["kind"];
  readonly currency: string | null;
  /** Whether the store has it, so that a portfolio can hold it. */
  readonly isKnown: boolean;
}

/** How long somebody who asks is kept waiting for the provider's next free slot. */
const MAX_WAIT_MS = 20_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const LOOKUPS_PER_HOUR = 60;

/** Asks what not every provider can answer; such a one has nothing. */
type ProviderQuestion<T> = (provider: Provider, call: Call) => Promise<Outcome<T>>;

const NOTHING = { type: "empty" } as const;

/** The asset, and whether it was added just now. Throws `not-found` where the provider does not know it either. */
export interface LookedUp extends AddedAsset {
  readonly isNew: boolean;
}

export async function lookUpAsset(
  ctx: LookupContext,
  symbol: string,
  settle: Settle<LookedUp> = alone,
): Promise<LookedUp> {
  const [known] = await ctx.assets.idsBy("symbol", [[symbol]]);
  if (known !== undefined) return { asset: await readAsset(ctx, symbol), backfill: undefined, isNew: false };
  const details = await askProvider(
    ctx,
    async (provider, call) => await provider.details?.({ symbol }, call) ?? NOTHING,
  );
  if (details === undefined || details.symbol !== symbol) {
    throw new Problem("not-found", `Nobody knows of an asset ${symbol}`);
  }
  const facts = { ...factsOf(describedOrStock(details)), refreshedAt: ctx.now().toISOString() };
  const settleNew: Settle<AddedAsset> = (change, made) =>
    settle(change, (versionstamp) => ({ ...made(versionstamp), isNew: true }));
  return { ...await addAsset(ctx, facts, "approximate", settleNew), isNew: true };
}

/** Of what nobody has described only the symbol is known: it is a stock, as one that is put in by hand, so that it has prices. */
const describedOrStock = (details: ProviderAsset): ProviderAsset =>
  details.kind === "other" && details.name === details.symbol ? { ...details, kind: "stock" } : details;

/** What the store knows comes first; the provider is asked only for who may add what it finds. */
export async function searchAssets(ctx: LookupContext, q: string, limit: number): Promise<FoundAsset[]> {
  const { items } = await listAssets(ctx, { sector: undefined, q, limit, cursor: undefined });
  const known = items.map(({ value }): FoundAsset => ({ ...value, isKnown: true }));
  if (!mayAdd(ctx.actor) || ctx.provider?.search === undefined || known.length >= limit) return known;
  const found =
    await askProvider(ctx, async (provider, call) => await provider.search?.({ text: q, limit }, call) ?? NOTHING) ??
      [];
  const symbols = new Set(known.map(({ symbol }) => symbol));
  const others = found.filter(({ symbol }) => !symbols.has(symbol)).map((asset) => ({ ...asset, isKnown: false }));
  return [...known, ...others].slice(0, limit);
}

/** Who may write portfolios may have an asset added for them. */
const mayAdd = (actor: Actor): boolean =>
  actor.type === "user" && actor.role !== "viewer" && scopesOf(actor).includes("portfolios:write");

/** The provider's answer, `undefined` where it has none; throws a problem where it cannot be asked now. */
async function askProvider<T>(ctx: LookupContext, question: ProviderQuestion<T>): Promise<T | undefined> {
  if (ctx.provider === undefined) throw busy(NOT_CONFIGURED, HOUR_MS);
  await countLookup(ctx);
  const latestMs = ctx.now().getTime() + MAX_WAIT_MS;
  const [tooLate, answered] = [new AbortController(), new AbortController()];
  const waiting = ctx.sleep(MAX_WAIT_MS, answered.signal).then(() => tooLate.abort());
  try {
    const market = asking(ctx, { signal: tooLate.signal, note: () => {}, priority: "normal", latestMs });
    return valueOf(await market.outcomeOf((call) => question(market.provider, call)));
  } catch (error) {
    throw tooLate.signal.aborted
      ? busy(`The provider could not be asked within ${MAX_WAIT_MS / 1_000} s`, MAX_WAIT_MS)
      : refusalFor(error, ctx.now());
  } finally {
    answered.abort();
    await waiting;
  }
}

/** What a job would be told, as whoever waits for an answer is told it. */
function refusalFor(error: unknown, now: Date): unknown {
  if (error instanceof NoSlotSoon) return busy(error.message, error.waitMs);
  if (error instanceof Postpone) return busy(error.message, error.untilMs - now.getTime());
  return error instanceof Final ? busy(error.message, HOUR_MS) : error;
}

function valueOf<T>(outcome: Outcome<T>): T | undefined {
  if (outcome.type === "ok") return outcome.value;
  if (outcome.type === "empty" || outcome.type === "not_found") return undefined;
  const retryAfterMs = outcome.type === "rate_limited" ? outcome.retryAfterMs : undefined;
  throw busy(`The provider answered ${outcome.type}: ${outcome.reason}`, retryAfterMs ?? MINUTE_MS);
}

/** Asking costs everybody's calls: so many an hour are anybody's. */
async function countLookup({ store, actor, now }: LookupContext): Promise<void> {
  if (actor.type === "stranger") throw unauthorized("Asking the provider needs a key");
  const hour = Math.floor(now().getTime() / HOUR_MS);
  const key = ["lookups", actor.id, hour];
  for (;;) {
    const { value, versionstamp } = await store.get(key);
    const count = typeof value === "number" ? value : 0;
    if (count >= LOOKUPS_PER_HOUR) {
      const headers = retryAfter((hour + 1) * HOUR_MS - now().getTime());
      throw new Problem("rate-limited", `These were the ${LOOKUPS_PER_HOUR} look-ups of an hour`, { headers });
    }
    const change = store.change().check(key, versionstamp).set(key, count + 1, { expireInMs: 2 * HOUR_MS });
    if (await change.commit() !== undefined) return;
  }
}

const busy = (detail: string, retryAfterMs: number): Problem =>
  new Problem("unavailable", detail, { headers: retryAfter(retryAfterMs) });

const retryAfter = (delayMs: number) => ({ "retry-after": String(Math.ceil(delayMs / 1_000)) });
