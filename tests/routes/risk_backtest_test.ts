import assert from "node:assert/strict";
import type { Json } from "../support/answers.ts";
import { addPortfolio } from "../support/factories.ts";
import { addReturns, analysisOf, assertNear } from "../support/price_series.ts";
import { startService } from "../support/service.ts";

const PUBLIC = { visibility: "public" };

interface Backtest extends Json {
  readonly observations: number;
  readonly exceptions: { date: string; return: number; var: number }[];
  readonly items: { date: string; return: number; var: number }[];
  readonly kupiec: { statistic: number | null; p_value: number | null; reason?: string };
}

Deno.test("each day's value at risk is told by the days before it alone", async () => {
  await using service = await startService();
  await addReturns(service, { symbol: "AA" }, [0.01, -0.01, 0.01, -0.01, -0.05, 0.01]);
  await addPortfolio(service, { AA: "1" }, PUBLIC);
  const path = "risk/backtest?window=2d&lookback=4&method=gaussian&confidence=0.95";
  const { items, exceptions, ...answer } = await analysisOf<Backtest>(service, path);
  assert.deepEqual(answer["window"], { from: "2021-11-03", to: "2021-11-05" });
  assert.deepEqual([answer.observations, answer["lookback"], answer["method"]], [2, 4, "gaussian"]);
  assert.deepEqual(items.map(({ date }) => date), ["2021-11-04", "2021-11-05"]);
  // Of -1, 1, -1, 1 percent: a mean of 0 and a deviation of sqrt(4/3) percent.
  assertNear(items[0]?.return, -0.05, 1e-9);
  assertNear(items[0]?.var, 1.6448536269514722 * 0.01 * Math.sqrt(4 / 3), 1e-9);
  // Of -1, 1, -1, -5 percent: a mean of -1.5 and a deviation of sqrt(19/3) percent.
  assertNear(items[1]?.var, 0.015 + 1.6448536269514722 * 0.01 * Math.sqrt(19 / 3), 1e-9);
  assert.deepEqual(exceptions.map(({ date }) => date), ["2021-11-04"]);
  assertNear(answer["expected_exceptions"], 0.1);
  // -2 ln(0.95 * 0.05) + 2 ln(0.5 * 0.5)
  assertNear(answer.kupiec.statistic, -2 * Math.log(0.95 * 0.05) + 2 * Math.log(0.25), 1e-9);
  assert.equal(answer["zone"], "yellow");
});

Deno.test("what comes later changes no day that was tested", async () => {
  await using service = await startService();
  const returns = Array.from({ length: 60 }, (_, i) => Math.sin(i * i) / 50);
  await addReturns(service, { symbol: "AA" }, returns);
  await addPortfolio(service, { AA: "1" }, PUBLIC);
  for (const method of ["historical", "gaussian", "cornish_fisher", "ewma"]) {
    const path = `risk/backtest?lookback=25&confidence=0.95&from=2021-10-01&method=${method}`;
    const whole = await analysisOf<Backtest>(service, path);
    const part = await analysisOf<Backtest>(service, `${path}&as_of=2021-10-20`);
    assert.ok(part.items.length > 10 && whole.items.length > part.items.length);
    assert.deepEqual(whole.items.slice(0, part.items.length), part.items);
  }
});

Deno.test("with fewer days before than the lookback no day is tested, and the reason is said", async () => {
  await using service = await startService();
  await addReturns(service, { symbol: "AA" }, [0.01, -0.01, 0.01]);
  await addPortfolio(service, { AA: "1" }, PUBLIC);
  const answer = await analysisOf<Backtest>(service, "risk/backtest");
  assert.deepEqual([answer.observations, answer["reason"], answer.items], [0, "too_few_observations", []]);
  assert.deepEqual(answer.kupiec, { statistic: null, p_value: null, reason: "too_few_observations" });
  assert.deepEqual([answer["zone"], answer["cumulative_probability"]], [null, null]);
});
