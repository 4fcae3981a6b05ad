import assert from "node:assert/strict";
import type { Actor } from "../../lib/identity/actor.ts";
import { createApp } from "../../routes/app.ts";
import { createEdge } from "../../routes/edge.ts";
import { assertProblem, assertRefused } from "../support/answers.ts";
import { operationsOf } from "../support/operations.ts";
import { startService, type TestService } from "../support/service.ts";

type Credential = Extract<Actor, { type: "user" }>["by"];

const SESSION: Credential = { type: "session", id: "session-1" };
const OURS = "https://folio.example";

/** The service, as an administrator who is known by this is answered. */
function askedBy({ services }: TestService, by: Credential) {
  const edge = createEdge({
    app: createApp({ onInternalError: (error) => assert.ifError(error) }),
    services: { ...services, publicUrl: OURS },
    identify: () => ({ type: "user", id: "usr_system", role: "administrator", by }),
    limits: { count: () => ({}) },
    newId: () => "the-request",
    onInternalError: (error) => assert.ifError(error),
    onRequest: () => {},
  });
  return (path: string, init: RequestInit = {}) => edge(new Request(`http://foliolens.test${path}`, init));
}

/** Where a request with a session may come from only if it changes nothing. */
const ELSEWHERE: Record<string, string>[] = [
  {},
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "same-site" },
  { "sec-fetch-site": "none" },
  { "sec-fetch-site": "cross-site", origin: OURS },
  { origin: "https://evil.test" },
  { origin: "null" },
];

Deno.test("with a session nothing is changed from elsewhere, by no operation", async () => {
  await using service = await startService();
  const request = askedBy(service, SESSION);
  const writes = (await operationsOf(service)).filter(({ method }) => method !== "GET");
  assert.ok(writes.length >= 14);
  for (const { method, path } of writes) {
    for (const headers of ELSEWHERE) {
      await assertRefused(service, async () => await request(path, { method, headers }), "forbidden");
    }
  }
});

Deno.test("with a session, reads are answered wherever they come from", async () => {
  await using service = await startService();
  const request = askedBy(service, SESSION);
  for (const headers of ELSEWHERE) {
    for (const method of ["GET", "HEAD", "OPTIONS"]) {
      assert.ok((await request("/portfolios", { method, headers })).ok, `${method} ${JSON.stringify(headers)}`);
    }
  }
});

const body = (name: string) => JSON.stringify({ name, investments: [] });

Deno.test("with a session, pages of ours may write", async () => {
  await using service = await startService();
  const request = askedBy(service, SESSION);
  for (const from of [{ "sec-fetch-site": "same-origin" }, { origin: OURS }]) {
    const headers = { ...from, "content-type": "application/json" };
    const init = { method: "POST", headers, body: body(JSON.stringify(from)) };
    assert.equal((await request("/portfolios", init)).status, 201);
  }
});

Deno.test("a key is sent by nobody who does not mean to: it writes from anywhere", async () => {
  await using service = await startService();
  const request = askedBy(service, { type: "configured_key" });
  for (const from of ELSEWHERE) {
    const headers = { ...from, "content-type": "application/json" };
    const init = { method: "POST", headers, body: body(JSON.stringify(from)) };
    assert.equal((await request("/portfolios", init)).status, 201);
  }
});

Deno.test("forms from elsewhere are refused before their body is looked at", async () => {
  await using service = await startService();
  const request = askedBy(service, SESSION);
  const form = { method: "POST", headers: { "content-type": "text/plain", "sec-fetch-site": "cross-site" }, body: "{" };
  const problem = await assertProblem(await request("/portfolios", form), "forbidden");
  assert.match(String(problem["detail"]), /use a key$/);
});
