/**
 * The pages of market data, each a handler: they ask the API, and show what it says.
 *
 * @module
 */
import { canGoOn, isDay } from "../../lib/day.ts";
import { BACKFILL } from "../../lib/market/backfill.ts";
import type { AnyJob } from "../../lib/jobs/definition.ts";
import { Problem } from "../../lib/problem.ts";
import { MARKETS } from "../../lib/store/market_days.ts";
import { errorsOf } from "./api_client.ts";
import { BackfillPage } from "./backfill_page.tsx";
import { fieldsOf, readForm } from "./fields.ts";
import { jobNamed } from "./job_handlers.tsx";
import { pathOfJob } from "./jobs_page.tsx";
import { MarketDayPage } from "./market_day_page.tsx";
import { MarketPage, pathOfDay, spanOfMonth } from "./market_page.tsx";
import { noted } from "./notice.ts";
import { read, type Shown, throwUnlessOk, type Visit } from "./visit.ts";

const MARKET = "/admin/market";
const [PULL, PROBE] = ["pull-market-day", "probe-provider"];

export async function showMarket({ api, chrome, query }: Visit): Promise<Shown> {
  const status = await read(api, "/market/status");
  const market = query.get("market") ?? MARKETS[0];
  const asked = query.get("month") ?? "";
  const month = isDay(`${asked}-01`) && canGoOn(asked) ? asked : status.expected_session.slice(0, 7);
  const { days } = await read(api, `/market/calendar?${new URLSearchParams({ market, ...spanOfMonth(month) })}`);
  return { page: <MarketPage {...{ chrome, status, market, month, days }} />, status: 200 };
}

export async function showDay({ api, chrome, query }: Visit, market: string, date: string): Promise<Shown> {
  const { days: [calendar] } = await read(
    api,
    `/market/calendar?${new URLSearchParams({ market, from: date, to: date })}`,
  );
  const of = new URLSearchParams({ market });
  const day = await api(`/market/days/${date}?${of}`);
  if (day.status !== 404) throwUnlessOk(day);
  const [rows, quarantined, corrections] = await Promise.all([
    read(api, `/historic-values?${withCursor({ date, market }, query.get("cursor"))}`),
    read(api, `/market/quarantine?${withCursor({ date, market }, query.get("quarantined"))}`),
    read(api, `/market/days/${date}/corrections?${withCursor({ market }, query.get("corrections"))}`),
  ]);
  const page = (
    <MarketDayPage
      {...{ chrome, market, date, rows, quarantined, corrections, query }}
      state={calendar.state}
      day={day.isOk ? day.body : undefined}
    />
  );
  return { page, status: 200 };
}

const withCursor = (asked: Record<string, string>, cursor: string | null): URLSearchParams =>
  new URLSearchParams({ ...asked, ...(cursor && { cursor }) });

/** On to the job, or back with what was wrong. */
async function ask({ api }: Visit, name: string, args: object, back: string): Promise<Shown> {
  const answer = await api("/jobs", { method: "POST", body: { name, args } });
  return answer.isOk
    ? noted(pathOfJob(answer.body.id), "Asked for")
    : noted(back, [...errorsOf(answer).values()].flat().join("; "));
}

export const pullNewest = (visit: Visit): Promise<Shown> => ask(visit, PULL, {}, MARKET);

export const probe = (visit: Visit): Promise<Shown> => ask(visit, PROBE, {}, MARKET);

export const pullDay = (visit: Visit, market: string, date: string): Promise<Shown> =>
  ask(visit, PULL, { market, date }, pathOfDay(market, date));

export async function showBackfill({ api, chrome, query }: Visit, jobs: readonly AnyJob[]): Promise<Shown> {
  const fields = fieldsOf(jobNamed(jobs, BACKFILL).args);
  const value = readForm(fields, query) as Record<string, string>;
  const answer = query.has("plan") ? await api(`/market/backfill-plan?${new URLSearchParams(value)}`) : undefined;
  const isTold = answer?.status === 404 || answer?.status === 422;
  if (answer !== undefined && !isTold) throwUnlessOk(answer);
  const errors = answer === undefined || answer.isOk ? new Map() : errorsOf(answer);
  const state = { value, errors, spareRows: 0 };
  const plan = answer?.isOk ? answer.body : undefined;
  return { page: <BackfillPage {...{ chrome, fields, state, plan }} />, status: isTold ? answer.status : 200 };
}

export async function startBackfill(visit: Visit, jobs: readonly AnyJob[], data: URLSearchParams): Promise<Shown> {
  const args = readForm(fieldsOf(jobNamed(jobs, BACKFILL).args), data);
  return await ask(visit, BACKFILL, args, `${MARKET}/backfill`);
}

/** Throws `not-found`. */
export function assertDay(market: string, date: string): void {
  if (isDay(date) && canGoOn(date) && MARKETS.some((one) => one === market)) return;
  throw new Problem("not-found", `There is no day ${date} of ${market}`);
}
