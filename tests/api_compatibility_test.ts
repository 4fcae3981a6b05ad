/**
 * The API changes by addition: a client of the last release goes on working. What may change is told in docs/compatibility.md.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createApp } from "../routes/app.ts";
import { openApiDocument } from "../routes/openapi.ts";
import { breakingChanges } from "./support/api_changes.ts";
import { unsaidDeprecations } from "./support/deprecations.ts";

// deno-lint-ignore no-explicit-any -- the mutations below reach anywhere
type Json = any;

const RELEASED = new URL("../fixtures/released/openapi.json", import.meta.url);

const present = (): Json => JSON.parse(JSON.stringify(openApiDocument(createApp({ onInternalError: () => {} }))));

Deno.test("nothing that a client of the last release relies on is gone or asks for more", async () => {
  const released = JSON.parse(await Deno.readTextFile(RELEASED));
  assert.deepEqual(breakingChanges(released, present()), [], "Add instead of changing: docs/compatibility.md says how");
});

Deno.test("whatever is deprecated is answered with headers that say since when, until when and what to do", () => {
  assert.deepEqual(unsaidDeprecations(present()), [], "docs/compatibility.md says which");
});

/** A document with one of each of what the rules are about. */
const document = (): Json => ({
  paths: {
    "/things": {
      get: {
        ...{ operationId: "listThings", "x-access": "anyone", security: [{}, { bearer: ["read"] }] },
        parameters: [
          {
            name: "limit",
            in: "query",
            required: false,
            schema: { type: "integer", minimum: 1, maximum: 200, default: 50 },
          },
          { name: "order", in: "query", required: false, schema: { type: "string", enum: ["asc", "desc"] } },
        ],
        responses: {
          200: {
            headers: { ETag: { $ref: "#/components/headers/ETag" } },
            content: {
              "application/json": { schema: { $ref: "#/components/schemas/Thing" } },
              "text/csv": { schema: { type: "string" } },
            },
          },
          404: { content: { "application/problem+json": { schema: { type: "object" } } } },
        },
      },
      post: {
        ...{ operationId: "createThing", "x-access": "signed_in", security: [{ bearer: ["write"] }] },
        requestBody: {
          required: false,
          content: {
            "application/json": { schema: { $ref: "#/components/schemas/NewThing" } },
            "text/csv": { schema: {} },
          },
        },
        responses: { 201: { content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } } } },
      },
    },
  },
  components: {
    securitySchemes: { bearer: { type: "http", scheme: "bearer", description: "A key" } },
    schemas: {
      NewThing: {
        type: "object",
        properties: {
          name: { type: "string", minLength: 1, maxLength: 9, pattern: "^a" },
          size: { anyOf: [{ type: "string" }, { type: "number", exclusiveMinimum: 0 }] },
          kind: { type: "string", enum: ["a", "b"] },
          tags: { type: "array", items: { type: "string" }, minItems: 1, maxItems: 3 },
        },
        required: ["name"],
        additionalProperties: false,
      },
      Thing: {
        type: "object",
        properties: {
          id: { type: "integer" },
          name: { type: "string", format: "date" },
          kind: { type: "string", enum: ["a", "b"] },
          reason: { type: "string", enum: ["short"] },
          size: { anyOf: [{ type: "string" }, { type: "null" }] },
          parts: { type: "array", items: { $ref: "#/components/schemas/Thing" } },
          more: { allOf: [{ type: "object", properties: { x: { type: "number" } }, required: ["x"] }] },
        },
        required: ["id", "name"],
      },
    },
  },
});

type Change = (parts: { get: Json; post: Json; sent: Json; thing: Json; document: Json }) => void;

function changed(change: Change): string[] {
  const after = document();
  const { get, post } = after.paths["/things"];
  const { NewThing, Thing } = after.components.schemas;
  change({ get, post, sent: NewThing, thing: Thing, document: after });
  return breakingChanges(document(), after);
}

const BREAKS: readonly (readonly [what: RegExp, change: Change])[] = [
  [/^GET \/things is gone$/, ({ document }) => delete document.paths["/things"]],
  [/^POST \/things is gone$/, ({ document }) => delete document.paths["/things"].post],
  [
    /^bearer is another security scheme now$/,
    ({ document }) => document.components.securitySchemes.bearer = { type: "apiKey", in: "header", name: "x-api-key" },
  ],
  [/^bearer is another security scheme now$/, ({ document }) => delete document.components.securitySchemes],
  [/operationId is other now/, ({ get }) => get.operationId = "other"],
  [/is for administrator only/, ({ post }) => post["x-access"] = "administrator"],
  [/does not take \{"bearer":\["read"\]\} any more/, ({ get }) => get.security = [{}]],
  [/parameter order is gone/, ({ get }) => get.parameters.pop()],
  [
    /parameter new is required now/,
    ({ get }) => get.parameters.push({ name: "new", in: "query", required: true, schema: {} }),
  ],
  [/parameter order is required now/, ({ get }) => get.parameters[1].required = true],
  [/parameter order has no enum desc any more/, ({ get }) => get.parameters[1].schema.enum.pop()],
  [/parameter limit has another maximum: 100/, ({ get }) => get.parameters[0].schema.maximum = 100],
  [/parameter limit has another minimum: 2/, ({ get }) => get.parameters[0].schema.minimum = 2],
  [/parameter limit has another default: 20/, ({ get }) => get.parameters[0].schema.default = 20],
  [/parameter limit has no type integer any more/, ({ get }) => get.parameters[0].schema.type = "boolean"],
  [/a body is required now/, ({ post }) => post.requestBody.required = true],
  [/a body is required now/, ({ get }) => get.requestBody = { required: true, content: {} }],
  [/takes no body any more/, ({ post }) => delete post.requestBody],
  [/body: no text\/csv any more/, ({ post }) => delete post.requestBody.content["text/csv"]],
  [/body\/kind is required now/, ({ sent }) => sent.required.push("kind")],
  [/body\/kind is gone/, ({ sent }) => delete sent.properties.kind],
  [/body\/kind has no enum b any more/, ({ sent }) => sent.properties.kind.enum.pop()],
  [/body\/name has another maxLength: 8/, ({ sent }) => sent.properties.name.maxLength = 8],
  [/body\/name has another minLength: 2/, ({ sent }) => sent.properties.name.minLength = 2],
  [/body\/name has another pattern: \^b/, ({ sent }) => sent.properties.name.pattern = "^b"],
  [/body\/name has another format: date/, ({ sent }) => sent.properties.name.format = "date"],
  [/body\/size has another exclusiveMinimum: 1/, ({ sent }) => sent.properties.size.anyOf[1].exclusiveMinimum = 1],
  [/body\/size has 1 parts of anyOf, not 2/, ({ sent }) => sent.properties.size.anyOf.pop()],
  [/body\/tags has another maxItems: 2/, ({ sent }) => sent.properties.tags.maxItems = 2],
  [/body\/tags has another uniqueItems: true/, ({ sent }) => sent.properties.tags.uniqueItems = true],
  [/body\/tags\/items has a list of enum now/, ({ sent }) => sent.properties.tags.items.enum = ["x"]],
  [/does not answer 404 any more/, ({ get }) => delete get.responses[404]],
  [/answers 202 now/, ({ post }) => post.responses[202] = {}],
  [/200: no ETag any more/, ({ get }) => delete get.responses[200].headers],
  [/200: no text\/csv any more/, ({ get }) => delete get.responses[200].content["text/csv"]],
  [/200\/name is gone/, ({ thing }) => delete thing.properties.name],
  [/200\/name may be missing now/, ({ thing }) => thing.required.pop()],
  [/200\/id has a new type null/, ({ thing }) => thing.properties.id.type = ["integer", "null"]],
  [/200\/id has no list of type any more/, ({ thing }) => delete thing.properties.id.type],
  [/200\/name has another format: undefined/, ({ thing }) => delete thing.properties.name.format],
  [/200\/kind has a new enum c/, ({ thing }) => thing.properties.kind.enum.push("c")],
  [/200\/size has 3 parts of anyOf, not 2/, ({ thing }) => thing.properties.size.anyOf.push({ type: "number" })],
  [/200\/more\/x may be missing now/, ({ thing }) => thing.properties.more.allOf[0].required = []],
  [/200\/more is made otherwise \(allOf\)/, ({ thing }) => thing.properties.more = {}],
  [/200 has another additionalProperties: false/, ({ thing }) => thing.additionalProperties = false],
];

Deno.test("each thing that breaks a client is found", () => {
  assert.deepEqual(breakingChanges(document(), document()), []);
  for (const [what, change] of BREAKS) {
    const found = changed(change);
    assert.ok(found.some((one) => what.test(one)), `${what} is not among ${JSON.stringify(found)}`);
  }
});

const ADDITIONS: readonly Change[] = [
  ({ document }) => document.paths["/others"] = document.paths["/things"],
  ({ document }) => document.components.securitySchemes.cookie = { type: "apiKey", in: "cookie", name: "session" },
  ({ document }) => document.components.securitySchemes.bearer.description = "Said better",
  ({ document }) => document.paths["/things"].put = document.paths["/things"].post,
  ({ post }) => post["x-access"] = "anyone",
  ({ post }) => post.security.push({ cookie: [] }),
  ({ get }) => get.parameters.push({ name: "new", in: "query", required: false, schema: { type: "string" } }),
  ({ get }) => get.parameters[0].schema.maximum = 500,
  ({ get }) => get.parameters[1].schema.enum.push("random"),
  ({ get }) => get.responses[200].headers.Link = {},
  ({ get }) => get.responses[409] = { content: {} },
  ({ get }) => get.responses[200].content["image/svg+xml"] = { schema: { type: "string" } },
  ({ post }) => post.requestBody.content["text/xml"] = { schema: {} },
  ({ sent }) => sent.properties.new = { type: "string" },
  ({ sent }) => sent.required = [],
  ({ sent }) => sent.properties.kind.enum.push("c"),
  ({ sent }) => sent.properties.name.maxLength = 10,
  ({ sent }) => delete sent.properties.name.pattern,
  ({ sent }) => sent.properties.size.anyOf.push({ type: "null" }),
  ({ thing }) => thing.properties.new = { type: "string" },
  ({ thing }) => thing.required.push("kind"),
  ({ thing }) => thing.properties.kind.enum.pop(),
  ({ thing }) => thing.properties.id.minimum = 1,
  ({ thing }) => thing.properties.reason.enum.push("long"),
  ({ thing }) => thing.properties.name.description = "Said better",
];

Deno.test("what is added breaks nobody", () => {
  for (const change of ADDITIONS) assert.deepEqual(changed(change), [], String(change));
});

const DEPRECATED: readonly (readonly [Change, answers: readonly string[]])[] = [
  [({ get }) => get.deprecated = true, ["GET /things 200"]],
  [({ get }) => get.parameters[0].deprecated = true, ["GET /things 200"]],
  [({ post }) => post.requestBody.content["text/csv"].schema.deprecated = true, ["POST /things 201"]],
  [({ sent }) => sent.properties.size.anyOf[1].deprecated = true, ["POST /things 201"]],
  [({ thing }) => thing.properties.kind.deprecated = true, ["GET /things 200", "POST /things 201"]],
  [({ sent }) => sent.properties.default = { type: "string", deprecated: true }, ["POST /things 201"]],
  [({ thing }) => thing.properties.parts.items = { type: "object", deprecated: true }, [
    "GET /things 200",
    "POST /things 201",
  ]],
];

Deno.test("each thing that is deprecated and not answered so is found, and nothing else", () => {
  const unsaid = (change: Change, headers: readonly string[]): string[] => {
    const after = document();
    const { get, post } = after.paths["/things"];
    const { NewThing, Thing } = after.components.schemas;
    change({ get, post, sent: NewThing, thing: Thing, document: after });
    for (const answer of [get.responses[200], post.responses[201]]) {
      answer.headers = Object.fromEntries(headers.map((name) => [name, {}]));
    }
    return unsaidDeprecations(after);
  };
  for (const [change, answers] of DEPRECATED) {
    assert.deepEqual(unsaid(change, ["Deprecation", "Sunset", "Link"]), []);
    for (const missing of ["deprecation", "sunset", "link"]) {
      const found = unsaid(change, ["deprecation", "sunset", "link"].filter((name) => name !== missing));
      assert.deepEqual(found, answers.map((at) => `${at} has something deprecated, and no ${missing}`), String(change));
    }
  }
  assert.deepEqual(unsaid(() => {}, []), []);
  assert.deepEqual(unsaid(({ thing }) => thing.properties.deprecated = { type: "boolean", example: true }, []), []);
  assert.deepEqual(unsaid(({ thing }) => thing.example = { deprecated: true }, []), []);
});
