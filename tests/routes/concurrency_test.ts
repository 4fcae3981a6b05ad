import assert from "node:assert/strict";
import { bodyOf, dump, type Json } from "../support/answers.ts";
import { addAssets, addCloses, addPortfolio } from "../support/factories.ts";
import { startService, type TestService } from "../support/service.ts";

const many = <T>(count: number, make: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => make(i)));

function countByStatus(answers: readonly Response[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

const newPortfolio = (service: TestService, name: string, asset?: string) =>
  service.admin("/portfolios", {
    method: "POST",
    body: { name, investments: asset === undefined ? [] : [{ asset, amount: "1" }] },
  });

Deno.test("50 PATCHes with one tag: one is done, and 49 are told that it is another version now", async () => {
  await using service = await startService();
  await addPortfolio(service, {});
  const ifMatch = (await service.admin("/portfolios/1")).headers.get("etag") ?? "";
  const answers = await many(
    50,
    (i) =>
      service.admin("/portfolios/1", {
        method: "PATCH",
        body: { name: `Name ${i}` },
        headers: { "if-match": ifMatch },
      }),
  );
  assert.deepEqual(countByStatus(answers), { 200: 1, 412: 49 });
  const done = answers.find(({ status }) => status === 200);
  const stored = await service.admin("/portfolios/1");
  assert.equal(stored.headers.get("etag"), done?.headers.get("etag"));
  assert.deepEqual(await stored.json(), await done?.json());
});

Deno.test("50 POSTs at once: 50 portfolios under 50 consecutive ids", async () => {
  await using service = await startService();
  const answers = await many(50, (i) => newPortfolio(service, `Portfolio ${i}`));
  assert.deepEqual(countByStatus(answers), { 201: 50 });
  const ids = await Promise.all(answers.map(async (answer) => Number((await answer.json()).id)));
  assert.deepEqual(ids.toSorted((a, b) => a - b), Array.from({ length: 50 }, (_, i) => i + 1));
});

Deno.test("20 POSTs of one name, and of one symbol: one is created, the rest conflict", async () => {
  await using service = await startService();
  assert.deepEqual(countByStatus(await many(20, () => newPortfolio(service, "Growth"))), { 201: 1, 409: 19 });
  const post = () => service.admin("/assets", { method: "POST", body: { symbol: "AAPL", name: "Apple" } });
  assert.deepEqual(countByStatus(await many(20, post)), { 201: 1, 409: 19 });
  const rename = (i: number) => service.admin(`/portfolios/${i + 2}`, { method: "PATCH", body: { name: "Income" } });
  await many(10, (i) => newPortfolio(service, `Other ${i}`));
  assert.deepEqual(countByStatus(await many(10, rename)), { 200: 1, 409: 9 });
});

Deno.test("investments that are set at once are all kept", async () => {
  await using service = await startService();
  const symbols = Array.from({ length: 20 }, (_, i) => `A${i}`);
  await addAssets(service, ...symbols);
  await addPortfolio(service, {});
  const answers = await many(
    20,
    (i) => service.admin(`/portfolios/1/investments/A${i}`, { method: "PUT", body: { amount: String(i + 1) } }),
  );
  assert.deepEqual(countByStatus(answers), { 200: 20 });
  const { investments } = await bodyOf<{ investments: Json[] }>(await service.admin("/portfolios/1"));
  assert.deepEqual(
    investments.map(({ asset, amount }) => `${asset} ${amount}`).toSorted(),
    symbols.map((symbol, i) => `${symbol} ${i + 1}`).toSorted(),
  );
});

Deno.test("an asset that is deleted while portfolios take it in: never one that holds what is gone", async () => {
  for (let round = 0; round < 10; round++) {
    await using service = await startService();
    await addAssets(service, "AAPL", "GS");
    await addPortfolio(service, { GS: "1" });
    const remove = () => service.admin("/assets/AAPL", { method: "DELETE" });
    const takers = [
      () => newPortfolio(service, "A", "AAPL"),
      () => service.admin("/portfolios/1/investments/AAPL", { method: "PUT", body: { amount: "1" } }),
      () => newPortfolio(service, "B", "AAPL"),
      () =>
        service.admin("/portfolios/1/investments", {
          method: "PUT",
          body: { investments: [{ asset: "AAPL", amount: "2" }] },
        }),
    ];
    // Each round lets another of them start first.
    const asked = [...takers.slice(0, round % 5), remove, ...takers.slice(round % 5)];
    const answers = await Promise.all(asked.map((ask) => ask()));
    const removed = answers[round % 5]?.status;
    assert.ok(removed === 204 || removed === 409, `The asset's removal answered ${removed}`);

    const entries = await dump(service.kv);
    const holders = entries.filter(({ key }) => key[0] === "portfolios_by_asset" && key[1] === 1);
    const isThere = entries.some(({ key }) => key[0] === "assets" && key[1] === 1);
    assert.equal(isThere, removed === 409);
    assert.ok(isThere || holders.length === 0, "A portfolio holds an asset that is gone");
    for await (const { value: { investments } } of service.services.portfolios.each()) {
      assert.ok(isThere || investments.every(({ assetNo }) => assetNo !== 1));
    }
  }
});

Deno.test("bars of one asset that are put at once are all kept, and its newest price is the newest", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  const day = (i: number) => `2021-10-${String(i + 1).padStart(2, "0")}`;
  await many(28, (i) => addCloses(service, "AAPL", { [day(i)]: String(i + 1) }));
  const { items } = await bodyOf<{ items: Json[] }>(await service.request("/assets/AAPL/historic-values"));
  assert.deepEqual(
    items.map(({ date, close }) => [date, close]),
    Array.from({ length: 28 }, (_, i) => [day(i), `${i + 1}`]),
  );
  assert.deepEqual((await bodyOf(await service.request("/assets/AAPL")))["latest"], {
    price: "28",
    date: "2021-10-28",
  });
});
