/**
 * Where the pages of market data are.
 *
 * @module
 */
import type { Context } from "hono";
import type { AppEnv } from "../env.ts";
import {
  assertDay,
  probe,
  pullDay,
  pullNewest,
  showBackfill,
  showDay,
  showMarket,
  startBackfill,
} from "./market_handlers.tsx";
import { correct, decide, showEntry, showQuarantine } from "./quarantine_handlers.tsx";
import { type Pages, param } from "./visit.ts";

const DAY = "/admin/market/days/:market/:date";
const QUARANTINE = "/admin/market/quarantine";

export function marketPages({ show, take }: Pages): void {
  show("/admin/market", showMarket);
  take("/admin/market/pull", pullNewest);
  take("/admin/market/probe", probe);
  show(DAY, (visit, c) => showDay(visit, ...dayIn(c)));
  take(`${DAY}/pull`, (visit, c) => pullDay(visit, ...dayIn(c)));
  show("/admin/market/backfill", (visit, c) => showBackfill(visit, c.env.services.jobs));
  take("/admin/market/backfill", (visit, c, data) => startBackfill(visit, c.env.services.jobs, data));
  show(QUARANTINE, showQuarantine);
  show(`${QUARANTINE}/:id`, (visit, c) => showEntry(visit, param(c, "id")));
  take(`${QUARANTINE}/:id/correct`, (visit, c, data) => correct(visit, param(c, "id"), data));
  take(`${QUARANTINE}/:id/:verb{accept|reject}`, (visit, c) => decide(visit, param(c, "id"), param(c, "verb")));
}

/** Throws `not-found`. */
function dayIn(c: Context<AppEnv>): [market: string, date: string] {
  const [market, date] = [param(c, "market"), param(c, "date")];
  assertDay(market, date);
  return [market, date];
}
