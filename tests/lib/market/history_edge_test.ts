/** The edge of a provider's history: searched for once, and remembered. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { addDays } from "../../../lib/day.ts";
import { holds, withSpan } from "../../../lib/market/day_spans.ts";
import { afterAnswer, afterRefusal, type Edge, firstToAsk, UNKNOWN_EDGE } from "../../../lib/market/history_edge.ts";
import { addAsset } from "../../support/factories.ts";
import { askForBackfill, assertStored, backfill, barsOf, callsOf, planOf, rest, weekdays } from "./backfill_harness.ts";
import { assertAgrees, type Json, startPull } from "./pull_harness.ts";

const TO = "2024-03-08";
const FIRST = "2020-01-01";

Deno.test("the first day that is answered is found, with few refusals, and all before it are asked no more", () => {
  fc.assert(fc.property(fc.nat(2_000), fc.nat(2_000), (edgeDays, more) => {
    const [allowed, last] = [addDays(FIRST, edgeDays), addDays(FIRST, edgeDays + more)];
    let [edge, oldest, refusals]: [Edge, string | undefined, number] = [UNKNOWN_EDGE, undefined, 0];
    for (let asks = 0; oldest !== addDays(edge.refused ?? "1999-12-31", 1) && oldest !== FIRST; asks++) {
      assert.ok(asks < 30, "It does not end");
      const wanted = firstToAsk(edge, FIRST);
      const day = wanted < last ? wanted : last;
      if (day < allowed) [edge, refusals] = [afterRefusal(edge, day), refusals + 1];
      else [edge, oldest] = [afterAnswer(edge, day), day];
    }
    assert.equal(oldest, allowed);
    assert.ok(refusals <= 2 + 2 * Math.log2(edgeDays + 1), `${refusals} refusals of ${edgeDays} days`);
  }));
});

Deno.test("spans of days: what touches becomes one, and no day is lost or gained", () => {
  const day = fc.nat(40).map((days) => addDays(FIRST, days));
  const span = fc.tuple(day, day).map(([a, b]) => a < b ? { from: a, to: b } : { from: b, to: a });
  fc.assert(fc.property(fc.array(span, { maxLength: 8 }), (added) => {
    const spans = added.reduce(withSpan, [] as ReturnType<typeof withSpan>);
    for (let i = 0; i <= 41; i++) {
      const date = addDays(FIRST, i);
      assert.equal(holds(spans, date), added.some(({ from, to }) => from <= date && date <= to), date);
    }
    for (const [i, { from }] of spans.entries()) {
      const before = spans[i - 1];
      assert.ok(before === undefined || addDays(before.to, 1) < from);
    }
  }));
});

/** Of a year and a half before the Saturday, on Mondays and Fridays, so that it stays quick. */
const DAYS = weekdays("2022-09-05", TO).filter((_, i) => i % 5 === 0 || i % 5 === 4);
const BARS = barsOf(["A", "B"], DAYS);
const within = (from: string) => BARS.filter(({ date }) => date >= from);

const refusals = (calls: readonly { status: number | undefined }[]): number =>
  calls.filter(({ status }) => status === 403).length;

Deno.test("before the plan's two years nothing is asked for, and the plan says why", async () => {
  await using test = await startPull({ provider: { bars: BARS, switches: { historyYears: 2 } }, assets: ["A"] });
  const plan = await planOf(test, "?from=2019-01-01");
  assert.deepEqual([plan.from, plan.clipped], [
    "2022-03-09",
    "the provider's plan reaches back 2 years, to 2022-03-09",
  ]);
  const { result } = await backfill(test, { from: "2019-01-01" });
  assert.deepEqual([result.from, result.clipped, result.provider_calls], [plan.from, plan.clipped, 1]);
  assert.deepEqual(callsOf(test), ["A 2022-03-09/2024-03-08"]);
  assert.equal(refusals(test.provider.calls), 0);
});

Deno.test("a plan that reaches less far than it should, refused whole: by asset, all that there is, searched for once", async () => {
  await using test = await startPull({ provider: { bars: BARS, switches: { historyYears: 1 } }, assets: ["A", "B"] });
  const { state } = await backfill(test);
  assert.equal(state, "succeeded");
  await assertStored(test, within("2023-03-09"), ["A", "B"]);
  const [ofA, ofB] = ["A", "B"].map((symbol) => test.provider.calls.filter(({ path }) => path.includes(`/${symbol}/`)));
  assert.ok(ofA !== undefined && refusals(ofA) > 1 && ofA.length <= 2 + 2 * Math.log2(366), `${ofA?.length} calls`);
  assert.equal(ofB?.length, 1, "The edge is known");
  const plan = await planOf(test);
  assert.deepEqual([plan.calls, plan.markets[0].refused_up_to], [0, "2023-03-08"]);
  await assertAgrees(test.services);
});

Deno.test("clipped without a word: what there is is stored, and nothing is asked for again", async () => {
  const switches = { historyYears: 1, historyEdge: "clipped" } as const;
  await using test = await startPull({ provider: { bars: BARS, switches }, assets: ["A"] });
  const { result } = await backfill(test);
  assert.equal(result.provider_calls, 1);
  await assertStored(test, within("2023-03-09"), ["A"]);
  assert.equal((await planOf(test)).calls, 0);
  assert.equal((await test.read("/assets/A")).history.from, "2023-03-10");
});

Deno.test("by date, refused: the search for the edge wastes few calls, and no day is left out", async () => {
  const symbols = Array.from({ length: 30 }, (_, i) => `S${i}`);
  const days = weekdays("2024-02-12", TO);
  const bars = barsOf(symbols, days);
  const provider = { bars, switches: { historyYears: 1, callsPerMinute: 5 } };
  await using test = await startPull({ provider, assets: symbols, now: "2025-02-21T10:00:00.000Z" });
  await askForBackfill(test, { from: "2024-02-12", to: TO });
  await test.live(15 * 60_000);
  const job = await test.read(`/jobs/backfill:all:2024-02-12..${TO}`);
  assert.equal(job.state, "succeeded");
  await assertStored(test, bars.filter(({ date }) => date >= "2024-02-21"), symbols);
  // Of twenty days seven are too old; the 19th is a holiday that nobody told of.
  assert.ok(refusals(test.provider.calls) < 7, `${refusals(test.provider.calls)} refusals`);
  assert.equal(new Set(callsOf(test)).size, callsOf(test).length);
});

Deno.test("the edge moves on: what has become too old since is no longer missing", async () => {
  await using test = await startPull({ provider: { bars: BARS, switches: { historyYears: 2 } }, assets: ["A"] });
  assert.equal((await planOf(test)).from, "2022-03-09");
  await test.clock.advance(40 * 86_400_000);
  assert.deepEqual([(await planOf(test)).from, (await planOf(test)).to], ["2022-04-18", "2024-04-17"]);
});

Deno.test("a market that the plan does not include is asked for once, and the others are filled all the same", async () => {
  const days = weekdays("2024-03-04", TO);
  const bars = barsOf(["A", "X:BTCUSD"], days);
  await using test = await startPull({ provider: { bars }, assets: ["A"] });
  await addAsset(test, { symbol: "X:BTCUSD", kind: "crypto", status: "inactive" });
  await test.admin("/assets/X:BTCUSD", { method: "PATCH", body: { status: "active" } });
  const body = { status: "NOT_AUTHORIZED", message: "You are not entitled to this data." };
  test.provider.faults.add({ type: "status", status: 403, body }, { path: "/v2/aggs/ticker/X", times: Infinity });
  const span = { from: "2024-03-04", to: TO };
  const first = await backfill(test, span);
  assert.deepEqual([first.state, first.result.written, first.result.provider_calls], ["succeeded", 5, 2]);
  const plan = await planOf(test, `?from=${span.from}&to=${TO}`);
  const crypto = plan.markets.find(({ market }: Json) => market === "crypto");
  assert.deepEqual([plan.calls, crypto.strategy], [0, "none"]);
  assert.match(crypto.not_entitled, /not entitled/);
  assert.equal((await backfill(test, span)).result.provider_calls, 0);
  // Asked for by itself, it is asked for; and the job is dead.
  assert.equal((await backfill(test, { ...span, asset: "X:BTCUSD" })).state, "dead");
  test.provider.faults.clear();
  await test.admin("/jobs/backfill:asset:X:BTCUSD:2024-03-04..2024-03-08/retry", { method: "POST" });
  await rest(test);
  assert.equal((await planOf(test, `?from=${span.from}&to=${TO}`)).markets[1].not_entitled, null);
});
