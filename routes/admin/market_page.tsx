/**
 * Market data: how far it has come, what the provider does, and a calendar of days.
 *
 * @module
 */
import { addDays, addMonths, weekday } from "../../lib/day.ts";
import { MARKETS } from "../../lib/store/market_days.ts";
import { Instant } from "./instant.tsx";
import { pathOfJob } from "./jobs_page.tsx";
import type { Item } from "./model.ts";
import { type Chrome, Page } from "./page.tsx";
import { Act, Facts } from "./table.tsx";

export interface MarketProps {
  readonly chrome: Chrome;
  readonly status: Item;
  readonly market: string;
  /** `YYYY-MM`. */
  readonly month: string;
  readonly days: readonly Item[];
}

export const pathOfDay = (market: string, date: string): string => `/admin/market/days/${market}/${date}`;

export const MarketPage = ({ chrome, status, market, month, days }: MarketProps) => (
  <Page chrome={chrome} title="Market">
    <Standing status={status} />
    <p class="links-inline">
      <a href="/admin/market/quarantine?state=waiting">Quarantine: {status.quarantine_waiting} waiting</a>
      <a href="/admin/market/backfill">Backfill</a>
    </p>
    {chrome.mayWrite && (
      <div class="tools start">
        <Act action="/admin/market/pull" text="Pull the newest session" isFirst />
        <Act action="/admin/market/probe" text="Probe the provider" />
      </div>
    )}
    <section class="card">
      <Head market={market} month={month} />
      <Month market={market} days={days} />
      <Legend />
    </section>
  </Page>
);

function Standing({ status: { provider, nightly_pull, last_pull, ...status } }: { status: Item }) {
  const last = last_pull && <a href={pathOfJob(last_pull.job_id)}>{last_pull.state}</a>;
  const session = `${status.last_session ?? "none yet"}${
    status.up_to_date ? "" : `, expected ${status.expected_session}`
  }`;
  return (
    <>
      <Facts
        facts={[
          ["Last session", session],
          [
            "Next pull",
            nightly_pull.disabled_because === null ? <Instant at={nightly_pull.next_due_at} /> : "does not run",
          ],
          ["Last pull", last],
          ["Provider", `${provider.name ?? "none"}: ${provider.state.replaceAll("_", " ")}`],
          ["Calls in the last minute", `${provider.calls_in_last_minute ?? 0} of ${provider.calls_per_minute ?? 0}`],
          ["Last asked", provider.last_called_at && <Instant at={provider.last_called_at} />],
        ]}
      />
      {nightly_pull.disabled_because !== null && <p class="quiet">{`No pull: ${nightly_pull.disabled_because}.`}</p>}
      {status.symbol_doubts.map(({ asset, issuer }: Item) => (
        <p class="error">
          <a href={`/admin/assets/${encodeURIComponent(asset)}`}>{asset}</a>
          {issuer === "another"
            ? ": its symbol is another issuer's by now."
            : ": its symbol may be another issuer's by now."}
        </p>
      ))}
      {provider.reason !== null && <p class="error">The provider said: {provider.reason}</p>}
    </>
  );
}

function Head({ market, month }: { market: string; month: string }) {
  const to = (other: string, of: string) => `/admin/market?${new URLSearchParams({ market: of, month: other })}`;
  const moved = (months: number) => addMonths(`${month}-01`, months).slice(0, 7);
  return (
    <>
      <h2>{`${month}, ${market}`}</h2>
      <nav class="links-inline" aria-label="Calendar">
        <a href={to(moved(-1), market)}>Month before</a>
        <a href={to(moved(1), market)}>Month after</a>
        {MARKETS.map((one) => <a href={to(month, one)} aria-current={one === market ? "true" : undefined}>{one}</a>)}
      </nav>
    </>
  );
}

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Weeks begin on Monday. */
function Month({ market, days }: Pick<MarketProps, "market" | "days">) {
  const first = days[0]?.date;
  const before = first === undefined ? 0 : (weekday(first) + 6) % 7;
  const cells: (Item | undefined)[] = [...Array(before).fill(undefined), ...days];
  const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, week) => cells.slice(7 * week, 7 * week + 7));
  return (
    <table class="calendar">
      <thead>
        <tr>{WEEKDAYS.map((name) => <th scope="col">{name}</th>)}</tr>
      </thead>
      <tbody>
        {weeks.map((week) => <tr>{week.map((day) => <td>{day && <Day market={market} day={day} />}</td>)}</tr>)}
      </tbody>
    </table>
  );
}

const NAMES: Readonly<Record<string, string>> = { to_come: "to come", unasked: "not asked" };
const nameOf = (state: string): string => NAMES[state] ?? state;

function Day({ market, day: { date, state, missing, holiday } }: { market: string; day: Item }) {
  const said = [nameOf(state), ...(missing > 0 ? [`${missing} missing`] : []), ...(holiday === null ? [] : [holiday])];
  return (
    <a class={`day ${state}`} href={pathOfDay(market, date)} title={`${date}: ${said.join(", ")}`}>
      <strong>{Number(date.slice(8))}</strong>
      <span>{said[0]}</span>
      <span class="unseen">{said.slice(1).join(", ")}</span>
    </a>
  );
}

const Legend = () => (
  <p class="hint quiet">
    A gap can still be filled, or waits for a decision; a corrected day was changed by the provider after it was
    complete.
  </p>
);

/** From its first to its last day. */
export const spanOfMonth = (month: string): { from: string; to: string } => ({
  from: `${month}-01`,
  to: addDays(addMonths(`${month}-01`, 1), -1),
});
