import assert from "node:assert/strict";
import { analysed, type AnalysisQuestion } from "../../../lib/portfolios/analysis.ts";
import { inTurns } from "../../../lib/portfolios/in_turns.ts";
import { addAssets, addCloses, addPortfolio } from "../../support/factories.ts";
import { startService, type TestService } from "../../support/service.ts";

const QUESTION: AnalysisQuestion = { adjust: "splits", missing: "shrink_window" };

async function startCounting(): Promise<
  { service: TestService; ask: (name: string) => Promise<number>; runs: string[] }
> {
  const service = await startService();
  await addAssets(service, "AA");
  await addCloses(service, "AA", { "2021-11-04": "10", "2021-11-05": "11" });
  await addPortfolio(service, { AA: "1" });
  const runs: string[] = [];
  const ask = async (name: string) => {
    const portfolio = await service.services.portfolios.get(1);
    assert.ok(portfolio !== undefined);
    const compute = () => runs.push(name);
    return (await analysed(service.services, portfolio, QUESTION, { name, compute })).sessions;
  };
  return { service, ask, runs };
}

Deno.test("many who ask the same at once, or later, cost one computation; another question costs its own", async () => {
  const { service, ask, runs } = await startCounting();
  await using _ = service;
  assert.deepEqual(await Promise.all([ask("one"), ask("one"), ask("two"), ask("one")]), [2, 2, 2, 2]);
  await ask("one");
  assert.deepEqual(runs.toSorted(), ["one", "two"]);
});

Deno.test("what explains it is gathered once for all who ask at once, and not kept", async () => {
  const { service, runs } = await startCounting();
  await using _ = service;
  const portfolio = await service.services.portfolios.get(1);
  assert.ok(portfolio !== undefined);
  const explain = () => Promise.resolve(void runs.push("explained")).then(() => ({}));
  const ask = () =>
    analysed(service.services, portfolio, { ...QUESTION, explain: true }, { name: "one", compute: () => 1, explain });
  const answers = await Promise.all([ask(), ask(), ask()]);
  assert.equal(runs.length, 1);
  assert.ok(answers.every(({ inputs }) => inputs?.lines[0]?.prices.length === 2));
  const { entries } = service.services.analyses.counts();
  await ask();
  assert.equal(runs.length, 2);
  assert.equal(service.services.analyses.counts().entries, entries);
});

Deno.test("it is computed anew where the market or the portfolio has changed, and on another day", async () => {
  const { service, ask, runs } = await startCounting();
  await using _ = service;
  await ask("one");
  await addCloses(service, "AA", { "2021-11-03": "9" });
  assert.equal(await ask("one"), 3);
  await service.admin("/portfolios/1/investments/AA", { method: "PUT", body: { amount: "2" } });
  await ask("one");
  await service.clock.advance(24 * 3_600_000);
  await ask("one");
  assert.equal(runs.length, 4);
});

Deno.test("a computation that fails is not kept", async () => {
  const { service, runs } = await startCounting();
  await using _ = service;
  const portfolio = await service.services.portfolios.get(1);
  assert.ok(portfolio !== undefined);
  const compute = () => {
    runs.push("failed");
    if (runs.length === 1) throw new Error("broken");
    return runs.length;
  };
  const ask = () => analysed(service.services, portfolio, QUESTION, { name: "fails", compute });
  await assert.rejects(ask(), /broken/);
  assert.equal((await ask()).result, 2);
});

Deno.test("long work lets others through after every few items", async () => {
  let turns = 0;
  const nextTurn = () => Promise.resolve(void (turns += 1));
  const items = Array.from({ length: 100 }, (_, i) => i);
  assert.deepEqual(await inTurns({ nextTurn }, items, (item) => 2 * item), items.map((item) => 2 * item));
  assert.equal(turns, 3);
});
