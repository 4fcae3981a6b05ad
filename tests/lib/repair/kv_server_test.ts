import assert from "node:assert/strict";
import { turn } from "../../support/clock.ts";
import { hasKvServer, startKvServer } from "../../support/kv_connect_server.ts";
import { faultsIn } from "../history/harness.ts";
import { openProcess, openServersKv } from "../store/kv_process.ts";
import { contextOf } from "../store/harness.ts";
import { contentsOf, openSample, repairAll } from "../verify/harness.ts";
import { damage } from "./damages.ts";
import { fill } from "./harness.ts";

const MAX_WAIT_MS = 5_000;

Deno.test({
  name: "on a KV server, beside a process that goes on: it sees what was repaired",
  ignore: !hasKvServer,
  async fn() {
    using sample = await openSample();
    await damage(sample.kv);
    const damaged = await contentsOf(sample.kv);
    await repairAll(sample.ctx);
    await using server = await startKvServer();
    using kv = await openServersKv(server);
    await fill(kv, damaged);
    const [running, repairing] = [await openProcess(server), await openProcess(server)];
    try {
      const assets = contextOf(running).assets;
      assert.equal(await assets.getBy("symbol", ["A302"]), undefined);
      await repairAll(contextOf(repairing));
      assert.deepEqual(await faultsIn(contextOf(repairing)), await faultsIn(sample.ctx));
      const startMs = performance.now();
      while ((await assets.getBy("symbol", ["A302"]))?.value.no !== 302) {
        assert.ok(performance.now() - startMs < MAX_WAIT_MS, "the other process has not seen it");
        await turn();
      }
    } finally {
      running.close();
      repairing.close();
    }
  },
});
