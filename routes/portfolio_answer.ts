/**
 * How what is made of a portfolio and the market is answered: by a tag of their versions, and 304 before anything is computed
 * where the client has it.
 *
 * @module
 */
import type { Context } from "hono";
import { dayIn } from "../lib/day.ts";
import { readPortfolio } from "../lib/portfolios/portfolios.ts";
import type { Versioned } from "../lib/store/collection.ts";
import type { Portfolio } from "../lib/store/portfolios.ts";
import { VERSION } from "../lib/version.ts";
import { unchanged } from "./answer.ts";
import { type AppEnv, contextOf } from "./env.ts";
import { etagOfBody } from "./etag.ts";
import type { HeaderFields } from "./security_headers.ts";
import { sharedCaching } from "./shared_caching.ts";

export interface PortfolioQuestion<T> {
  /** Tells the answers about one portfolio apart. */
  readonly name: string;
  readonly portfolioId: number;
  /** All that the answer depends on beside portfolio, market and day. */
  readonly query: object;
  readonly compute: (ctx: ReturnType<typeof contextOf>, portfolio: Versioned<Portfolio>) => Promise<T>;
}

interface PortfolioAnswer<T> {
  /** What the tag becomes in this form of the answer. */
  readonly tag?: (etag: string) => string;
  /** What of the request the form depends on. */
  readonly vary?: string;
  /** Instead of the headers of the API: of a 304 too, since a browser takes them over into what it has kept. */
  readonly always?: HeaderFields;
  readonly respond: (made: T, etag: string, headers: HeaderFields) => Response | Promise<Response>;
}

/** `T` says which version of the market it was made from. */
export async function answerOf<T extends { readonly marketVersion: string }>(
  c: Context<AppEnv>,
  { name, portfolioId, query, compute }: PortfolioQuestion<T>,
  { tag = (etag) => etag, vary, always, respond }: PortfolioAnswer<T>,
): Promise<Response> {
  const ctx = contextOf(c);
  const portfolio = await readPortfolio(ctx, portfolioId);
  // What a past price is in today's shares changes with the day, too; what is made of it all, with the release.
  const today = dayIn(ctx.marketTimeZone, ctx.now());
  const tagAt = (version: string) =>
    tag(etagOfBody(JSON.stringify([name, portfolio.value.id, portfolio.versionstamp, version, today, query, VERSION])));
  const headers = sharedCaching(ctx.actor, portfolio.value, vary);
  const seen = unchanged(c, tagAt(ctx.store.version("market")), headers, always);
  if (seen !== undefined) return seen;
  const made = await compute(ctx, portfolio);
  return await respond(made, tagAt(made.marketVersion), headers);
}
