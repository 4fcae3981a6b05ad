/**
 * What is written down of a change to a portfolio by somebody who does not own it.
 *
 * @module
 */
import { type Facts, stageAudit } from "../audit.ts";
import type { ActorContext } from "../context.ts";
import type { Change } from "../store/change.ts";
import type { Portfolio } from "../store/portfolios.ts";
import { owns } from "./access.ts";

/** Stages the entry where there has to be one; without `after`, the portfolio is gone. */
export function stageAuditOf(
  ctx: ActorContext,
  change: Change,
  before: Portfolio,
  after: Portfolio | undefined,
): Change {
  if (ctx.actor.type !== "user" || owns(ctx.actor, before)) return change;
  return stageAudit(ctx, change, ctx.actor, {
    ...{ action: after === undefined ? "delete portfolio" : "change portfolio", userId: before.owner },
    ...{ target: `/portfolios/${before.id}`, before: factsOf(before), ...(after && { after: factsOf(after) }) },
  });
}

const factsOf = ({ name, visibility, status, investments }: Portfolio): Facts => ({
  ...{ name, visibility, status },
  investments: Object.fromEntries(investments.map(({ assetNo, amount }) => [assetNo, amount])),
});
