/**
 * The one way in which a portfolio is changed.
 *
 * @module
 */
import type { ActorContext } from "../context.ts";
import { assertMatches, etagOf, type IfMatch } from "../precondition.ts";
import { invalid, pointer, tooManyConflicts } from "../problem.ts";
import { type Change, TooLarge } from "../store/change.ts";
import type { Versioned } from "../store/collection.ts";
import type { Portfolio } from "../store/portfolios.ts";
import { assertMayChange, maySee, noSuchPortfolio } from "./access.ts";
import { stageAuditOf } from "./audited.ts";

/** Each lost race means that somebody else won one; past so many, something is wrong. */
export const MAX_CONFLICTS = 200;

/**
 * Read, allowed, matched, changed, and stored only if nobody else was faster.
 * `stage` adds what has to be committed or refused together with it. A change that changes nothing writes nothing.
 */
export async function updatePortfolio(
  ctx: ActorContext,
  id: number,
  ifMatch: IfMatch,
  update: (before: Versioned<Portfolio>, stage: (add: (change: Change) => Change) => void) => Promise<Portfolio>,
): Promise<Versioned<Portfolio>> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const before = await changeable(ctx, id, ifMatch);
    let change = ctx.store.change();
    const after = await update(before, (add) => change = add(change));
    if (JSON.stringify(after) === JSON.stringify(before.value)) return before;
    const value = { ...after, updatedAt: ctx.now().toISOString() };
    stageAuditOf(ctx, ctx.portfolios.replace(change, before, value), before.value, value);
    const versionstamp = await commitWithinLimits(change);
    if (versionstamp !== undefined) return { value, versionstamp };
  }
  throw tooManyConflicts();
}

/** The portfolio as it is stored now, if the actor may change it and has seen this version. */
export async function changeable(ctx: ActorContext, id: number, ifMatch: IfMatch): Promise<Versioned<Portfolio>> {
  const portfolio = await ctx.portfolios.getFresh(id);
  if (portfolio === undefined || !maySee(ctx.actor, portfolio.value)) throw noSuchPortfolio(id);
  assertMayChange(ctx.actor, portfolio.value);
  assertMatches(ifMatch, etagOf(portfolio));
  return portfolio;
}

async function commitWithinLimits(change: Change): Promise<string | undefined> {
  try {
    return await change.commit();
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    const detail = "changes more investments than one atomic operation holds; change some of them first";
    throw invalid([{ pointer: pointer("investments"), detail }]);
  }
}
