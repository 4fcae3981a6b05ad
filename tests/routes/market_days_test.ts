/** A day with what was said otherwise of it before. */
import assert from "node:assert/strict";
import { bar, FRIDAY, type Json, type PullTest, startPull, THURSDAY } from "../lib/market/pull_harness.ts";
import { assertProblem, bodyOf, itemsOf } from "../support/answers.ts";
import type { DatedStandInBar } from "../support/provider_stand_in_bars.ts";

async function startWith(...bars: DatedStandInBar[]): Promise<{ test: PullTest; bars: DatedStandInBar[] }> {
  const assets = [...new Set(bars.map(({ symbol }) => symbol))];
  return { test: await startPull({ provider: { bars: () => bars }, assets }), bars };
}

const put = async (test: PullTest, symbol: string, item: Json): Promise<void> =>
  void await bodyOf(await test.admin(`/assets/${symbol}/historic-values`, { method: "PUT", body: { items: [item] } }));

Deno.test("GET /market/days/{date}: a corrected bar, old and new, when and by whom; the revision of the provider's", async () => {
  const { test, bars } = await startWith(bar("AAA", FRIDAY, 10), bar("BBB", FRIDAY, 20));
  await using _test = test;
  await test.pull(FRIDAY);
  const untouched = await test.read(`/market/days/${FRIDAY}`);
  assert.deepEqual([untouched.revision, untouched.corrections_count, untouched.corrections], [1, 0, []]);

  bars[0] = { ...bar("AAA", FRIDAY, 10), volume: 2000 };
  await test.pull(FRIDAY);
  const day = await test.read(`/market/days/${FRIDAY}`);
  const values = { date: FRIDAY, open: "10", high: "10", low: "10", close: "10", vwap: null };
  const rest = { pre_market: null, after_hours: null, source: "polygon" };
  assert.deepEqual([day.revision, day.status, day.corrections_count], [2, "complete", 1]);
  assert.deepEqual(day.corrections, [{
    asset: "AAA",
    old: { ...values, volume: "1234.5", ...rest, recorded_at: "2024-03-09T10:01:00.000Z" },
    new: { ...values, volume: "2000", ...rest, recorded_at: "2024-03-09T10:02:00.000Z" },
    replaced_at: "2024-03-09T10:02:00.000Z",
  }]);

  await put(test, "AAA", { date: FRIDAY, close: "9.5", source: "desk" });
  const after = await test.read(`/market/days/${FRIDAY}`);
  assert.deepEqual([after.revision, after.corrections_count], [2, 2]);
  const [first, second] = after.corrections;
  assert.deepEqual(first, day.corrections[0]);
  assert.deepEqual([second.old, second.new.source, second.new.close, second.new.volume], [
    day.corrections[0].new,
    "desk",
    "9.5",
    null,
  ]);
  assert.equal((await test.request(`/market/days/${FRIDAY}?market=crypto`)).status, 404);
});

Deno.test("GET /market/days/{date}/corrections: page by page, of the market that is asked for", async () => {
  const symbols = ["AAA", "BBB", "CCC", "X:BTCUSD"];
  const { test, bars } = await startWith(...symbols.map((symbol) => bar(symbol, FRIDAY, 1)));
  await using _test = test;
  for (let close = 1; close <= 3; close++) {
    bars.splice(0, bars.length, ...symbols.map((symbol) => bar(symbol, FRIDAY, close)));
    await test.pull(FRIDAY);
    await test.pull(FRIDAY, "crypto");
  }
  const path = `/market/days/${FRIDAY}/corrections`;
  const all = await itemsOf(await test.request(path));
  const said = ({ asset, old, new: now }: Record<string, unknown>) => [asset, (old as Json).close, (now as Json).close];
  assert.deepEqual(all.map(said), ["AAA", "BBB", "CCC"].flatMap((asset) => [[asset, "1", "2"], [asset, "2", "3"]]));
  assert.deepEqual((await itemsOf(await test.request(`${path}?market=crypto`))).map(said), [
    ["X:BTCUSD", "1", "2"],
    ["X:BTCUSD", "2", "3"],
  ]);
  const paged: Json[] = [];
  let cursor: string | undefined;
  do {
    const page = await test.read(
      `${path}?limit=4${cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    paged.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  assert.deepEqual(paged, all);
  assert.deepEqual(await itemsOf(await test.request(`/market/days/${THURSDAY}/corrections`)), []);
});

Deno.test("GET /market/days/{date}/corrections: 422 for a cursor of another list and a market that is not known", async () => {
  const { test } = await startWith(bar("AAA", FRIDAY, 1));
  await using _test = test;
  for (const query of ["cursor=made-up", "market=bonds", "limit=0"]) {
    await assertProblem(await test.request(`/market/days/${FRIDAY}/corrections?${query}`), "validation-failed");
  }
});
