/**
 * What can be done with portfolios.
 *
 * @module
 */
import type { ActorContext } from "../context.ts";
import { seesAll, unauthorized, userAsking } from "../identity/actor.ts";
import type { IfMatch } from "../precondition.ts";
import { invalid, pointer, Problem, tooManyConflicts } from "../problem.ts";
import { watchAssetRemovals } from "../store/assets.ts";
import { type Page, SEARCH, type Versioned } from "../store/collection.ts";
import { type Count, countOf } from "../store/count.ts";
import type { Portfolio, PortfolioStatus, Visibility } from "../store/portfolios.ts";
import { nextNumber } from "../store/sequence.ts";
import { alone, type Settle } from "../store/settle.ts";
import { SYSTEM_USER_ID, watchUser } from "../store/users.ts";
import { maySee, noSuchPortfolio } from "./access.ts";
import { stageAuditOf } from "./audited.ts";
import { type InvestmentInput, resolveInvestments } from "./investments.ts";
import { changeable, MAX_CONFLICTS, updatePortfolio } from "./update.ts";

/** Of one owner, but for the service itself. */
export const MAX_PORTFOLIOS = 1_000;

export const SCOPES = ["own", "public", "all"] as const;
export type Scope = typeof SCOPES[number];

export interface NewPortfolio {
  readonly name: string;
  readonly currency: string;
  readonly visibility: Visibility;
  readonly status: PortfolioStatus;
  readonly investments: readonly InvestmentInput[];
}

export interface PortfolioPatch {
  readonly name?: string | undefined;
  readonly visibility?: Visibility | undefined;
  readonly status?: PortfolioStatus | undefined;
}

export interface ListPortfolios {
  readonly scope: Scope | undefined;
  readonly status: PortfolioStatus;
  /** Whose; with the scope "all" alone, as the next. */
  readonly owner?: string | undefined;
  /** How the name begins, in either case. */
  readonly q?: string | undefined;
  /** By falling id or, where a name is sought, name. */
  readonly isReversed?: boolean;
  readonly limit: number;
  readonly cursor: string | undefined;
}

export async function createPortfolio(
  ctx: ActorContext,
  input: NewPortfolio,
  settle: Settle<Versioned<Portfolio>> = alone,
): Promise<Versioned<Portfolio>> {
  const { id: owner } = userAsking(ctx.actor, "Creating a portfolio");
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const ifStillThere = await watchUser(ctx.users, owner);
    if (ifStillThere === undefined) throw unauthorized("The user is gone");
    const portfolios = await countWithinBounds(ctx, owner);
    await assertNameIsFree(ctx, owner, input.name);
    const removals = await watchAssetRemovals(ctx.store);
    const investments = await resolveInvestments(ctx, input.investments);
    const id = await nextNumber(ctx.store, "portfolios");
    const at = ctx.now().toISOString();
    const portfolio: Portfolio = { ...input, id: id.number, owner, investments, createdAt: at, updatedAt: at };
    const change = portfolios.stage(ifStillThere(ctx.store.change()), 1);
    ctx.portfolios.insert(removals(id.stage(change)), portfolio);
    const created = await settle(change, (versionstamp) => ({ value: portfolio, versionstamp }));
    if (created !== undefined) return created;
  }
  throw tooManyConflicts();
}

/** Throws `not-found` also for what the actor may not know of. */
export async function readPortfolio(ctx: ActorContext, id: number): Promise<Versioned<Portfolio>> {
  const portfolio = await ctx.portfolios.get(id);
  if (portfolio === undefined || !maySee(ctx.actor, portfolio.value)) throw noSuchPortfolio(id);
  return portfolio;
}

export async function listPortfolios(ctx: ActorContext, query: ListPortfolios): Promise<Page<Versioned<Portfolio>>> {
  const { status, limit, cursor, isReversed = false } = query;
  const page = { limit, cursor, reverse: isReversed };
  const scope = query.scope ?? (ctx.actor.type === "stranger" ? "public" : "own");
  if (scope !== "all") assertPlain(query);
  if (scope === "public") {
    return await ctx.portfolios.list({ by: "visibility", value: ["public", status], ...page });
  }
  const { id } = userAsking(ctx.actor, `The scope "${scope}"`);
  if (scope === "own") return await ctx.portfolios.list({ by: "owner", value: [id, status], ...page });
  if (!seesAll(ctx.actor)) throw new Problem("forbidden", `The scope "all" is for administrators and viewers`);
  return await ctx.portfolios.list({ ...amongAll(query), ...page });
}

/** Somebody's own are few, and the public ones are not to be searched at everybody's cost. */
function assertPlain(query: ListPortfolios): void {
  const errors = (["owner", "q"] as const).filter((name) => query[name] !== undefined)
    .map((parameter) => ({ parameter, detail: `${parameter} goes with scope=all` }));
  if (errors.length > 0) throw invalid(errors);
}

function amongAll({ status, owner, q }: ListPortfolios) {
  const sought = q?.toLowerCase();
  if (owner === undefined) {
    return sought === undefined
      ? { by: "status", value: [status] }
      : { by: "name", value: [status], startsWith: sought };
  }
  const where = ({ name }: Portfolio) => name.toLowerCase().startsWith(sought ?? "");
  return { by: "owner", value: [owner, status], where, ...SEARCH };
}

export async function patchPortfolio(
  ctx: ActorContext,
  id: number,
  patch: PortfolioPatch,
  ifMatch: IfMatch,
): Promise<Versioned<Portfolio>> {
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
  return await updatePortfolio(ctx, id, ifMatch, async ({ value }) => {
    const after = { ...value, ...given };
    if (after.name !== value.name) await assertNameIsFree(ctx, value.owner, after.name);
    return after;
  });
}

export async function deletePortfolio(ctx: ActorContext, id: number, ifMatch: IfMatch): Promise<void> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const before = await changeable(ctx, id, ifMatch);
    const portfolios = await countOf(ctx.store, "portfolios_by_owner", before.value.owner);
    const change = portfolios.stage(ctx.portfolios.remove(ctx.store.change(), before), -1);
    if (await stageAuditOf(ctx, change, before.value, undefined).commit() !== undefined) return;
  }
  throw tooManyConflicts();
}

async function countWithinBounds(ctx: ActorContext, owner: string): Promise<Count> {
  const portfolios = await countOf(ctx.store, "portfolios_by_owner", owner);
  if (owner === SYSTEM_USER_ID || portfolios.count < MAX_PORTFOLIOS) return portfolios;
  throw new Problem(
    "conflict",
    `There are ${portfolios.count} portfolios already, which is the most; delete one first`,
  );
}

async function assertNameIsFree(ctx: ActorContext, owner: string, name: string): Promise<void> {
  const [holder] = await ctx.portfolios.idsBy("owner_and_name", [[owner, name]]);
  if (holder === undefined) return;
  throw new Problem("conflict", `Portfolio ${holder} has the name ${JSON.stringify(name)} already`, {
    errors: [{ pointer: pointer("name"), detail: "is taken by another portfolio of the same owner" }],
  });
}
