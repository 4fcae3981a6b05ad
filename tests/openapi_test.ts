/**
 * What holds for the OpenAPI document as a whole. `deno task openapi` writes it anew after a route has changed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { PROBLEMS } from "../lib/problem.ts";
import { type Scope, SCOPES } from "../lib/store/api_keys.ts";
import { createApp } from "../routes/app.ts";
import { openApiDocument } from "../routes/openapi.ts";
import { startService } from "./support/service.ts";

type Json = Record<string, unknown>;

interface Media {
  readonly schema?: Json;
}

interface Response {
  readonly description?: string;
  readonly content?: Readonly<Record<string, Media>>;
}

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Json[];
  readonly "x-access"?: string;
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema?: Json }[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, Media>> };
  readonly responses?: Readonly<Record<string, Response>>;
}

interface Document extends Json {
  readonly openapi: string;
  readonly tags: readonly { name: string; description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>>; readonly securitySchemes: Json };
}

const FILE = new URL("../fixtures/openapi.json", import.meta.url);

const made = (): Document => JSON.parse(JSON.stringify(openApiDocument(createApp({ onInternalError: () => {} }))));

/** Every operation with its name, for the messages. */
const operationsIn = ({ paths }: Document): [name: string, method: string, operation: Operation][] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, method, operation] as const)
  ).map((entry) => [...entry]);

const statusOf = (type: keyof typeof PROBLEMS): string => String(PROBLEMS[type].status);

Deno.test("the committed document is the one that the routes make; else run `deno task openapi`", async () => {
  const text = await Deno.readTextFile(FILE);
  const [committed, present] = [JSON.parse(text) as Document, made()];
  assert.deepEqual(differences(committed.paths, present.paths), []);
  assert.deepEqual(differences(committed.components.schemas, present.components.schemas), []);
  assert.deepEqual(differences(committed, present), []);
  assert.equal(text, `${JSON.stringify(present, null, 2)}\n`);
});

/** The names under which two records differ: all that a reader needs of a long difference. */
function differences(a: Json, b: Json): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]));
}

Deno.test("what differs is named", () => {
  assert.deepEqual(differences({ a: 1, b: { c: 1 }, d: 1 }, { a: 1, b: { c: 2 }, e: 1 }), ["b", "d", "e"]);
});

Deno.test("GET /openapi.json: 200 with the same document, and 304", async () => {
  await using service = await startService();
  const answer = await service.request("/openapi.json");
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "application/json");
  assert.deepEqual(await answer.json(), made());
  const headers = { "if-none-match": answer.headers.get("etag") ?? "" };
  assert.equal((await service.request("/openapi.json", { headers })).status, 304);
});

Deno.test("it is OpenAPI 3.1, served from wherever it was read, with every tag described", () => {
  const document = made();
  assert.equal(document.openapi, "3.1.0");
  assert.deepEqual(document["servers"], [{ url: "/" }]);
  const used = new Set(operationsIn(document).flatMap(([, , { tags = [] }]) => tags));
  assert.deepEqual(document.tags.map(({ name }) => name).toSorted(), [...used].toSorted());
  assert.deepEqual(document.tags.filter(({ description }) => !description), []);
  assert.deepEqual(Object.keys(document.components.securitySchemes), ["bearer", "cookie"]);
});

Deno.test("every operation has a name of its own, says what it does, and who may call it", () => {
  const operations = operationsIn(made());
  const ids = operations.map(([, , { operationId }]) => operationId);
  assert.equal(new Set(ids).size, ids.length);
  for (const [name, , { operationId, summary, description, tags, security, ...operation }] of operations) {
    assert.match(operationId ?? "", /^[a-z][A-Za-z]+$/, name);
    assert.match(summary ?? "", /^[A-Z].{2,59}[^.]$/, name);
    assert.match(description ?? "", /^[A-Z`].*\.$/s, name);
    assert.equal(tags?.length, 1, name);
    const alternatives = (security ?? []).map((scheme) => Object.keys(scheme).join());
    const expected = [...(operation["x-access"] === "anyone" ? [""] : []), "bearer", "cookie"];
    assert.deepEqual([...new Set(alternatives)], expected, name);
    const scopes = (security ?? []).flatMap((scheme) => scheme["bearer"] ?? []) as Scope[];
    assert.ok(scopes.every((scope) => SCOPES.includes(scope)), name);
  }
});

Deno.test("every operation declares the problems that it can answer", () => {
  for (const [name, method, { parameters = [], requestBody, responses = {} }] of operationsIn(made())) {
    const declared = new Set(Object.keys(responses));
    const needs = (when: boolean, ...types: (keyof typeof PROBLEMS)[]) => {
      for (const type of types) if (when) assert.ok(declared.has(statusOf(type)), `${name} does not declare ${type}`);
    };
    // A key that is not known, or not for the web page that asks, is refused everywhere, and so is a parameter.
    needs(true, "unauthorized", "forbidden");
    const isPage = Object.values(responses).some(({ content = {} }) => "text/html" in content);
    needs(!isPage, "validation-failed");
    needs(parameters.some((parameter) => parameter.in === "path"), "not-found");
    needs(parameters.some(({ name }) => name === "if-match"), "version-mismatch");
    needs(requestBody !== undefined, "malformed-request", "payload-too-large", "unsupported-media-type");
    if (!isPage) assert.equal(declared.has("304"), method === "get", `${name}: 304 is what a GET can answer`);
    assert.ok(!declared.has("500"), `${name} means to fail`);
    for (const [status, { description, content = {} }] of Object.entries(responses)) {
      assert.ok(description, `${name} ${status} says nothing`);
      const isProblem = Number(status) >= 400;
      const types = Object.keys(content).filter((type) => !(isPage && type === "text/html"));
      if (isProblem) assert.deepEqual(types, ["application/problem+json"], `${name} ${status}`);
    }
  }
});

Deno.test("every change honours If-Match, but those that make something or only ask", () => {
  const unconditional = operationsIn(made()).filter(([, method, { parameters = [] }]) =>
    ["put", "patch", "delete"].includes(method) && !parameters.some(({ name }) => name === "if-match")
  );
  assert.deepEqual(unconditional.map(([name]) => name), []);
});

/** A row is accepted as it was sent, or with the values of a body. */
const WITHOUT_BODY_TOO = ["acceptQuarantined"];

Deno.test("every body is required, but where the operation does without too, and has an example", () => {
  const document = made();
  const exampleOf = (schema: Json = {}): unknown =>
    schema["example"] ?? document.components.schemas[String(schema["$ref"]).split("/").at(-1) ?? ""]?.["example"];
  for (const [name, , { operationId = "", requestBody }] of operationsIn(document)) {
    if (requestBody === undefined) continue;
    assert.equal(requestBody.required, !WITHOUT_BODY_TOO.includes(operationId), name);
    for (const [type, { schema }] of Object.entries(requestBody.content)) {
      assert.ok(exampleOf(schema) !== undefined, `${name} ${type} has no example`);
    }
  }
  assert.ok(document.components.schemas["Problem"]?.["example"]);
});

/** Each schema that stands somewhere in a value, with where it stands. */
function* schemasIn(value: unknown, at = ""): Generator<[at: string, schema: Json]> {
  if (typeof value !== "object" || value === null) return;
  if ("example" in value) yield [at, value as Json];
  for (const [key, inner] of Object.entries(value)) if (key !== "example") yield* schemasIn(inner, `${at}/${key}`);
}

Deno.test("every example is what its schema says", () => {
  const document = made();
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  for (const format of ["date", "date-time", "decimal", "uri-reference"]) ajv.addFormat(format, true);
  ajv.addSchema({ components: document.components }, "openapi");
  const absolute = (schema: Json) => JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/'));
  const examples = [...schemasIn(document.components.schemas), ...schemasIn(document.paths)];
  assert.ok(examples.length > 60);
  for (const [at, schema] of examples) {
    const validate = ajv.compile(absolute(schema));
    assert.ok(validate(schema["example"]), `${at}: ${JSON.stringify(validate.errors)}`);
  }
});
