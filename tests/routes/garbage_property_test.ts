/**
 * Whatever is sent: an answer that the document declares, never a failure of ours, and nothing stored by what was refused.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { dump, type Json } from "../support/answers.ts";
import { addAssets, addCloses, addPortfolio } from "../support/factories.ts";
import { documentOf, type Operation, operationsOf } from "../support/operations.ts";
import type { OpenApiDocument } from "../support/openapi_response.ts";
import { startService, type TestService } from "../support/service.ts";

async function startFull(): Promise<TestService> {
  const service = await startService();
  await addAssets(service, "AAPL", "GS");
  await addCloses(service, "AAPL", { "2021-11-05": "151.28" });
  await addPortfolio(service, { AAPL: "100" });
  return service;
}

/** The example of the JSON body that an operation takes. */
function exampleOf({ components }: OpenApiDocument, { requestBody }: Operation): Json {
  const schema = requestBody?.content["application/json"]?.schema ?? {};
  const named = components.schemas[String(schema["$ref"]).split("/").at(-1) ?? ""];
  return (schema["example"] ?? named?.["example"] ?? {}) as Json;
}

/** Where something stands in a value, by keys. */
function placesIn(value: unknown, at: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...at, key]))];
}

function withAt(value: unknown, [key, ...rest]: readonly string[], put: unknown): unknown {
  if (key === undefined) return put;
  const copy = structuredClone(value) as Json;
  copy[key] = withAt(copy[key], rest, put);
  return copy;
}

/** What programs and attackers send in the place of a value. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    0,
    -0,
    1e-9,
    1e21,
    2 ** 53,
    "",
    "0",
    "-0",
    "1e3",
    "NaN",
    "\ud800",
    "\u0000",
    "__proto__",
    "2021-02-29",
  ),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({ maxLength: 300 }).map((text) => "9".repeat(text.length)),
);

Deno.test("any value in any place of any body is taken or refused, never a failure", async () => {
  await using service = await startFull();
  const document = await documentOf(service);
  const takers = (await operationsOf(service)).filter(({ requestBody }) => requestBody !== undefined);
  for (const taker of takers) {
    const example = exampleOf(document, taker);
    const bodies = fc.oneof(
      fc.tuple(fc.constantFrom(...placesIn(example)), anything).map(([place, put]) => withAt(example, place, put)),
      fc.tuple(fc.string(), anything).map(([key, put]) => ({ ...example, [key]: put })),
    );
    await fc.assert(
      fc.asyncProperty(bodies, async (sent) => {
        const before = await dump(service.kv);
        const body = JSON.stringify(sent);
        const headers = { "content-type": "application/json" };
        const answer = await service.admin(taker.path, { method: taker.method, body, headers });
        assert.ok(answer.status < 500 || answer.status === 503, `${taker.operationId} ${answer.status} ${body}`);
        if (answer.status >= 400) assert.deepEqual(await dump(service.kv), before, `${taker.operationId} ${body}`);
      }),
      { numRuns: 40 },
    );
  }
});

Deno.test("any text in any parameter is taken or refused, never a failure", async () => {
  await using service = await startFull();
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constantFrom("", "0", "2021-11-05", "2021-02-29", "%", "%00"),
  );
  for (const { method, path, parameters = [], operationId } of await operationsOf(service)) {
    const names = parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name);
    const query = fc.dictionary(fc.constantFrom(...names, "x"), text, { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(query, async (given) => {
        const asked = `${path.split("?")[0]}?${new URLSearchParams(given)}`;
        const answer = await service.admin(asked, { method: method === "DELETE" ? "GET" : method });
        assert.ok(answer.status < 500 || answer.status === 503, `${operationId} ${asked}: ${answer.status}`);
      }),
      { numRuns: 25 },
    );
  }
});
