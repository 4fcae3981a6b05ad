import assert from "node:assert/strict";
import { assertProblem } from "../support/answers.ts";
import { ADMIN_KEY, startService } from "../support/service.ts";

Deno.test("408 for a body that never ends, and nothing is stored", async () => {
  await using service = await startService();
  let isCancelled = false;
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"name":')),
    cancel: () => void (isCancelled = true),
  });
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" };
  const answering = service.request("/portfolios", { method: "POST", body, headers });
  const answer = await service.clock.until(answering);
  assert.equal(answer.headers.get("connection"), "close");
  const { detail } = await assertProblem(answer, "request-timeout");
  assert.equal(detail, "The body has not ended after 60 s");
  assert.ok(isCancelled || body.locked);
});
