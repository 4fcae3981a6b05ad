/**
 * Splits and dividends of a provider, and the jobs that ask for them.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Fault } from "../../support/provider_stand_in_faults.ts";
import type { DatedStandInBar, StandInDividend, StandInSplit } from "../../support/provider_stand_in_bars.ts";
import { type Json, type PullTest, startPull } from "./pull_harness.ts";

export const [TUESDAY, WEDNESDAY] = ["2024-03-05", "2024-03-06"];

export interface ActionTest {
  readonly bars?: readonly DatedStandInBar[];
  readonly splits?: readonly StandInSplit[];
  readonly dividends?: readonly StandInDividend[];
  readonly now?: string;
  readonly kv?: Deno.Kv;
}

export const startActions = (
  { bars = [], splits = [], dividends = [], ...rest }: ActionTest,
): Promise<PullTest> =>
  startPull({
    ...rest,
    ...(rest.kv === undefined && { assets: ["AAA", "BBB"] }),
    provider: { bars, splits, dividends, switches: { callsPerMinute: 0 } },
  });

/** Asks for splits and dividends; answers what the job says of it. */
export async function pullActions(test: PullTest, args: Json = { from: "2024-03-01" }): Promise<Json> {
  await test.clock.advance(60_000);
  const asked = await test.admin("/jobs", { method: "POST", body: { name: "pull-corporate-actions", args } });
  const { id } = await asked.json();
  assert.equal(asked.status, 202);
  await test.clock.until(test.worker.runDue());
  const { state, error, result } = await test.job(id);
  assert.equal(state, "succeeded", error ?? "");
  return result;
}

/** An answer of these rows, as they are. */
export const actionRows = (...results: unknown[]): Fault => ({
  type: "status",
  status: 200,
  body: { status: "OK", request_id: "1", results },
});

export const splitRow = (ticker: string, execution_date: string, split_from: unknown, split_to: unknown) => ({
  ...{ id: "1", ticker, execution_date, split_from, split_to },
});

export const dividendRow = (ticker: string, ex_dividend_date: string, cash_amount: unknown, currency = "USD") => ({
  ...{ id: "1", ticker, ex_dividend_date, cash_amount, currency },
});

export const quarantined = async (test: PullTest, query = ""): Promise<Json[]> =>
  (await test.read(`/market/quarantine${query}`)).items;

export const reasonsOf = async (test: PullTest): Promise<string[]> =>
  (await quarantined(test, "?state=waiting")).map(({ kind, asset, reason }) => `${kind} ${asset} ${reason}`).sort();

export const splitsIn = async (test: PullTest, symbol: string): Promise<string[]> =>
  (await test.read(`/assets/${symbol}/splits`)).items.map((split: Json) =>
    `${split.execution_date} ${split.split_from}:${split.split_to} ${split.source}`
  );
