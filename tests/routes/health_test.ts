import assert from "node:assert/strict";
import { STRANGER } from "../../lib/identity/actor.ts";
import { createApp } from "../../routes/app.ts";
import { createEdge } from "../../routes/edge.ts";
import { assertProblem, bodyOf } from "../support/answers.ts";
import { startService, type TestService } from "../support/service.ts";

/** The service with a store that fails. */
function withoutStore({ services }: TestService): (path: string) => Promise<Response> {
  const store = { ...services.store, get: () => Promise.reject(new Error("database is closed at /var/secret")) };
  const edge = createEdge({
    app: createApp({ onInternalError: (error) => assert.ifError(error) }),
    services: { ...services, store },
    identify: () => STRANGER,
    limits: { count: () => ({}) },
    newId: () => "the-request",
    onInternalError: (error) => assert.ifError(error),
    onRequest: () => {},
  });
  return async (path) => await edge(new Request(`http://foliolens.test${path}`));
}

Deno.test("GET /livez and /readyz: 200 for anyone, to be asked anew each time", async () => {
  await using service = await startService();
  for (const path of ["/livez", "/readyz", "/livez/", "/readyz/"]) {
    const answer = await service.request(path);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.deepEqual(await bodyOf(answer), { status: "ok" });
  }
});

Deno.test("GET /readyz: 503 with when to try again where the store does not answer; the process lives all the same", async () => {
  await using service = await startService();
  const request = withoutStore(service);
  const answer = await request("/readyz");
  assert.equal(answer.headers.get("retry-after"), "5");
  const problem = await assertProblem(answer, "unavailable");
  assert.equal(problem["detail"], "The store does not answer");
  assert.deepEqual(await bodyOf(await request("/livez")), { status: "ok" });
});

Deno.test("GET /livez and /readyz: 422 for parameters", async () => {
  await using service = await startService();
  await assertProblem(await service.request("/livez?verbose"), "validation-failed");
  await assertProblem(await service.request("/readyz?x=1"), "validation-failed");
});

Deno.test("a fault before any route is looked for: 500, and logged under the request's id", async () => {
  await using service = await startService();
  const told: unknown[] = [];
  const edge = createEdge({
    app: createApp({ onInternalError: (error) => assert.ifError(error) }),
    services: service.services,
    identify: () => Promise.reject(new Error("database is closed at /var/secret")),
    limits: { count: () => ({}) },
    newId: () => "the-request",
    onInternalError: (error, requestId) => told.push([String(error), requestId]),
    onRequest: () => {},
  });
  const answer = await edge(new Request("http://foliolens.test/portfolios"));
  const problem = await assertProblem(answer, "internal");
  assert.equal(problem["detail"], "The error has been logged");
  assert.deepEqual(told, [["Error: database is closed at /var/secret", "the-request"]]);
});
