/**
 * Holds every answer against what the OpenAPI document says of the operation and its status: an undeclared status, media
 * type or property fails, and so does a value that its schema does not allow.
 *
 * Ajv in strict mode, because it also refuses what is wrong in a schema itself: an unknown keyword or format.
 *
 * @module
 */
import assert from "node:assert/strict";
import { getPath } from "hono/utils/url";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { isDay } from "../../lib/day.ts";

type Json = Record<string, unknown>;

interface DeclaredHeader {
  /** Of a reference, that of what it refers to. */
  readonly required?: boolean;
  readonly $ref?: string;
}

interface DeclaredResponse {
  readonly headers?: Readonly<Record<string, DeclaredHeader>>;
  readonly content?: Readonly<Record<string, { readonly schema: Json }>>;
}

export interface OpenApiOperation {
  readonly operationId: string;
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema: Json }[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, { readonly schema: Json }>>;
  };
  readonly responses: Readonly<Record<string, DeclaredResponse>>;
  readonly "x-access"?: string;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

interface Components {
  readonly schemas: Readonly<Record<string, Json>>;
  readonly headers?: Readonly<Record<string, DeclaredHeader>>;
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: Components;
}

/** Throws where the answer to a request is not what the document says. */
export type CheckResponse = (request: Pick<Request, "method" | "url" | "headers">, response: Response) => Promise<void>;

/** Headers that say what to ask for next, or when: clients find them in the document, or not at all. */
const LED_BY = ["link", "retry-after"];

/** What may be answered at a path, or with a method, that the document does not know. */
const OUTSIDE = [401, 403, 404, 405, 414, 429];
/** Pages and files: no part of the API. */
const PAGES = /^\/($|docs$|openapi\.json$|favicon\.|static\/|problems(\/|$))/;

/** Pages that say in HTML what is wrong. */
const ADMIN = /^\/admin(\/|$)/;

/** That nothing is there is said on a page to whoever takes one. */
const isPageOfNothing = ({ headers }: Pick<Request, "headers">, response: Response): boolean =>
  response.status === 404 && mediaTypeOf(response) === "text/html" && /\btext\//i.test(headers.get("accept") ?? "");

/** A trailing slash is answered the same, and so is what is escaped without need. */
const pathOf = (request: Pick<Request, "url">): string => getPath(request as Request).replace(/(?<=.)\/$/, "");

/** `made` is the document as the program makes it; it is read as it is sent. */
export function responseChecker(made: object): CheckResponse {
  const document = JSON.parse(JSON.stringify(made)) as OpenApiDocument;
  const schemaOf = validators(document);
  const headersOf = headersIn(document);

  return async (request, response) => {
    const path = pathOf(request);
    const name = `${request.method} ${path}: ${response.status}`;
    const text = await response.text();
    assert.ok(response.headers.get("x-request-id"), `${name} has no X-Request-Id`);
    if (["HEAD", "OPTIONS"].includes(request.method)) assert.equal(text, "", `${name} has a body`);
    if (request.method === "OPTIONS") return assert.equal(response.status, 204, name);
    const found = operationAt(document, request.method, path);
    if (found === undefined && ADMIN.test(path)) {
      assert.ok(response.status < 500, `${name}: ${response.status}`);
      return;
    }
    if (found === undefined) {
      if (PAGES.test(path) && [200, 304].includes(response.status)) return;
      assert.ok(OUTSIDE.includes(response.status), `${name} is answered by no operation of the document`);
      if (request.method === "HEAD" || isPageOfNothing(request, response)) return;
      return checkBody(name, response, text, "application/problem+json", schemaOf("Problem"));
    }
    const declared = found.responses[response.status];
    assert.ok(declared, `${found.operationId} does not declare ${response.status}: ${text.slice(0, 500)}`);
    const headers = headersOf(declared);
    const missing = headers.filter(({ name, isAlways }) => isAlways && !response.headers.has(name));
    assert.deepEqual(missing, [], `${name} lacks headers that are declared`);
    const unsaid = LED_BY.filter((header) => response.headers.has(header) && !headers.some((h) => h.name === header));
    assert.deepEqual(unsaid, [], `${name} has headers that are not declared`);
    if (request.method === "HEAD") return;
    if (declared.content === undefined) return assert.equal(text, "", `${name} has a body that is not declared`);
    const type = mediaTypeOf(response);
    const schema = declared.content[type]?.schema;
    assert.ok(schema, `${found.operationId} does not declare ${type} for ${response.status}`);
    checkBody(name, response, text, type, schemaOf(schema));
  };
}

interface SaidHeader {
  readonly name: string;
  /** Every answer of the status has it. */
  readonly isAlways: boolean;
}

const headersIn = ({ components }: OpenApiDocument) => ({ headers = {} }: DeclaredResponse): SaidHeader[] =>
  Object.entries(headers).map(([name, { $ref, required }]) => ({
    name: name.toLowerCase(),
    isAlways: ($ref === undefined ? required : components.headers?.[nameIn($ref)]?.required) ?? false,
  }));

function checkBody(name: string, response: Response, text: string, type: string, validate: ValidateFunction): void {
  assert.equal(mediaTypeOf(response), type, name);
  const body: unknown = type.endsWith("json") ? JSON.parse(text) : text;
  if (!validate(body)) {
    const faults = (validate.errors ?? []).map(({ instancePath, message, params }) =>
      `${instancePath || "/"} ${message} ${JSON.stringify(params)}`
    );
    assert.fail(`${name} is not what its schema says:\n${faults.join("\n")}\n${text.slice(0, 2_000)}`);
  }
  if (type !== "application/problem+json") return;
  const { status, request_id } = body as Json;
  assert.deepEqual([status, request_id], [response.status, response.headers.get("x-request-id")], name);
}

const mediaTypeOf = (response: Response): string => response.headers.get("content-type")?.split(";")[0] ?? "none";

/** The operation that answers at a path, the plainest first; one that answers GET answers HEAD. */
export function operationAt({ paths }: OpenApiDocument, method: string, path: string): OpenApiOperation | undefined {
  const asked = method === "HEAD" ? "get" : method.toLowerCase();
  const templates = Object.keys(paths).filter((template) => patternOf(template).test(path));
  const found = [path, ...templates].find((template) => paths[template]?.[asked] !== undefined);
  return found === undefined ? undefined : paths[found]?.[asked];
}

const patternOf = (template: string): RegExp =>
  new RegExp(`^${template.replaceAll(".", "\\.").replaceAll(/\{[^}]+\}/g, "[^/]+")}$`);

/** Validators by component name or inline schema, each compiled once. */
function validators({ components }: OpenApiDocument): (schema: string | Json) => ValidateFunction {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true, formats: FORMATS });
  ajv.addVocabulary(["example"]);
  for (const [name, schema] of Object.entries(components.schemas)) ajv.addSchema(inside(schema, components), name);
  const compiled = new Map<string, ValidateFunction>();
  return (schema) => {
    const used = typeof schema === "string" ? { $ref: schema } : schema;
    const id = JSON.stringify(used);
    const validate = compiled.get(id) ?? ajv.compile(atUse(used, components));
    compiled.set(id, validate);
    return validate;
  };
}

const FORMATS = {
  date: isDay,
  "date-time": (text: string) =>
    isDay(text.slice(0, 10)) && /T([01]\d|2[0-3])(:[0-5]\d){2}(\.\d+)?Z$/.test(text.slice(10)),
  /** Plain notation, without trailing zeros. */
  decimal: /^(?!-0$)-?(0|[1-9]\d*)(\.\d*[1-9])?$/,
  /** Of our own: a path, never another host. */
  "uri-reference": (text: string) => URL.canParse(text, "http://foliolens.test") && /^\/(?!\/)[\x21-\x7e]*$/.test(text),
};

/**
 * A schema where it is used, refusing properties that it does not name. The document leaves objects open, so that a
 * property can be added without a break; here each one must be declared.
 */
function atUse(schema: Json, components: Components): Json {
  const used = inside(schema, components);
  return listsProperties(schema, components) ? { ...used, unevaluatedProperties: false } : used;
}

/** The same, but for what stands around it, as in the parts of an `allOf`. References are to the names of components. */
function inside(schema: Json, components: Components): Json {
  const used = (value: unknown) => isRecord(value) ? atUse(value, components) : value;
  const read: Record<string, (value: unknown) => unknown> = {
    $ref: (value) => nameIn(String(value)),
    properties: (value) => mapValues(value as Json, used),
    items: used,
    additionalProperties: used,
    anyOf: (value) => (value as unknown[]).map(used),
    oneOf: (value) => (value as unknown[]).map(used),
    allOf: (value) => (value as Json[]).map((part) => inside(part, components)),
  };
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [keyword, read[keyword]?.(value) ?? value]),
  );
}

/** Whether a schema names properties, itself or by what it refers to. */
function listsProperties(schema: Json, components: Components): boolean {
  if (schema["additionalProperties"] !== undefined) return false;
  if (schema["properties"] !== undefined) return true;
  const parts = [components.schemas[nameIn(String(schema["$ref"] ?? ""))], ...schema["allOf"] as Json[] ?? []];
  return parts.some((part) => part !== undefined && listsProperties(part, components));
}

const nameIn = (reference: string): string => reference.split("/").at(-1) ?? "";

const mapValues = (record: Json, map: (value: unknown) => unknown): Json =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));

const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
