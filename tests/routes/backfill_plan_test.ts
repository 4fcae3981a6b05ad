import assert from "node:assert/strict";
import { bodyOf } from "../support/answers.ts";
import { addAssets } from "../support/factories.ts";
import { startService } from "../support/service.ts";

Deno.test("GET /market/backfill-plan: of days that are not over, nothing is missing", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  for (
    const query of ["from=2021-11-06", "from=2021-11-07", "from=2030-01-01&asset=AAPL", "from=2021-11-08&to=2021-11-09"]
  ) {
    const plan = await bodyOf(await service.admin(`/market/backfill-plan?${query}`));
    assert.deepEqual([plan["calls"], plan["action_calls"], plan["bars"]], [0, 0, { expected: 0, missing: 0 }], query);
  }
});
