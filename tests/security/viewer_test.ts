/**
 * A viewer reads everything and changes nothing, by no operation of the OpenAPI document, with a session or with any key.
 *
 * @module
 */
import assert from "node:assert/strict";
import { assertProblem, bodyOf, dump } from "../support/answers.ts";
import { addAssets, addCloses, addUser } from "../support/factories.ts";
import { documentOf, operationsOf } from "../support/operations.ts";
import { makeKey, person, withKey } from "../support/people.ts";
import { startService } from "../support/service.ts";

/** Their own account is theirs, and POST that stores nothing is a question. */
const OF_THEIR_OWN =
  /^(POST|PATCH|DELETE) \/(me|me\/sessions\/\{session_id\}|api-keys|api-keys\/\{key_id\}|auth\/sign-out)$/;
const QUESTION = /^POST \/analysis\//;

async function startPlace() {
  const service = await startService();
  await addAssets(service, "AAPL");
  await addCloses(service, "AAPL", { "2021-11-04": "150.96", "2021-11-05": "151.28" });
  await addUser(service, "usr_1");
  const bob = await person(service, "usr_bob");
  const body = { name: "Private", investments: [{ asset: "AAPL", amount: "1" }] };
  await bodyOf(await bob.ask("/portfolios", { method: "POST", body }), 201);
  return service;
}

Deno.test("a viewer's write is refused by every operation that is not of their own account, and changes nothing", async () => {
  await using service = await startPlace();
  const vera = await person(service, "usr_vera", "viewer");
  const key = withKey(service, await makeKey(vera, ["portfolios:read", "portfolios:write", "analysis:read"]));
  const { components } = await documentOf(service);
  const writes = (await operationsOf(service)).filter(({ method, template }) =>
    method !== "GET" && !OF_THEIR_OWN.test(`${method} ${template}`)
  );
  assert.ok(writes.length > 20);
  await service.services.uses.flush();
  const before = await dump(service.kv);
  for (const { method, path, template, requestBody } of writes) {
    const schema = requestBody?.content["application/json"]?.schema;
    const named = components.schemas[String(schema?.["$ref"]).split("/").at(-1) ?? ""];
    const body = schema === undefined ? {} : { body: schema["example"] ?? named?.["example"] ?? {} };
    for (const ask of [vera.ask, key]) {
      const answer = await ask(path, { method, ...body });
      if (QUESTION.test(`${method} ${template}`)) assert.equal(answer.status, 200, template);
      else await assertProblem(answer, "forbidden");
    }
  }
  assert.deepEqual(await dump(service.kv), before);
});

Deno.test("a viewer reads everything: what is for viewers, and every analysis of somebody's private portfolio", async () => {
  await using service = await startPlace();
  const vera = await person(service, "usr_vera", "viewer");
  const eve = await person(service, "usr_eve");
  const reads = (await operationsOf(service)).filter(({ method }) => method === "GET");
  const ofPortfolio = reads.filter(({ template }) => template.startsWith("/portfolios/{"));
  assert.ok(ofPortfolio.length > 8);
  for (const { path } of ofPortfolio) {
    const answer = await vera.ask(path);
    // Some analyses want longer series than this, or parameters: that is no matter of who asks.
    assert.ok([200, 422].includes(answer.status), `${path}: ${answer.status}`);
    await assertProblem(await eve.ask(path), "not-found");
  }
  for (const { path, "x-access": who } of reads) {
    const { status } = await vera.ask(path);
    assert.ok(who === "administrator" ? status === 403 : ![401, 403].includes(status), `${path}: ${status}`);
  }
});
