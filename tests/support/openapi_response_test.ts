import assert from "node:assert/strict";
import { responseChecker } from "./openapi_response.ts";

const json = (schema: object) => ({ content: { "application/json": { schema } } });
const problem = { content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } };

const check = responseChecker({
  paths: {
    "/things/{id}": {
      get: {
        operationId: "readThing",
        responses: { 200: json({ $ref: "#/components/schemas/Thing" }), 304: { description: "Same" }, 404: problem },
      },
      put: { operationId: "putThing", responses: { 200: json({ $ref: "#/components/schemas/Named" }) } },
    },
    "/things": {
      get: {
        operationId: "listThings",
        responses: {
          200: { headers: { ETag: { $ref: "#/components/headers/ETag" }, Link: { schema: { type: "string" } } } },
        },
      },
    },
    "/text": {
      get: { operationId: "readText", responses: { 200: { content: { "text/csv": { schema: { type: "string" } } } } } },
    },
  },
  components: {
    headers: { ETag: { required: true } },
    schemas: {
      Thing: {
        type: "object",
        properties: {
          price: { type: "string", format: "decimal" },
          day: { type: ["string", "null"], format: "date" },
          at: { type: "string", format: "date-time" },
          parts: { type: "array", items: { type: "object", properties: { no: { type: "integer" } } } },
          free: { type: "object", additionalProperties: {} },
        },
        required: ["price"],
      },
      Named: {
        allOf: [{ $ref: "#/components/schemas/Thing" }, { type: "object", properties: { name: { type: "string" } } }],
      },
      Problem: {
        type: "object",
        properties: {
          status: { type: "integer" },
          instance: { type: "string", format: "uri-reference" },
          request_id: { type: "string" },
        },
        required: ["status", "instance", "request_id"],
      },
    },
  },
});

interface Answer {
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly type?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly accept?: string;
}

function checked(
  { method = "GET", path = "/things/1", status = 200, type = "application/json", body, headers, accept = "*/*" }:
    Answer,
) {
  const text = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
  const sent = { "content-type": type, "x-request-id": "r", ...headers };
  const asked = { method, url: `http://foliolens.test${path}`, headers: new Headers({ accept }) };
  return check(asked, new Response(text, { status, headers: sent }));
}

const refusal = { status: 404, instance: "/things/1", request_id: "r" };
const asProblem = { status: 404, type: "application/problem+json", body: refusal };

const nothing = { path: "/nothing", status: 404, type: "text/html", body: "<!doctype html>" };

const DECLARED: [what: string, answer: Answer][] = [
  ["what the schema says", {
    body: { price: "1.5", day: null, at: "2021-11-06T12:00:00.123Z", free: { a: { b: 1 } } },
  }],
  ["a trailing slash and a query", {
    path: "/things/1/?x=1",
    body: { price: "0", day: "2021-11-05", parts: [{ no: 1 }] },
  }],
  ["the parts of an allOf together", { method: "PUT", body: { price: "-0.1", name: "x" } }],
  ["a status without a body", { status: 304 }],
  ["HEAD, without a body", { method: "HEAD" }],
  ["OPTIONS", { method: "OPTIONS", status: 204 }],
  ["a header of every answer", { path: "/things", headers: { etag: '"1"' } }],
  ["a header that it may have", { path: "/things", headers: { etag: '"1"', link: "</things?cursor=x>" } }],
  ["text", { path: "/text", type: "text/csv; charset=utf-8", body: "a,b" }],
  ["a problem", asProblem],
  ["a problem at no operation", { ...asProblem, path: "/nothing" }],
  ["a page at no operation", { ...nothing, accept: "text/html,*/*;q=0.8" }],
  ["a page", { path: "/docs", type: "text/html", body: "<!doctype html>" }],
];

for (const [what, answer] of DECLARED) {
  Deno.test(`an answer that the document declares passes: ${what}`, () => checked(answer));
}

const UNDECLARED: [what: string, answer: Answer, fault: RegExp][] = [
  ["a status", { status: 418, body: {} }, /readThing does not declare 418/],
  ["a failure of ours", { status: 500, body: {} }, /readThing does not declare 500/],
  ["a media type", { type: "text/plain", body: "x" }, /does not declare text\/plain for 200/],
  ["a problem as plain JSON", { ...asProblem, type: "application/json" }, /does not declare application\/json for 404/],
  ["a page for who asked for none", nothing, /text\/html/],
  ["a page at an operation", { ...nothing, path: "/things/1", accept: "text/html" }, /does not declare text\/html/],
  ["a missing property", { body: {} }, /must have required property 'price'/],
  ["an undeclared property", { body: { price: "1", extra: 1 } }, /"unevaluatedProperty":"extra"/],
  ["one further in", { body: { price: "1", parts: [{ no: 1, extra: 1 }] } }, /\/parts\/0 must NOT have unevaluated/],
  ["one beside an allOf", { method: "PUT", body: { price: "1", extra: 1 } }, /"unevaluatedProperty":"extra"/],
  ["another type", { body: { price: 1 } }, /\/price must be string/],
  ["a decimal with trailing zeros", { body: { price: "1.50" } }, /\/price must match format "decimal"/],
  ["a decimal in scientific notation", { body: { price: "1e3" } }, /\/price must match format "decimal"/],
  ["minus nothing", { body: { price: "-0" } }, /\/price must match format "decimal"/],
  ["a day that is none", { body: { price: "1", day: "2021-02-29" } }, /\/day must match format "date"/],
  ["an instant of another zone", { body: { price: "1", at: "2021-11-06T12:00:00+01:00" } }, /\/at must match format/],
  ["an operation", { method: "DELETE", body: {} }, /is answered by no operation/],
  ["a path", { path: "/nothing", body: {} }, /is answered by no operation/],
  ["a body where none is declared", { method: "HEAD", body: "x" }, /has a body/],
  ["a header that is missing", { path: "/things", headers: { link: "</things?cursor=x>" } }, /lacks headers/],
  ["a header that leads on", { body: { price: "1" }, headers: { link: "</x>" } }, /headers that are not/],
  ["another status in the problem", { ...asProblem, body: { ...refusal, status: 400 } }, /400/],
  ["another host as instance", { ...asProblem, body: { ...refusal, instance: "//evil.test/" } }, /uri-reference/],
  ["no request id", { body: { price: "1" }, headers: { "x-request-id": "" } }, /request/i],
];

for (const [what, answer, fault] of UNDECLARED) {
  Deno.test(`an answer that the document does not declare fails: ${what}`, () =>
    assert.rejects(checked(answer), fault));
}

Deno.test("a schema that is wrong itself fails: an unknown keyword, an unknown format", async () => {
  for (const schema of [{ type: "string", minLenght: 1 }, { type: "string", format: "dayte" }]) {
    const wrong = responseChecker({
      paths: { "/x": { get: { operationId: "readX", responses: { 200: json(schema) } } } },
      components: { schemas: {} },
    });
    const answer = new Response('"x"', { headers: { "content-type": "application/json", "x-request-id": "r" } });
    await assert.rejects(wrong(new Request("http://foliolens.test/x"), answer), /unknown/);
  }
});
