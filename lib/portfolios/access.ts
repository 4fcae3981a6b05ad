/**
 * Who may see and change a portfolio.
 *
 * @module
 */
import { type Actor, isAdministrator, seesAll, unauthorized } from "../identity/actor.ts";
import { Problem } from "../problem.ts";
import type { Portfolio } from "../store/portfolios.ts";

export const owns = (actor: Actor, portfolio: Portfolio): boolean =>
  actor.type === "user" && actor.id === portfolio.owner;

export const maySee = (actor: Actor, portfolio: Portfolio): boolean =>
  portfolio.visibility === "public" || owns(actor, portfolio) || seesAll(actor);

/** Throws unless the actor may change a portfolio that it may see. */
export function assertMayChange(actor: Actor, portfolio: Portfolio): void {
  if (actor.type === "stranger") throw unauthorized("Changing a portfolio needs a key or a session");
  if (actor.role === "viewer") throw new Problem("forbidden", "A viewer reads everything and changes nothing");
  if (owns(actor, portfolio) || isAdministrator(actor)) return;
  throw new Problem("forbidden", `Portfolio ${portfolio.id} belongs to somebody else`);
}

/** One answer for what does not exist and for what the asker may not know of. */
export const noSuchPortfolio = (id: number): Problem => new Problem("not-found", `There is no portfolio ${id}`);
