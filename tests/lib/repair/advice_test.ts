/** What people are told to do about what the machine leaves to them: it works. */
import assert from "node:assert/strict";
import { decodeBlock, encodeBlock } from "../../../lib/history/block.ts";
import { addAssets, addCloses, addPortfolio } from "../../support/factories.ts";
import { startService, type TestService } from "../../support/service.ts";
import { faultsIn } from "../history/harness.ts";
import { patch, repairAll, valueIn } from "../verify/harness.ts";

interface Advised {
  readonly what: string;
  readonly corrupt: (kv: Deno.Kv) => Promise<unknown>;
  readonly faults: readonly RegExp[];
  readonly done: readonly [method: string, path: string, body: unknown];
}

const BLOCK = ["series", 1, "2021-11"];
const bar = { date: "2021-11-05", close: "151.28" };

const ADVISED: readonly Advised[] = [
  {
    what: "two portfolios of one name: one gets another",
    corrupt: async (kv) => {
      const { name } = await valueIn(kv, ["portfolios", 1]);
      await patch(kv, ["portfolios", 2], { name });
    },
    faults: [/points at 1, but \["portfolios", 2\] has it/],
    done: ["PATCH", "/portfolios/2", { name: "Another" }],
  },
  {
    what: "two assets of one symbol: one gets another",
    corrupt: (kv) => patch(kv, ["assets", 2], { symbol: "AAPL" }),
    faults: [/points at 1, but \["assets", 2\] has it/],
    done: ["POST", "/assets/AAPL/rename", { symbol: "AAPL.OLD", since: "2021-11-05" }],
  },
  {
    what: "an investment in what does not exist: others take its place",
    corrupt: async (kv) => {
      await patch(kv, ["portfolios", 1], { investments: [{ assetNo: 99, amount: "1" }] });
      await kv.delete(["portfolios_by_asset", 1, 1]);
      await kv.set(["portfolios_by_asset", 99, 1], 1);
    },
    faults: [/\["portfolios", 1\] holds what does not exist: asset 99/],
    done: ["PUT", "/portfolios/1/investments", { investments: [{ asset: "AAPL", amount: "1" }] }],
  },
  {
    what: "a bar that cannot be: it is put in again",
    corrupt: async (kv) => {
      const bars = decodeBlock(await valueIn(kv, BLOCK)).map((bar) => ({ ...bar, high: 1 }));
      await kv.set(BLOCK, encodeBlock(bars));
    },
    faults: [/holds bars that cannot be/],
    done: ["PUT", "/assets/AAPL/historic-values", { items: [bar] }],
  },
  {
    what: "a correction whose bar is lost: it is put in again",
    corrupt: (kv) => kv.delete(BLOCK),
    faults: [/asset 1 has no bar on this day/],
    done: ["PUT", "/assets/AAPL/historic-values", { items: [bar] }],
  },
  {
    what: "an asset in no currency: it is said what its prices are in",
    corrupt: (kv) => patch(kv, ["assets", 1], { currency: "dollars" }),
    faults: [/\["assets", 1\] is in "dollars", which is no currency/],
    done: ["PATCH", "/assets/AAPL", { currency: "USD" }],
  },
  {
    what: "a split that cannot be: it is put in again",
    corrupt: (kv) => patch(kv, ["splits", 1, "2021-11-05"], { splitTo: "0" }),
    faults: [/cannot be: not_positive/],
    done: ["PUT", "/assets/AAPL/splits", {
      items: [{ execution_date: "2021-11-05", split_from: "1", split_to: "4" }],
    }],
  },
];

/** Two assets, one with a corrected bar and a split, and two portfolios. */
async function startSmall(): Promise<TestService> {
  const service = await startService();
  await addAssets(service, "AAPL", "MSFT");
  for (const close of ["150", "151.28"]) await addCloses(service, "AAPL", { "2021-11-05": close });
  await addPortfolio(service, { AAPL: "1" });
  await addPortfolio(service, { MSFT: "1" }, { name: "Income" });
  const items = [{ execution_date: "2021-11-05", split_from: "1", split_to: "4" }];
  await service.admin("/assets/AAPL/splits", { method: "PUT", body: { items } });
  return service;
}

for (const { what, corrupt, faults, done: [method, path, body] } of ADVISED) {
  Deno.test(`what to do about ${what}`, async () => {
    await using service = await startSmall();
    assert.deepEqual(await faultsIn(service.services), []);
    await corrupt(service.kv);
    await repairAll(service.services);
    const left = await faultsIn(service.services);
    assert.equal(left.length, faults.length, left.join("\n"));
    for (const [i, fault] of faults.entries()) assert.match(left[i] ?? "", fault);
    const answer = await service.admin(path, { method, body });
    assert.ok(answer.ok, `${answer.status} ${await answer.clone().text()}`);
    await answer.body?.cancel();
    await repairAll(service.services);
    assert.deepEqual(await faultsIn(service.services), []);
  });
}
