import assert from "node:assert/strict";
import { forgetBefore, forgottenBefore } from "../../../lib/history/forgotten.ts";
import { startService } from "../../support/service.ts";

Deno.test("what was forgotten is not known again: the latest instant that was said stays", async () => {
  await using service = await startService();
  assert.equal(await forgottenBefore(service.services), undefined);
  for (const day of ["2021-11-02", "2021-11-03", "2021-11-03", "2021-11-01"]) {
    await forgetBefore(service.services, new Date(`${day}T00:00:00Z`));
  }
  assert.equal(await forgottenBefore(service.services), "2021-11-03T00:00:00.000Z");
});
