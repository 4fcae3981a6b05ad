/**
 * A store that a version without users has made opens, and what is in it keeps its owner. The records are written as that version
 * wrote them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openStore } from "../../lib/store/store.ts";
import { assertProblem, bodyOf, itemsOf } from "../support/answers.ts";
import { person } from "../support/people.ts";
import { startService } from "../support/service.ts";
import { faultsIn } from "../lib/history/harness.ts";

const AT = "2026-11-20T08:00:00.000Z";

const portfolio = (id: number, visibility: string) => ({
  ...{ v: 1, id, owner: "usr_system", name: `Portfolio ${id}`, currency: "USD", visibility, status: "active" },
  ...{ investments: [{ assetNo: 1, amount: "2" }], createdAt: AT, updatedAt: AT },
});

async function oldStore(): Promise<Deno.Kv> {
  const kv = await Deno.openKv(":memory:");
  const asset = {
    ...{ v: 1, no: 1, symbol: "AAPL", name: "Apple Inc.", kind: "stock", currency: "USD", status: "active" },
    ...{ sector: "information_technology", sectorWeights: null, sectorSource: "manual", createdAt: AT, updatedAt: AT },
  };
  const entries: [Deno.KvKey, unknown][] = [
    [["assets", 1], asset],
    [["assets_by_symbol", "AAPL"], 1],
    [["assets_by_sector", "information_technology", "AAPL", 1], 1],
    [["sequences", "assets"], 1],
    [["sequences", "portfolios"], 2],
    ...[[1, "private"], [2, "public"]].flatMap(([id, visibility]): [Deno.KvKey, unknown][] => [
      [["portfolios", Number(id)], portfolio(Number(id), String(visibility))],
      [["portfolios_by_owner", "usr_system", "active", Number(id)], id],
      [["portfolios_by_visibility", String(visibility), "active", Number(id)], id],
      [["portfolios_by_status", "active", Number(id)], id],
      [["portfolios_by_owner_and_name", "usr_system", `Portfolio ${id}`], id],
      [["portfolios_by_asset", 1, Number(id)], id],
    ]),
  ];
  for (const [key, value] of entries) await kv.set(key, value);
  return kv;
}

Deno.test("an earlier version's store opens: its portfolios are the service's own, public and private as before", async () => {
  const kv = await oldStore();
  const open = async () => ({ kv, store: await openStore(kv, { shared: false }) });
  await using service = await startService({ open });
  const own = await itemsOf(await service.admin("/portfolios"));
  assert.deepEqual(own.map(({ id, owner }) => [id, owner]), [[1, "usr_system"], [2, "usr_system"]]);
  const ada = await person(service, "usr_ada");
  await assertProblem(await ada.ask("/portfolios/1"), "not-found");
  assert.equal((await bodyOf(await ada.ask("/portfolios/2")))["owner"], "usr_system");
  await bodyOf(await service.admin("/portfolios/1", { method: "PATCH", body: { name: "Renamed" } }));
  assert.equal((await service.admin("/portfolios/1", { method: "DELETE" })).status, 204);
  const body = { name: "Portfolio 2", investments: [{ asset: "AAPL", amount: "1" }] };
  assert.equal((await bodyOf(await ada.ask("/portfolios", { method: "POST", body }), 201))["id"], 3);
  await assertProblem(await service.admin("/portfolios", { method: "POST", body }), "conflict");
  assert.deepEqual(await faultsIn(service.services), []);
});
