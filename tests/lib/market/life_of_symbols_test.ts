/** What becomes of assets whose symbols fall silent, change, or come to be another issuer's. */
import assert from "node:assert/strict";
import { addDays, isWeekend } from "../../../lib/day.ts";
import type { Asset } from "../../../lib/store/assets.ts";
import { verify } from "../../../lib/verify/mod.ts";
import { assertProblem, bodyOf } from "../../support/answers.ts";
import { addPortfolio } from "../../support/factories.ts";
import type { ProviderStandInOptions } from "../../support/provider_stand_in.ts";
import type { DatedStandInBar } from "../../support/provider_stand_in_bars.ts";
import { bar, type Json, type PullTest, startPull } from "./pull_harness.ts";

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Weekdays from Monday, 5 June 2023 on; Juneteenth and the Fourth of July among them. */
const WEEKDAYS = Array.from({ length: 60 }, (_, i) => addDays("2023-06-05", i)).filter((day) => !isWeekend(day));
/** 02:00 in New York, before the night that follows 5 June. */
const START = "2023-06-06T06:00:00.000Z";

/** A bar a weekday of those days on which the symbol traded. */
const rows = (symbol: string, trades: (day: string) => boolean): DatedStandInBar[] =>
  WEEKDAYS.filter(trades).map((day) => bar(symbol, day, 10));

const start = (
  bars: readonly DatedStandInBar[],
  more: Partial<ProviderStandInOptions> = {},
  symbols = ["AAA", "BBB"],
) => startPull({ now: START, provider: { bars, ...more }, assets: symbols });

async function nights(test: PullTest, count: number): Promise<void> {
  const sinceStart = Math.round((test.clock.now().getTime() - Date.parse(START)) / DAY_MS);
  for (let night = sinceStart; night < sinceStart + count; night++) {
    await test.clock.advance(HOUR_MS);
    await test.keepTime();
    // The night enqueues others, each a little later than the one before.
    for (let round = 0; round < 3; round++) {
      await test.clock.until(test.worker.runDue());
      await test.clock.advance(SECOND_MS);
    }
    await test.clock.advance(Date.parse(START) + (night + 1) * DAY_MS - test.clock.now().getTime());
  }
}

const assetOf = (test: PullTest, symbol: string): Promise<Json> => test.read(`/assets/${symbol}`);
const rename = (symbol: string, since: string) => ({ method: "POST", body: { symbol, since } });

Deno.test("ten sessions without a bar while others trade: delisted, no longer expected, still worth its last price", async () => {
  const bars = [...rows("AAA", () => true), ...rows("BBB", (day) => day <= "2023-06-07")];
  await using test = await start(bars);
  await nights(test, 3);
  const { id } = await addPortfolio(test, { AAA: "1", BBB: "2" }, { name: "Both" });
  // 8 to 21 June are ten weekdays: the tenth is there in the night to the 22nd, and known as silent in the next at the latest.
  await nights(test, 13);
  assert.equal((await assetOf(test, "BBB")).status, "active");
  await nights(test, 2);
  const { status, latest } = await assetOf(test, "BBB");
  assert.deepEqual([status, latest], ["delisted", { price: "10", date: "2023-06-07" }]);
  assert.equal((await assetOf(test, "AAA")).status, "active");
  const report = await test.read(`/portfolios/${id}/sectors`);
  assert.equal(report.market_value, "30");
  assert.deepEqual(report.warnings.map(({ code, asset }: Json) => [code, asset]), [["delisted", "BBB"]]);
  const again = await test.admin("/assets", { method: "POST", body: { symbol: "BBB" } });
  assert.match(
    String((await assertProblem(again, "conflict"))["detail"]),
    /BBB already; it is delisted: rename it first/,
  );
  const before = await test.read(`/portfolios/${id}/sectors?as_of=2023-06-07`);
  assert.deepEqual(before.warnings, []);
  const gaps = await test.read("/market/gaps?from=2023-06-08&to=2023-06-16");
  assert.deepEqual(gaps.assets, []);
});

Deno.test("one that trades again soon is active again, whatever was missed stays missing", async () => {
  const bars = [...rows("AAA", () => true), ...rows("BBB", (day) => day <= "2023-06-07" || day >= "2023-06-28")];
  await using test = await start(bars);
  await nights(test, 21);
  assert.equal((await assetOf(test, "BBB")).status, "delisted");
  await nights(test, 6);
  assert.equal((await assetOf(test, "BBB")).status, "active");
});

Deno.test("a status that an administrator has chosen stays", async () => {
  const bars = [...rows("AAA", () => true), ...rows("BBB", (day) => day <= "2023-06-07")];
  await using test = await start(bars);
  await bodyOf(await test.admin("/assets/BBB", { method: "PATCH", body: { status: "inactive" } }));
  await bodyOf(await test.admin("/assets/BBB", { method: "PATCH", body: { status: "active" } }));
  await nights(test, 20);
  assert.equal((await assetOf(test, "BBB")).status, "active");
});

Deno.test("nothing is delisted while nothing trades at all", async () => {
  await using test = await start([...rows("AAA", (day) => day <= "2023-06-07")], {}, ["AAA"]);
  await nights(test, 20);
  assert.equal((await assetOf(test, "AAA")).status, "active");
});

const split = { execution_date: "2023-06-12", split_from: "1", split_to: "2" };
const dividend = { ex_dividend_date: "2023-06-12", cash_amount: "1" };

/** Everything that is asked of an asset by its symbol. */
const UNDER_A_SYMBOL: readonly (readonly [path: string, init: { method?: string; body?: unknown }])[] = [
  ...["", "/historic-values", "/splits", "/dividends", "/splits/corrections", "/dividends/corrections"]
    .map((path) => [path, {}] as const),
  ["", { method: "PATCH", body: { name: "B" } }],
  ["", { method: "DELETE" }],
  ["/rename", { method: "POST", body: { symbol: "DDD", since: "2023-06-15" } }],
  ["/historic-values", { method: "PUT", body: { items: [{ date: "2023-06-12", close: "1" }] } }],
  ["/splits", { method: "PUT", body: { items: [split] } }],
  ["/splits/2023-06-12", { method: "DELETE" }],
  ["/dividends", { method: "PUT", body: { items: [dividend] } }],
  ["/dividends/2023-06-12", { method: "DELETE" }],
];

Deno.test("a rename that the provider tells of is followed by itself: the history goes on under the new symbol", async () => {
  const bars = [
    ...rows("AAA", () => true),
    ...rows("BBB", (day) => day < "2023-06-14"),
    ...rows("CCC", (day) => day >= "2023-06-14"),
  ];
  const figi = "BBG00000BBB1";
  const assets = [{ symbol: "CCC", name: "C Inc.", figi }];
  await using test = await start(bars, { assets, renames: [{ from: "BBB", to: "CCC", date: "2023-06-14" }] });
  // As the provider's details had it while the symbol was in use.
  await test.services.assets.update(2, (asset) => ({ ...asset as Asset, figi }));
  const { id } = await addPortfolio(test, { BBB: "2" }, { name: "One" });
  await nights(test, 18);
  const asset = await assetOf(test, "CCC");
  assert.deepEqual(asset.former_symbols, [{ symbol: "BBB", until: "2023-06-14" }]);
  assert.equal(asset.status, "active");
  assert.deepEqual((await test.read(`/portfolios/${id}`)).investments, [{ asset: "CCC", amount: "2" }]);
  const { items } = await test.read("/assets/CCC/historic-values?from=2023-06-05&to=2023-06-20");
  assert.deepEqual(items.map(({ date }: Json) => date), WEEKDAYS.filter((day) => day <= "2023-06-20"));
  const { detail } = await assertProblem(await test.request("/assets/BBB"), "not-found");
  assert.match(String(detail), /no asset BBB since 2023-06-14: it is CCC now/);
  for (const [path, init] of UNDER_A_SYMBOL) {
    const answer = await test.admin(`/assets/BBB${path}`, init);
    assert.equal((await assertProblem(answer, "not-found"))["detail"], detail, `${init.method ?? "GET"} ${path}`);
  }
});

Deno.test("META before 9 June 2022 was another issuer: each day's row goes to whose symbol it was", async () => {
  const days = ["2022-06-07", "2022-06-08", "2022-06-09", "2022-06-10"];
  const bars = [
    bar("FB", "2022-06-07", 195.65),
    bar("FB", "2022-06-08", 196.64),
    bar("META", "2022-06-07", 11.98),
    bar("META", "2022-06-08", 12.1),
    bar("META", "2022-06-09", 184),
    bar("META", "2022-06-10", 175.57),
    bar("FB", "2022-06-10", 1.5),
  ];
  await using test = await startPull({ now: "2022-06-13T10:00:00.000Z", provider: { bars }, assets: ["FB"] });
  await bodyOf(await test.admin("/assets/FB/rename", rename("META", "2022-06-09")));
  // The freed symbol is another's from then on, and that one inherits nothing.
  await bodyOf(await test.admin("/assets", { method: "POST", body: { symbol: "FB", name: "Freshly Built" } }), 201);
  for (const day of days) await test.pull(day);
  const closes = async (symbol: string) =>
    (await test.read(`/assets/${symbol}/historic-values?from=2022-06-01&to=2022-06-30`)).items
      .map(({ date, close }: Json) => `${date} ${close}`);
  assert.deepEqual(await closes("META"), [
    "2022-06-07 195.65",
    "2022-06-08 196.64",
    "2022-06-09 184",
    "2022-06-10 175.57",
  ]);
  assert.deepEqual(await closes("FB"), ["2022-06-10 1.5"]);
  assert.deepEqual(await Array.fromAsync(verify(test.services)), []);
});

Deno.test("a backfill asks under the symbols of the time, and a symbol that was freed not before that", async () => {
  const days = ["2022-06-07", "2022-06-08", "2022-06-09", "2022-06-10"];
  const bars = days.flatMap((day, i) => [bar("FB", day, 100 + i), bar("META", day, 110 + i)]);
  await using test = await startPull({ now: "2022-06-13T10:00:00.000Z", provider: { bars }, assets: ["FB"] });
  await bodyOf(await test.admin("/assets/FB/rename", rename("META", "2022-06-09")));
  await bodyOf(await test.admin("/assets", { method: "POST", body: { symbol: "FB", name: "Freshly Built" } }), 201);
  for (const asset of ["META", "FB"]) {
    await test.clock.advance(60_000);
    const body = { name: "backfill", args: { asset, from: days[0], to: days[3] } };
    await bodyOf(await test.admin("/jobs", { method: "POST", body }), 202);
    await test.clock.until(test.worker.runDue());
  }
  const closes = async (symbol: string) =>
    (await test.read(`/assets/${symbol}/historic-values`)).items.map(({ close }: Json) => close);
  assert.deepEqual(await closes("META"), ["100", "101", "112", "113"]);
  assert.deepEqual(await closes("FB"), ["102", "103"]);
});

Deno.test("POST /assets/{symbol}/rename: 409 where the symbol is taken, 412, 422, 404, 401, and nothing changes", async () => {
  await using test = await start([]);
  const taken = await assertProblem(await test.admin("/assets/AAA/rename", rename("BBB", "2023-06-01")), "conflict");
  assert.match(String(taken["detail"]), /BBB already.*not merged/);
  const ifMatch = { ...rename("CCC", "2023-06-01"), headers: { "if-match": '"other"' } };
  await assertProblem(await test.admin("/assets/AAA/rename", ifMatch), "version-mismatch");
  for (
    const body of [{}, { symbol: "CCC" }, { symbol: "C C", since: "2023-06-01" }, {
      symbol: "CCC",
      since: "2024-01-01",
    }]
  ) {
    await assertProblem(await test.admin("/assets/AAA/rename", { method: "POST", body }), "validation-failed");
  }
  await assertProblem(await test.admin("/assets/NONE/rename", rename("CCC", "2023-06-01")), "not-found");
  await assertProblem(await test.request("/assets/AAA/rename", { method: "POST", body: "{}" }), "unauthorized");
  assert.deepEqual((await test.read("/assets")).items.map(({ symbol }: Json) => symbol), ["AAA", "BBB"]);
});

Deno.test("a rename is taken back by the one back on the same day, and a later one must come later", async () => {
  await using test = await start([]);
  await bodyOf(await test.admin("/assets/AAA/rename", rename("CCC", "2023-06-01")));
  await assertProblem(await test.admin("/assets/CCC/rename", rename("DDD", "2023-05-31")), "validation-failed");
  const back = await bodyOf<Json>(await test.admin("/assets/CCC/rename", rename("AAA", "2023-06-01")));
  assert.equal(back.former_symbols, undefined);
  await assertProblem(await test.request("/assets/CCC"), "not-found");
});
