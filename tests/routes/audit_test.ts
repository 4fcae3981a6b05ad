import assert from "node:assert/strict";
import { assertProblem, bodyOf, itemsOf, type Json } from "../support/answers.ts";
import { addAssets } from "../support/factories.ts";
import { person } from "../support/people.ts";
import { startService } from "../support/service.ts";

Deno.test("what an administrator does to somebody's portfolio is written down; what its owner does is not", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL", "MSFT");
  const ada = await person(service, "usr_ada");
  const body = { name: "Growth", investments: [{ asset: "AAPL", amount: "1" }] };
  await bodyOf(await ada.ask("/portfolios", { method: "POST", body }), 201);
  await bodyOf(await ada.ask("/portfolios/1", { method: "PATCH", body: { name: "Mine" } }));
  await service.clock.advance(1_000);
  await bodyOf(await service.admin("/portfolios/1", { method: "PATCH", body: { visibility: "public" } }));
  await service.clock.advance(1_000);
  const investments = [{ asset: "MSFT", amount: "2" }];
  await bodyOf(await service.admin("/portfolios/1/investments", { method: "PUT", body: { investments } }));
  await service.clock.advance(1_000);
  await bodyOf(await service.admin("/portfolios/1/investments/MSFT", { method: "DELETE" }));
  await service.clock.advance(1_000);
  assert.equal((await service.admin("/portfolios/1", { method: "DELETE" })).status, 204);
  const entries = await itemsOf(await service.admin("/audit?target=/portfolios/1"));
  const who = { actor: "usr_system", by: "configured_key", owner: "usr_ada", target: "/portfolios/1", omitted: 0 };
  assert.deepEqual(entries.map(({ id: _, ...entry }) => entry), [
    {
      ...{ ...who, at: "2021-11-06T12:00:04.000Z", action: "delete portfolio" },
      changes: [
        { pointer: "/name", from: "Mine", to: null },
        { pointer: "/status", from: "active", to: null },
        { pointer: "/visibility", from: "public", to: null },
      ],
    },
    {
      ...{ ...who, at: "2021-11-06T12:00:03.000Z", action: "change portfolio" },
      changes: [{ pointer: "/investments/2", from: "2", to: null }],
    },
    {
      ...{ ...who, at: "2021-11-06T12:00:02.000Z", action: "change portfolio" },
      changes: [{ pointer: "/investments/1", from: "1", to: null }, { pointer: "/investments/2", from: null, to: "2" }],
    },
    {
      ...{ ...who, at: "2021-11-06T12:00:01.000Z", action: "change portfolio" },
      changes: [{ pointer: "/visibility", from: "private", to: "public" }],
    },
  ]);
  await assertProblem(await ada.ask("/audit"), "forbidden");
});

Deno.test("an entry fits into a value however much has changed, and says how much it leaves out", async () => {
  await using service = await startService();
  const symbols = Array.from({ length: 250 }, (_, i) => `A${i}`);
  await addAssets(service, ...symbols);
  const ada = await person(service, "usr_ada");
  await bodyOf(await ada.ask("/portfolios", { method: "POST", body: { name: "Growth", investments: [] } }), 201);
  const amount = "123456789012345678.12345678";
  const investments = symbols.map((asset) => ({ asset, amount }));
  await bodyOf(await service.admin("/portfolios/1/investments", { method: "PUT", body: { investments } }));
  const [entry] = await itemsOf(await service.admin("/audit?target=/portfolios/1"));
  assert.equal((entry?.["changes"] as Json[]).length, 100);
  assert.equal(entry?.["omitted"], 150);
});

Deno.test("what an administrator does to the market's data is written down, with what differs", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  await bodyOf(await service.admin("/assets/AAPL", { method: "PATCH", body: { sector: "energy" } }));
  const splits = (split_to: string) => ({ items: [{ execution_date: "2020-08-31", split_from: "1", split_to }] });
  const put = (body: Json) => service.admin("/assets/AAPL/splits", { method: "PUT", body });
  for (const body of [splits("3"), splits("4"), splits("4")]) await bodyOf(await put(body));
  assert.equal((await service.admin("/assets/AAPL/splits/2020-08-31", { method: "DELETE" })).status, 204);
  const items = [{ date: "2021-11-04", close: "1" }, { date: "2021-11-05", close: "2" }];
  await bodyOf(await service.admin("/assets/AAPL/historic-values", { method: "PUT", body: { items } }));
  const changesOf = async (target: string) =>
    (await itemsOf(await service.admin(`/audit?target=${target}`))).map(({ action, changes }) => [action, changes]);
  assert.deepEqual((await changesOf("/assets/AAPL")).find(([action]) => action === "change asset"), [
    "change asset",
    [{ pointer: "/sector", from: "unclassified", to: "energy" }],
  ]);
  const recorded = await changesOf("/assets/AAPL/splits");
  assert.equal(recorded.length, 3);
  assert.ok(JSON.stringify(recorded).includes('{"pointer":"/2020-08-31/splitTo","from":"3","to":"4"}'));
  assert.deepEqual(await changesOf("/assets/AAPL/historic-values"), [["put historic values", [
    { pointer: "/from", from: null, to: "2021-11-04" },
    { pointer: "/to", from: null, to: "2021-11-05" },
    { pointer: "/written", from: null, to: 2 },
  ]]]);
});

Deno.test("the audit is listed by who did it and to what, and an entry is read by itself", async () => {
  await using service = await startService();
  const eve = await person(service, "usr_eve", "administrator");
  await addAssets(service, "AAPL", "GS");
  await service.clock.advance(1_000);
  await bodyOf(await eve.ask("/assets/AAPL", { method: "PATCH", body: { name: "Apple" } }));
  const targets = async (query: string) =>
    (await itemsOf(await service.admin(`/audit?${query}`))).map((e) => e["target"]);
  assert.deepEqual(await targets("actor=usr_eve"), ["/assets/AAPL"]);
  assert.deepEqual(await targets("target=/assets/AAPL"), ["/assets/AAPL", "/assets/AAPL"]);
  assert.deepEqual(await targets("target=/assets/AAPL&actor=usr_system"), ["/assets/AAPL"]);
  assert.deepEqual(await targets("actor=usr_nobody"), []);
  const [entry] = await itemsOf(await service.admin("/audit?actor=usr_eve"));
  assert.deepEqual(await bodyOf(await service.admin(`/audit/${entry?.["id"]}`)), entry);
  await assertProblem(await service.admin("/audit/nothing"), "not-found");
});
