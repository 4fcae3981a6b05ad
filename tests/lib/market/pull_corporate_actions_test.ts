/** The nightly fetch of splits and dividends: what is stored of them, what waits, and what is left alone. */
import assert from "node:assert/strict";
import { bodyOf } from "../../support/answers.ts";
import {
  actionRows,
  dividendRow,
  pullActions,
  quarantined,
  reasonsOf,
  splitRow,
  splitsIn,
  startActions,
  TUESDAY,
  WEDNESDAY,
} from "./corporate_actions_harness.ts";
import { assertAgrees, bar, FRIDAY, type Json, type PullTest, THURSDAY } from "./pull_harness.ts";

const [SPLITS, DIVIDENDS] = ["/stocks/v1/splits", "/stocks/v1/dividends"];
const NONE = { written: 0, unchanged: 0, quarantined: 0, rejected: 0, differing: 0, unreadable: 0 };

/** AAA falls to a quarter on Friday; BBB stays where it is. */
const BARS = [
  bar("AAA", THURSDAY, 400),
  bar("BBB", THURSDAY, 50),
  bar("AAA", FRIDAY, 101),
  bar("BBB", FRIDAY, 51),
];

const decide = (test: PullTest, id: string, word: string, body?: Json) =>
  test.admin(`/market/quarantine/${id}/${word}`, { method: "POST", ...(body !== undefined && { body }) });

/** As the asset's bars are before any split is known. */
async function startWithBars(): Promise<PullTest> {
  const test = await startActions({});
  for (const { symbol, date, close } of BARS) {
    const body = { items: [{ date, open: close, close }] };
    await bodyOf(await test.admin(`/assets/${symbol}/historic-values`, { method: "PUT", body }));
  }
  return test;
}

Deno.test("a split that the prices bear out is stored once, however often it is sent", async () => {
  await using test = await startWithBars();
  const four = splitRow("AAA", FRIDAY, 1, 4);
  test.provider.faults.add(actionRows(four, { ...four, id: "2" }, splitRow("ELSE", FRIDAY, 1, 2)), { path: SPLITS });
  const { splits, dividends, provider_calls } = await pullActions(test);
  assert.deepEqual([splits, dividends, provider_calls], [{ ...NONE, written: 1 }, NONE, 2]);
  assert.deepEqual(await splitsIn(test, "AAA"), [`${FRIDAY} 1:4 polygon`]);
  const { items } = await test.read("/assets/AAA/historic-values?adjust=splits");
  assert.deepEqual(items.map(({ close }: Json) => close), ["100", "101"]);
  test.provider.faults.add(actionRows(four), { path: SPLITS });
  assert.deepEqual((await pullActions(test)).splits, { ...NONE, unchanged: 1 });
  await assertAgrees(test.services);
});

Deno.test("splits that the prices do not bear out, and those of no shares at all, wait with their reason", async () => {
  const cases: [row: Json, reason: string][] = [
    [splitRow("AAA", FRIDAY, 4, 1), "reversed_ratio"],
    [splitRow("AAA", FRIDAY, 1, 10), "other_ratio"],
    [splitRow("BBB", FRIDAY, 1, 2), "no_jump"],
    [splitRow("AAA", FRIDAY, 0, 4), "not_positive"],
    [splitRow("AAA", FRIDAY, 1, 0), "not_positive"],
    [splitRow("AAA", FRIDAY, -1, 4), "not_positive"],
    [splitRow("AAA", FRIDAY, 1, "four"), "not_positive"],
    [splitRow("AAA", FRIDAY, 2, 2), "ratio_of_one"],
  ];
  for (const [row, reason] of cases) {
    await using test = await startWithBars();
    test.provider.faults.add(actionRows(row), { path: SPLITS });
    assert.deepEqual((await pullActions(test)).splits, { ...NONE, quarantined: 1 }, reason);
    assert.deepEqual(await reasonsOf(test), [`split ${row.ticker} ${reason}`]);
    assert.deepEqual(await splitsIn(test, row.ticker), []);
    await assertAgrees(test.services);
  }
});

Deno.test("two splits of a date: the one that the prices bear out is stored, the other waits", async () => {
  await using test = await startWithBars();
  const [wrong, right] = [splitRow("AAA", FRIDAY, 4, 1), splitRow("AAA", FRIDAY, 1, 4)];
  const close = splitRow("AAA", FRIDAY, 10, 39);
  test.provider.faults.add(actionRows(wrong, right, close), { path: SPLITS });
  assert.deepEqual((await pullActions(test)).splits, { ...NONE, written: 1, quarantined: 2 });
  assert.deepEqual(await splitsIn(test, "AAA"), [`${FRIDAY} 1:4 polygon`]);
  assert.deepEqual(await reasonsOf(test), ["split AAA duplicate_date", "split AAA reversed_ratio"]);
  test.provider.faults.add(actionRows(close, wrong, right), { path: SPLITS });
  assert.deepEqual((await pullActions(test)).splits, { ...NONE, unchanged: 1, quarantined: 2 });
  assert.deepEqual(await splitsIn(test, "AAA"), [`${FRIDAY} 1:4 polygon`]);
});

Deno.test("spin-offs are too small for prices to tell, and stored", async () => {
  for (const ratio of [1.011, 1.032, 1.054]) {
    await using test = await startWithBars();
    test.provider.faults.add(actionRows(splitRow("BBB", FRIDAY, 1, ratio)), { path: SPLITS });
    assert.deepEqual((await pullActions(test)).splits, { ...NONE, written: 1 });
    assert.deepEqual(await splitsIn(test, "BBB"), [`${FRIDAY} 1:${ratio} polygon`]);
  }
});

Deno.test("what an administrator put in stays, and a different fact of the provider's is counted", async () => {
  await using test = await startWithBars();
  const put = (split_to: string) =>
    test.admin("/assets/AAA/splits", {
      method: "PUT",
      body: { items: [{ execution_date: FRIDAY, split_from: "1", split_to }] },
    });
  await bodyOf(await put("3.9"));
  test.provider.faults.add(actionRows(splitRow("AAA", FRIDAY, 1, 4)), { path: SPLITS });
  assert.deepEqual((await pullActions(test)).splits, { ...NONE, differing: 1 });
  assert.deepEqual(await splitsIn(test, "AAA"), [`${FRIDAY} 1:3.9 manual`]);
  assert.deepEqual(await quarantined(test), []);
});

Deno.test("a split without prices from its date on waits, and is stored by itself when they are there", async () => {
  await using test = await startWithBars();
  await test.clock.advance(3 * 86_400_000);
  const monday = splitRow("AAA", "2024-03-11", 1, 2);
  test.provider.faults.add(actionRows(monday), { path: SPLITS });
  await pullActions(test);
  assert.deepEqual(await reasonsOf(test), ["split AAA no_prices"]);
  const body = { items: [{ date: "2024-03-11", open: 51, close: 52 }] };
  await bodyOf(await test.admin("/assets/AAA/historic-values", { method: "PUT", body }));
  assert.equal((await pullActions(test)).rechecked, 1);
  assert.deepEqual(await splitsIn(test, "AAA"), ["2024-03-11 1:2 polygon"]);
  assert.deepEqual(await quarantined(test), []);
});

Deno.test("what takes effect later, or before anything that is stored, is of no use yet", async () => {
  await using test = await startWithBars();
  const rows = [splitRow("AAA", "2024-03-20", 1, 4), splitRow("AAA", TUESDAY, 1, 4), splitRow("AAA", "soon", 1, 4)];
  test.provider.faults.add(actionRows(...rows), { path: SPLITS });
  assert.deepEqual((await pullActions(test)).splits, { ...NONE, unreadable: 1 });
  assert.deepEqual([await splitsIn(test, "AAA"), await quarantined(test)], [[], []]);
});

Deno.test("dividends in another currency, of nothing, or of more than half the price wait", async () => {
  const cases: [row: Json, reason: string | undefined][] = [
    [dividendRow("BBB", FRIDAY, 0.24), undefined],
    [dividendRow("BBB", FRIDAY, 24.9), undefined],
    [dividendRow("BBB", FRIDAY, 25.1), "too_large"],
    [dividendRow("BBB", FRIDAY, 0), "not_positive"],
    [dividendRow("BBB", FRIDAY, "much"), "not_positive"],
    [dividendRow("BBB", FRIDAY, 0.24, "CAD"), "other_currency"],
  ];
  for (const [row, reason] of cases) {
    await using test = await startWithBars();
    test.provider.faults.add(actionRows(row), { path: DIVIDENDS });
    const { dividends } = await pullActions(test);
    assert.deepEqual(dividends, { ...NONE, ...(reason === undefined ? { written: 1 } : { quarantined: 1 }) });
    assert.deepEqual(await reasonsOf(test), reason === undefined ? [] : [`dividend BBB ${reason}`]);
  }
});

Deno.test("a dividend in another currency can be accepted only with its amount in the asset's", async () => {
  await using test = await startWithBars();
  test.provider.faults.add(actionRows(dividendRow("BBB", FRIDAY, 0.24, "CAD")), { path: DIVIDENDS, times: 2 });
  await pullActions(test);
  const [{ id, row }] = await quarantined(test);
  assert.deepEqual(row, { cash_amount: "0.24", currency: "CAD" });
  assert.equal((await decide(test, id, "accept")).status, 422);
  await bodyOf(await decide(test, id, "accept", { dividend: { cash_amount: "0.18" } }));
  const expected = { items: [{ ex_dividend_date: FRIDAY, cash_amount: "0.18", source: "manual" }] };
  assert.deepEqual(await test.read("/assets/BBB/dividends"), expected);
  assert.deepEqual((await pullActions(test)).dividends, { ...NONE, unchanged: 1 });
  assert.deepEqual(await test.read("/assets/BBB/dividends"), expected);
});

Deno.test("a doubtful split: rejected it is left out for good, accepted it is stored, corrected as it was corrected", async () => {
  for (
    const [word, body, splits, tally] of [
      ["reject", undefined, [], { rejected: 1 }],
      ["accept", undefined, [`${FRIDAY} 4:1 polygon`], { unchanged: 1 }],
      ["accept", { split: { split_from: "1", split_to: "4" } }, [`${FRIDAY} 1:4 manual`], { unchanged: 1 }],
    ] as const
  ) {
    await using test = await startWithBars();
    test.provider.faults.add(actionRows(splitRow("AAA", FRIDAY, 4, 1)), { path: SPLITS, times: 2 });
    await pullActions(test);
    const [{ id }] = await quarantined(test);
    await bodyOf(await decide(test, id, word, body));
    assert.deepEqual(await splitsIn(test, "AAA"), splits);
    assert.deepEqual((await pullActions(test)).splits, { ...NONE, ...tally });
    assert.deepEqual(await splitsIn(test, "AAA"), splits);
    await assertAgrees(test.services);
  }
});

Deno.test("a run goes on from where the last one came to, with a week again, a month a call", async () => {
  await using test = await startActions({});
  const first = await pullActions(test, {});
  assert.deepEqual([first.from, first.to, first.provider_calls], ["2022-03-09", "2024-03-09", 48]);
  const asked = test.provider.calls.filter(({ path }) => path === SPLITS).map(({ search }) => {
    const query = new URLSearchParams(search);
    return `${query.get("execution_date.gte")} ${query.get("execution_date.lte")}`;
  });
  assert.deepEqual([asked[0], asked.at(-1)], ["2022-03-09 2022-04-08", "2024-02-20 2024-03-09"]);
  await test.clock.advance(2 * 86_400_000);
  const second = await pullActions(test, {});
  assert.deepEqual([second.from, second.to, second.provider_calls], ["2024-03-02", "2024-03-11", 2]);
  const named = await pullActions(test, { from: WEDNESDAY, to: THURSDAY });
  assert.deepEqual([named.from, named.to], [WEDNESDAY, THURSDAY]);
  assert.equal((await pullActions(test, {})).from, "2024-03-04");
});

Deno.test("422 for a span that is none, or ends in the future", async () => {
  await using test = await startActions({});
  for (const args of [{ to: "2024-03-10" }, { from: FRIDAY, to: THURSDAY }, { from: "x" }, { date: FRIDAY }]) {
    const asked = await test.admin("/jobs", { method: "POST", body: { name: "pull-corporate-actions", args } });
    assert.equal(asked.status, 422, JSON.stringify(args));
  }
});
