import assert from "node:assert/strict";
import { writeBars } from "../../../lib/history/write.ts";
import { readSeries } from "../../../lib/history/read.ts";
import type { Store } from "../../../lib/store/store.ts";
import { turn } from "../../support/clock.ts";
import { hasKvServer, startKvServer } from "../../support/kv_connect_server.ts";
import { assertClean, assetBar } from "../history/harness.ts";
import { asset, contextOf, portfolio } from "./harness.ts";
import { openProcess } from "./kv_process.ts";

const MAX_WAIT_MS = 5_000;

async function follows(store: Store, version: string | undefined): Promise<void> {
  const startMs = performance.now();
  while (store.version("portfolios") !== version) {
    assert.ok(performance.now() - startMs < MAX_WAIT_MS, `nothing was heard of ${version}`);
    await turn();
  }
}

Deno.test({ name: "two processes on one KV server", ignore: !hasKvServer }, async (t) => {
  await using server = await startKvServer();
  const [one, other] = [await openProcess(server), await openProcess(server)];
  try {
    const [ctx, otherCtx] = [contextOf(one), contextOf(other)];

    await t.step("what one writes the other follows, cached or not", async () => {
      // Kept from the second time on.
      for (let i = 0; i < 2; i++) assert.equal(await otherCtx.portfolios.get(1), undefined);
      const version = await ctx.portfolios.insert(one.change(), portfolio(1)).commit();
      await follows(other, version);
      assert.deepEqual((await otherCtx.portfolios.get(1))?.value, portfolio(1));
      assert.equal((await otherCtx.portfolios.list({ limit: 1 })).items.length, 1);
    });

    await t.step("ten checks are taken", async () => {
      const change = one.change().set(["sequences", "portfolios"], 1);
      for (let i = 0; i < 10; i++) change.check(["none", i], null);
      assert.ok(await change.commit());
    });

    await t.step("writers of one shard in both lose no bar", async () => {
      const insert = async (no: number) => await ctx.assets.insert(one.change(), asset(no)).commit();
      for (const no of [1, 2]) assert.ok(await insert(no));
      await one.change().set(["sequences", "assets"], 2).commit();
      const days = ["2021-01-04", "2021-01-05", "2021-01-06", "2021-02-01", "2021-02-02"];
      await Promise.all(days.flatMap((day, i) => [
        writeBars(ctx, [assetBar(1, day, i + 1)]),
        writeBars(otherCtx, [assetBar(2, day, i + 11)]),
      ]));
      const fresh = await openProcess(server);
      try {
        const reader = contextOf(fresh);
        assert.deepEqual((await readSeries(reader, 1)).map(({ close }) => close), [1, 2, 3, 4, 5]);
        assert.deepEqual((await readSeries(reader, 2)).map(({ close }) => close), [11, 12, 13, 14, 15]);
        await assertClean(reader);
      } finally {
        fresh.close();
      }
    });
  } finally {
    one.close();
    other.close();
  }
});
