/** Prices that jump in a pull: with a split of the session's own date, without one, and what they are compared with. */
import assert from "node:assert/strict";
import { bodyOf } from "../../support/answers.ts";
import { actionRows, pullActions, quarantined, reasonsOf, splitRow, splitsIn } from "./corporate_actions_harness.ts";
import { startActions } from "./corporate_actions_harness.ts";
import { assertAgrees, bar, FRIDAY, type Json, type PullTest, THURSDAY } from "./pull_harness.ts";

const SPLITS = "/stocks/v1/splits";

const closesOf = async (test: PullTest, symbol: string): Promise<string[]> =>
  (await test.read(`/assets/${symbol}/historic-values`)).items.map(({ close }: Json) => close);

const putCloses = async (test: PullTest, symbol: string, closes: Readonly<Record<string, string>>) => {
  const items = Object.entries(closes).map(([date, close]) => ({ date, close }));
  await bodyOf(await test.admin(`/assets/${symbol}/historic-values`, { method: "PUT", body: { items } }));
};

const resultOf = async (test: PullTest, date: string): Promise<Json> => {
  const { state, error, result } = await test.pull(date);
  assert.equal(state, "succeeded", error ?? "");
  return result;
};

const QUARTERED = [
  bar("AAA", THURSDAY, 400),
  bar("BBB", THURSDAY, 50),
  bar("AAA", FRIDAY, 101),
  bar("BBB", FRIDAY, 51),
];

Deno.test("a split of the session's own date: asked for once a price jumps, with one more call, and nothing waits", async () => {
  const splits = [{ symbol: "AAA", date: FRIDAY, ratio: 4 }];
  await using test = await startActions({ bars: QUARTERED, splits });
  assert.equal((await resultOf(test, THURSDAY)).provider_calls, 1);
  const { written, quarantined: waiting, provider_calls } = await resultOf(test, FRIDAY);
  assert.deepEqual([written, waiting, provider_calls], [2, 0, 2]);
  const { search } = test.provider.calls.at(-1) ?? {};
  assert.match(search ?? "", /execution_date.gte=2024-03-08&execution_date.lte=2024-03-08/);
  assert.deepEqual([await closesOf(test, "AAA"), await splitsIn(test, "AAA")], [["400", "101"], [
    `${FRIDAY} 1:4 polygon`,
  ]]);
  // Known by now.
  assert.equal((await resultOf(test, FRIDAY)).provider_calls, 1);
  await assertAgrees(test.services);
});

Deno.test("a split that was fetched before its session costs no call, whether it waited for prices or was put in", async () => {
  const splits = [{ symbol: "AAA", date: FRIDAY, ratio: 4 }];
  await using test = await startActions({ bars: QUARTERED, splits });
  await resultOf(test, THURSDAY);
  await pullActions(test);
  assert.deepEqual(await reasonsOf(test), ["split AAA no_prices"]);
  const { quarantined: waiting, provider_calls } = await resultOf(test, FRIDAY);
  assert.deepEqual([waiting, provider_calls], [0, 1]);
  assert.deepEqual([await splitsIn(test, "AAA"), await quarantined(test)], [[`${FRIDAY} 1:4 polygon`], []]);
});

Deno.test("a jump that no split explains waits; a doubtful split does not explain it, and corrected it does", async () => {
  await using test = await startActions({ bars: QUARTERED });
  await resultOf(test, THURSDAY);
  test.provider.faults.add(actionRows(splitRow("AAA", FRIDAY, 4, 1)), { path: SPLITS });
  const { written, quarantined: waiting, provider_calls } = await resultOf(test, FRIDAY);
  assert.deepEqual([written, waiting, provider_calls], [1, 1, 2]);
  assert.deepEqual(await reasonsOf(test), ["bar AAA price_jump", "split AAA reversed_ratio"]);
  const [{ id }] = await quarantined(test, "?kind=split");
  const body = { split: { split_from: "1", split_to: "4" } };
  await bodyOf(await test.admin(`/market/quarantine/${id}/accept`, { method: "POST", body }));
  assert.deepEqual(await closesOf(test, "AAA"), ["400", "101"]);
  assert.deepEqual(await reasonsOf(test), []);
  await assertAgrees(test.services);
});

Deno.test("where the provider cannot tell of splits the day is stored all the same, and the next fetch releases what waited", async () => {
  const splits = [{ symbol: "AAA", date: FRIDAY, ratio: 4 }];
  await using test = await startActions({ bars: QUARTERED, splits });
  await resultOf(test, THURSDAY);
  test.provider.faults.add({ type: "html" }, { path: SPLITS });
  assert.deepEqual((await resultOf(test, FRIDAY)).quarantined, 1);
  const { status, quarantined: waiting } = await test.read(`/market/days/${FRIDAY}`);
  assert.deepEqual([status, waiting], ["complete", 1]);
  await pullActions(test);
  assert.deepEqual([await closesOf(test, "AAA"), await quarantined(test)], [["400", "101"], []]);
  assert.equal((await test.read(`/market/days/${FRIDAY}`)).quarantined, 0);
});

Deno.test("a rise of half is no jump, a little more is one; a fall of half likewise", async () => {
  for (const [close, waits] of [[150, false], [150.1, true], [50, false], [49.9, true]] as const) {
    await using test = await startActions({ bars: [bar("AAA", FRIDAY, close)] });
    await putCloses(test, "AAA", { [THURSDAY]: "100" });
    assert.equal((await resultOf(test, FRIDAY)).quarantined, waits ? 1 : 0, String(close));
  }
});

Deno.test("compared is the last good price, of a month at most; a jump that waits is not forgotten with time", async () => {
  await using test = await startActions({ bars: [bar("AAA", FRIDAY, 300), bar("BBB", FRIDAY, 300)] });
  await putCloses(test, "AAA", { "2024-02-07": "100" });
  await putCloses(test, "BBB", { "2024-02-06": "100" });
  await resultOf(test, FRIDAY);
  assert.deepEqual(await reasonsOf(test), ["bar AAA price_jump"]);

  const later = bar("AAA", THURSDAY, 310);
  await using other = await startActions({
    bars: [{ ...later, date: "2024-01-31" }, { ...later, date: "2024-02-26" }, later],
  });
  await putCloses(other, "AAA", { "2024-01-30": "100" });
  for (const day of ["2024-01-31", "2024-02-26", THURSDAY]) {
    assert.equal((await resultOf(other, day)).quarantined, 1, day);
  }
  const [{ compared_with }] = await quarantined(other);
  assert.deepEqual(compared_with, { price: "100", date: "2024-01-30" });
});

Deno.test("a first bar is compared with nothing, and a correction with the bar before it, not with itself", async () => {
  const bars = [bar("AAA", FRIDAY, 100), bar("BBB", FRIDAY, 300)];
  await using test = await startActions({ bars });
  await putCloses(test, "BBB", { [THURSDAY]: "250", [FRIDAY]: "100" });
  assert.deepEqual((await resultOf(test, FRIDAY)).quarantined, 0);
  assert.deepEqual([await closesOf(test, "AAA"), await closesOf(test, "BBB")], [["100"], ["250", "300"]]);
});

Deno.test("a close that is stored already is not doubted, and a bad correction leaves what is stored", async () => {
  await using test = await startActions({ bars: [bar("AAA", FRIDAY, 300), bar("BBB", FRIDAY, 300)] });
  await putCloses(test, "AAA", { [THURSDAY]: "100", [FRIDAY]: "300" });
  await putCloses(test, "BBB", { [THURSDAY]: "100", [FRIDAY]: "101" });
  await resultOf(test, FRIDAY);
  assert.deepEqual(await reasonsOf(test), ["bar BBB price_jump"]);
  assert.deepEqual([await closesOf(test, "AAA"), await closesOf(test, "BBB")], [["100", "300"], ["100", "101"]]);
});

Deno.test("a special dividend explains its part of a fall", async () => {
  await using test = await startActions({ bars: [bar("AAA", FRIDAY, 45)] });
  await putCloses(test, "AAA", { [THURSDAY]: "100" });
  const body = { items: [{ ex_dividend_date: FRIDAY, cash_amount: "50" }] };
  await bodyOf(await test.admin("/assets/AAA/dividends", { method: "PUT", body }));
  assert.equal((await resultOf(test, FRIDAY)).quarantined, 0);
});
