import assert from "node:assert/strict";
import { loadDemo } from "../../../fixtures/load.ts";
import { startService } from "../../support/service.ts";
import { faultsIn } from "../history/harness.ts";

Deno.test("what the service itself has stored agrees with itself", async () => {
  await using service = await startService();
  const { admin, services, worker } = service;
  await loadDemo(services);
  const asset = { symbol: "NEW", name: "New", kind: "stock", currency: "USD", sector: "energy" };
  const investments = [{ asset: "NEW", amount: "2" }];
  const asked: [string, string, unknown][] = [
    ["POST", "/assets", asset],
    ["PUT", "/assets/NEW/historic-values", {
      items: [{ date: "2021-11-04", close: "1" }, { date: "2021-11-05", close: "2" }],
    }],
    ["POST", "/portfolios", { name: "Mine", investments }],
    ["PUT", "/portfolios/1/investments", { investments }],
    ["POST", "/jobs", { name: "pull-market-day", args: { date: "2021-11-05" } }],
    ["PATCH", "/assets/NEW", { sector_weights: { energy: 0.5 } }],
  ];
  for (const [method, path, body] of asked) {
    const answer = await admin(path, { method, body });
    const said = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${said}`);
  }
  await worker.runDue();
  assert.deepEqual(await faultsIn(services), []);
});
