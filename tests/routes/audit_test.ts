import assert from "node:assert/strict";
import { SYSTEM } from "../../lib/identity/actor.ts";
import { putHistoricValues } from "../../lib/market/historic_values.ts";
import { bar } from "../lib/history/harness.ts";
import { assertProblem, bodyOf, itemsOf, type Json } from "../support/answers.ts";
import { addAssets, addWaitingBar } from "../support/factories.ts";
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
    { pointer: "/rows", from: null, to: 2 },
    { pointer: "/to", from: null, to: "2021-11-05" },
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

Deno.test("who asks for a job, tries it again or cancels it, and who pauses, resumes or runs a schedule, is written down", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada", "administrator");
  const body = { name: "pull-market-day", args: { date: "2021-11-05" } };
  const { id } = await bodyOf(await ada.ask("/jobs", { method: "POST", body }), 202);
  const asked: [path: string, status: number][] = [
    ["/jobs", 202],
    [`/jobs/${id}/cancel`, 202],
    [`/jobs/${id}/retry`, 202],
    ["/schedules/nightly-pull/pause", 200],
    ["/schedules/nightly-pull/pause", 200],
    ["/schedules/nightly-pull/resume", 200],
    ["/schedules/nightly-pull/resume", 200],
  ];
  for (const [path, status] of asked) {
    await service.clock.advance(1_000);
    await bodyOf(await ada.ask(path, { method: "POST", ...(path === "/jobs" && { body }) }), status);
  }
  const entries = (await itemsOf(await ada.ask("/audit"))).toReversed();
  assert.deepEqual(entries.map(({ actor, owner }) => `${actor} ${owner}`), Array(5).fill("usr_ada usr_system"));
  const job = "/jobs/pull-market-day:2021-11-05";
  assert.deepEqual(entries.map(({ action, target, changes }) => [action, target, changes]), [
    ["ask for job", job, [{ pointer: "/args", from: null, to: '{"date":"2021-11-05"}' }]],
    ["cancel job", job, []],
    ["retry job", job, []],
    ["pause schedule", "/schedules/nightly-pull", []],
    ["resume schedule", "/schedules/nightly-pull", []],
  ]);
});

Deno.test("a decision on what is in quarantine is written down, with the values that were put in the place of those sent", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  const ids = [await addWaitingBar(service, "2021-11-04"), await addWaitingBar(service, "2021-11-05")];
  const accepted = { bar: { open: "2", high: "3", low: "1", close: "2", volume: "5" } };
  await bodyOf(await service.admin(`/market/quarantine/${ids[0]}/accept`, { method: "POST", body: accepted }));
  await service.clock.advance(1_000);
  await bodyOf(await service.admin(`/market/quarantine/${ids[1]}/reject`, { method: "POST" }));
  await bodyOf(await service.admin(`/market/quarantine/${ids[1]}/reject`, { method: "POST" }));
  const entries = (await itemsOf(await service.admin("/audit"))).filter(({ action }) =>
    action === "decide on quarantine"
  );
  assert.deepEqual(entries.map(({ target }) => target), ids.toReversed().map((id) => `/market/quarantine/${id}`));
  assert.deepEqual(entries[0]?.["changes"], [{ pointer: "/state", from: "waiting", to: "rejected" }]);
  const pointers = (entries[1]?.["changes"] as Json[]).map(({ pointer, to }) => `${pointer} ${to}`);
  assert.ok(pointers.includes("/state accepted") && pointers.includes("/values/close 2"), pointers.join());
});

Deno.test("bars of several months are several operations: the entry stands with the first of them, and once", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  const commits: boolean[] = [];
  const ctx = {
    ...service.services,
    actor: SYSTEM,
    store: {
      ...service.store,
      change() {
        const change = service.store.change();
        const { commit } = change;
        change.commit = async () => {
          if (commits.length === 1) throw new Error("The process ends here");
          commits.push(true);
          return await commit();
        };
        return change;
      },
    },
  };
  const rows = ["2021-09-01", "2021-10-01", "2021-11-01"].map((date) => ({ bar: bar(date, 1) }));
  await assert.rejects(putHistoricValues(ctx, "AAPL", rows, undefined), /ends here/);
  const noted = async () =>
    (await itemsOf(await service.admin("/audit"))).filter(({ action }) => action === "put historic values").length;
  assert.equal(await noted(), 1);
  assert.deepEqual((await putHistoricValues({ ...ctx, store: service.store }, "AAPL", rows, undefined)).written, 2);
  assert.equal(await noted(), 2);
  assert.deepEqual((await putHistoricValues({ ...ctx, store: service.store }, "AAPL", rows, undefined)).written, 0);
  assert.equal(await noted(), 2, "what changes nothing is not written down");
});
