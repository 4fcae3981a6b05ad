/**
 * Requests made from the OpenAPI document, as everybody who may ask: none fails, none is answered otherwise than documented, none
 * that the document forbids is taken or leaves a trace, and none that it allows is refused without a reason that it cannot say.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { verify } from "../../lib/verify/mod.ts";
import { dump } from "../support/answers.ts";
import { allOperationsOf, documentOf } from "../support/operations.ts";
import { startService } from "../support/service.ts";
import { type Judge, judgeBy } from "./judge.ts";
import { type FuzzedRequest, requestsOf } from "./requests.ts";
import { runs } from "./runs.ts";
import { type ActorName, ACTORS, HINTS, startWorld, type World } from "./world.ts";

interface Asked {
  readonly actor: ActorName;
  readonly request: FuzzedRequest;
}

const REQUESTS_A_RUN = 60;

/** What was answered last at a path is known by its tag. */
async function send({ as }: World, { actor, request: { sent } }: Asked, tags: Map<string, string>): Promise<Response> {
  const [path = ""] = sent.path.split("?");
  const headers = Object.entries(sent.headers).map(([name, value]) =>
    [name, value.replaceAll("{{etag}}", tags.get(path) ?? '"none"')] as [string, string]
  );
  const { method, body } = sent;
  const answer = await as[actor](sent.path, { method, headers, ...(body !== undefined && { body }) });
  const tag = answer.headers.get("etag");
  if (tag !== null) tags.set(path, tag);
  return answer;
}

/** A key is remembered whatever the answer was, and so is where it was used last. */
const leavesTrace = ({ request: { sent } }: Asked): boolean => "Idempotency-Key" in sent.headers;

async function askAll(asked: readonly Asked[], judge: Judge): Promise<void> {
  await using world = await startWorld();
  const { service } = world;
  const tags = new Map<string, string>();
  for (const one of asked) {
    const before = await dump(service.kv);
    const answer = await send(world, one, tags);
    const { status } = answer;
    await judge(one.request, answer);
    if (status < 400 || leavesTrace(one)) continue;
    assert.deepEqual(await dump(service.kv), before, `${status}, and yet something was stored: ${JSON.stringify(one)}`);
  }
  const faults = await Array.fromAsync(verify(service.services));
  assert.deepEqual(faults, [], "The store does not agree with itself");
}

Deno.test("whatever is asked by the document, or with one thing wrong by it, is answered as it says", async () => {
  await using service = await startService();
  const document = await documentOf(service);
  const operations = await allOperationsOf(service);
  const reading = { schemas: document.components.schemas, hints: HINTS };
  const anyAsked: fc.Arbitrary<Asked> = fc.record({
    actor: fc.oneof(fc.constant("operator" as const), fc.constantFrom(...ACTORS)),
    request: fc.oneof(...operations.map((operation) => requestsOf(operation, reading))),
  });
  const judge = judgeBy(document);
  const sequences = fc.array(anyAsked, { minLength: 1, maxLength: REQUESTS_A_RUN, size: "max" });
  await fc.assert(fc.asyncProperty(sequences, (asked) => askAll(asked, judge)), runs(8));
});
