/**
 * Requests of an operation as the document has it: all that it allows, or with one thing wrong.
 *
 * @module
 */
import fc, { type Arbitrary } from "fast-check";
import { CSV_BODIES } from "./csv_bodies.ts";
import { nearMissesOf } from "./near_misses.ts";
import { isPage, type Operation } from "../support/operations.ts";
import { type Reading, type Schema, schemaOf, typesOf, valueOf } from "./values.ts";

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface FuzzedRequest {
  readonly operation: string;
  readonly sent: Sent;
  /** Of a JSON body that could be read; a validator says whether the schema allows it. */
  readonly json?: { readonly value: unknown; readonly schema: Schema };
  /** What is wrong with it by the document, if it is anything beside a value in its body. */
  readonly fault: string | undefined;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

/** What is put together to a request. */
interface Parts {
  readonly path: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: { readonly type: string; readonly text: string; readonly value?: unknown };
}

const JSON_TYPE = "application/json";
const FORM_TYPE = "application/x-www-form-urlencoded";

export function requestsOf(operation: Operation, reading: Reading): Arbitrary<FuzzedRequest> {
  const request = (fault: string | undefined) => (parts: Parts) => madeOf(operation, parts, fault);
  return partsOf(operation, reading).chain((parts) => {
    const faults = faultsOf(operation, parts, reading);
    const wrong = faults.map(({ fault, parts }) => parts.map(request(fault)));
    return fc.oneof({ weight: 1 + faults.length, arbitrary: fc.constant(request(undefined)(parts)) }, ...wrong);
  });
}

const parametersOf = (operation: Operation, place: string): Parameter[] =>
  ((operation.parameters ?? []) as readonly Parameter[]).filter((parameter) => parameter.in === place);

function partsOf(operation: Operation, reading: Reading): Arbitrary<Parts> {
  const texts = (place: string) => {
    const parameters = parametersOf(operation, place);
    const values = parameters.map(({ name, schema }) => [name, textsOf(schema, reading, name)] as const);
    const requiredKeys = parameters.filter(({ required }) => required).map(({ name }) => name);
    return fc.record(Object.fromEntries(values), { requiredKeys });
  };
  const pairs = texts("query").map((query) =>
    Object.entries(query).flatMap(([name, values]) => (values ?? []).map((value) => [name, value] as const))
  );
  const first = (values: Record<string, string[] | undefined>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value?.[0] ?? ""]));
  // A client takes dots for a way up.
  const segments = texts("path").map(first).filter((path) =>
    !Object.values(path).some((text) => /^\.{1,2}$|^$/.test(text))
  );
  const headers = fc.tuple(texts("header").map(first).map(asHeaders), anyHeaders).map(([own, others]) => ({
    ...others,
    ...own,
  }));
  return fc.record({ path: segments, query: pairs, headers, body: bodyOf(operation, reading) })
    .map(({ body, ...parts }) => ({ ...parts, ...(body !== undefined && { body }) }));
}

/** What `fetch` sends at all. */
const asHeaders = (texts: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, text.replaceAll(/[^\x20-\x7e]/gu, "?").trim()]),
  );

/** A parameter as its text; several where the schema is an array, which is repeated. */
function textsOf(schema: Schema, reading: Reading, name: string): Arbitrary<string[]> {
  const types = typesOf(schemaOf(schema, reading));
  const value = types.includes("number") ? shortNumber(schema) : valueOf(schema, reading, name);
  return value.map((given) => Array.isArray(given) ? given.map(String) : [String(given)]);
}

/** In a query a number has plain notation. */
function shortNumber(schema: Schema): Arbitrary<number> {
  const low = Number(schema["exclusiveMinimum"] ?? schema["minimum"] ?? -1_000);
  const high = Number(schema["exclusiveMaximum"] ?? schema["maximum"] ?? 1_000);
  return fc.integer({ min: Math.floor(low * 1_000) + 1, max: Math.ceil(high * 1_000) - 1 }).map((n) => n / 1_000);
}

/** What clients send beside what an operation names. */
const anyHeaders: Arbitrary<Record<string, string>> = fc.record({
  "accept": fc.constantFrom(
    "*/*",
    "application/json",
    "text/csv",
    "text/csv;q=0.5, */*;q=0.1",
    "image/svg+xml",
    "x",
    "",
  ),
  "if-none-match": fc.constantFrom("*", 'W/"x"', '"x"', "{{etag}}", ",,", '"', "x".repeat(2_000)),
  "origin": fc.constantFrom("http://foliolens.test", "http://localhost:8000", "https://example.com", "null"),
  "x-request-id": fc.constantFrom("mine", "x".repeat(129), "a b"),
  "range": fc.constant("bytes=0-1"),
  "content-encoding": fc.constant("identity"),
}, { requiredKeys: [] });

function bodyOf({ requestBody }: Operation, reading: Reading): Arbitrary<Parts["body"] | undefined> {
  if (requestBody === undefined) return fc.constant(undefined);
  const offered = Object.entries(requestBody.content).map(([type, { schema }]) => {
    if (type === "text/csv") return fc.constantFrom(...CSV_BODIES).map((text) => ({ type, text }));
    const values = valueOf(schema, reading);
    if (type === FORM_TYPE) {
      return values.map((value) => ({ type, text: formOf(value as Record<string, unknown>) }));
    }
    return values.map((value) => ({ type, text: JSON.stringify(value), value }));
  });
  return fc.oneof(...offered);
}

const formOf = (value: Record<string, unknown>): string =>
  String(
    new URLSearchParams(
      Object.entries(value).map(([name, field]) => [name, typeof field === "string" ? field : JSON.stringify(field)]),
    ),
  );

function madeOf({ operationId, method, template, requestBody }: Operation, parts: Parts, fault: string | undefined) {
  const path = template.replaceAll(/\{([^}]+)\}/g, (_, name) => encodeURIComponent(parts.path[name] ?? ""));
  const query = new URLSearchParams(parts.query.map(([name, value]) => [name, value])).toString();
  const { body } = parts;
  const schema = requestBody?.content[JSON_TYPE]?.schema;
  return {
    operation: operationId,
    sent: {
      method,
      path: query === "" ? path : `${path}?${query}`,
      headers: { ...(body !== undefined && { "content-type": body.type }), ...parts.headers },
      body: body?.text,
    },
    ...(body !== undefined && "value" in body && schema !== undefined && { json: { value: body.value, schema } }),
    fault,
  };
}

interface Fault {
  readonly fault: string | undefined;
  readonly parts: Arbitrary<Parts>;
}

function faultsOf(operation: Operation, parts: Parts, reading: Reading): Fault[] {
  return [
    ...bodyFaults(operation, parts, reading),
    ...parameterFaults(operation, parts, reading),
    // A page that a person follows takes what the links of others add.
    ...(isPage(operation) ? [] : [{
      fault: "a parameter that is not known",
      parts: fc.constantFrom("unknown", "__proto__", "constructor", "Limit", "\u{1f4b0}", "\ud800")
        .map((name) => ({ ...parts, query: [...parts.query, [name, "1"] as const] })),
    }]),
  ];
}

const BROKEN_JSON = ["{", "[", "", "nul", "{'a':1}", '{"a":1,}', "\ufeff", '"\\ud83d', "[".repeat(70), "1e400", "NaN"];

function bodyFaults({ requestBody }: Operation, parts: Parts, reading: Reading): Fault[] {
  const { body } = parts;
  if (body === undefined || requestBody === undefined) return [];
  const otherType = fc.constantFrom("text/plain", "application/jsonx", "multipart/form-data; boundary=x", "json", "");
  const faults: Fault[] = [{
    fault: "the media type",
    parts: otherType.map((type) => ({ ...parts, body: { type, text: body.text || "x" } })),
  }];
  if (body.value === undefined) return faults;
  const misses = nearMissesOf(requestBody.content[JSON_TYPE]?.schema ?? {}, body.value, reading);
  if (misses.length > 0) {
    // Judged by a validator: not every miss is wrong in all alternatives of a schema.
    const wrong = fc.oneof(...misses).map((value) => ({ type: JSON_TYPE, text: JSON.stringify(value), value }));
    faults.push(...Array(4).fill({ fault: undefined, parts: wrong.map((body) => ({ ...parts, body })) }));
  }
  const broken = fc.oneof(
    fc.constantFrom(...BROKEN_JSON),
    fc.nat(body.text.length - 1).map((n) => body.text.slice(0, n)),
  );
  const unreadable = broken.filter((text) => (text !== "" || requestBody.required === true) && !isJson(text));
  faults.push({
    fault: "no JSON",
    parts: unreadable.map((text) => ({ ...parts, body: { type: JSON_TYPE, text } })),
  });
  return faults;
}

function isJson(text: string): boolean {
  try {
    return JSON.parse(text, (_, value) => typeof value === "number" && !Number.isFinite(value) ? fail() : value) !==
      fail;
  } catch {
    return false;
  }
}

function fail(): never {
  throw new RangeError("No number that JSON can say");
}

function parameterFaults(operation: Operation, parts: Parts, reading: Reading): Fault[] {
  const query = parametersOf(operation, "query").flatMap(({ name, schema, required }) => {
    const others = parts.query.filter(([other]) => other !== name);
    const wrong = wrongTexts(schema, reading);
    return [
      ...(required ? [{ fault: `without ${name}`, parts: fc.constant({ ...parts, query: others }) }] : []),
      ...(wrong.length === 0 ? [] : [{
        fault: `the parameter ${name}`,
        parts: fc.constantFrom(...wrong).map((text) => ({ ...parts, query: [...others, [name, text] as const] })),
      }]),
    ];
  });
  const path = parametersOf(operation, "path").flatMap(({ name, schema }) => {
    const wrong = wrongTexts(schema, reading).filter((text) => text !== "");
    if (wrong.length === 0) return [];
    const put = fc.constantFrom(...wrong).map((text) => ({ ...parts, path: { ...parts.path, [name]: text } }));
    return [{ fault: `the path's ${name}`, parts: put }];
  });
  const headers = parametersOf(operation, "header").flatMap(({ name, schema }) => {
    // A header's value has no spaces around it, and none that is not of Latin-1.
    const wrong = wrongTexts(schema, reading).filter((text) =>
      /^[\x21-\x7e\xe9]([\x20-\x7e\xe9]*[\x21-\x7e\xe9])?$/.test(text)
    );
    if (wrong.length === 0) return [];
    const put = fc.constantFrom(...wrong).map((text) => ({ ...parts, headers: { ...parts.headers, [name]: text } }));
    return [{ fault: `the header ${name}`, parts: put }];
  });
  return [...query, ...path, ...headers];
}

/** Texts that are surely none of a schema's values. */
function wrongTexts(given: Schema, reading: Reading): string[] {
  const schema = schemaOf(given, reading);
  const limit = (keyword: string, make: (n: number) => string) =>
    schema[keyword] === undefined ? [] : [make(Number(schema[keyword]))];
  const isNumber = typesOf(schema).some((type) => type === "integer" || type === "number");
  const pattern = schema["pattern"] === undefined ? undefined : new RegExp(String(schema["pattern"]));
  const maxLength = Number(schema["maxLength"] ?? Infinity);
  return [
    ...(isNumber ? ["", "x", "NaN", "Infinity", "0x10", "\u0661", "1 ", "1,5", "--1", "null", "true"] : []),
    ...(typesOf(schema).includes("integer") ? ["1.5", "1e-1"] : []),
    ...(typesOf(schema).includes("boolean") ? ["", "1", "True", "yes", "null"] : []),
    ...limit("minimum", (n) => String(n - 1)),
    ...limit("maximum", (n) => String(n + 1)),
    ...limit("exclusiveMinimum", String),
    ...limit("exclusiveMaximum", String),
    ...limit("minLength", (n) => "x".repeat(n - 1)),
    ...limit("maxLength", (n) => "x".repeat(n + 1)),
    ...(schema["enum"] === undefined ? [] : ["", "unknown", ...(schema["enum"] as string[]).map((one) => `${one} `)]),
    ...(schema["format"] === undefined
      ? []
      : ["", "2021-02-29", "2021-13-01", "2021-11-5", "20211105", "today", "\u0661"]),
    ...(pattern === undefined
      ? []
      : ["", "\n", "a b", "%", "\u{1f4b0}", "x".repeat(256), "é", "AAPL\n"].filter((text) =>
        !pattern.test(text) || text.length > maxLength
      )),
  ];
}
