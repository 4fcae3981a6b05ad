/**
 * A value that its schema allows, with one thing wrong: its type, a bound, a pattern, an enum, something missing or too much.
 *
 * @module
 */
import fc, { type Arbitrary } from "fast-check";
import { type Reading, type Schema, schemaOf, typesOf } from "./values.ts";

/** Names that programs trip over, beside one that is simply not known. */
const STRANGE_NAMES = ["unknown", "__proto__", "constructor", "toString", "", "a/b~c", "\u0000", "\u{1f4b0}", "Name"];

/** Where the schema leaves anything, there is nothing to miss: empty, then. */
export function nearMissesOf(given: Schema, value: unknown, reading: Reading): Arbitrary<unknown>[] {
  const schema = schemaOf(given, reading);
  if (schema["anyOf"] !== undefined) return [fc.constantFrom(...ODD_VALUES), ...inAlternatives(schema, value, reading)];
  const own = [...ofWrongType(schema), ...outOfBounds(schema, value)];
  return [...(own.length === 0 ? [] : [fc.constantFrom(...own)]), ...inside(schema, value, reading)];
}

/** Of each of which at least one is wrong for any schema that has a type. */
const ODD_VALUES: readonly unknown[] = [
  ...[true, [], {}, null, -1, 1.5, 1e300, "", "\u0000", "9".repeat(400), [[]], { a: 1 }, "NaN", "1e3", " 1", "0x10"],
];

const inAlternatives = (schema: Schema, value: unknown, reading: Reading): Arbitrary<unknown>[] =>
  (schema["anyOf"] as Schema[]).flatMap((one) => nearMissesOf(one, value, reading));

const TYPES: readonly (readonly [type: string, values: readonly unknown[]])[] = [
  ["null", [null]],
  ["boolean", [true, false]],
  ["number", [0, 1, -1, 1.5, 1e21]],
  ["string", ["", "1", "true", "null", "[object Object]"]],
  ["array", [[], [null], [[]]]],
  ["object", [{}, { length: 1 }]],
];

function ofWrongType(schema: Schema): unknown[] {
  const types = typesOf(schema).map((type) => type === "integer" ? "number" : type);
  if (types.length === 0 && schema["enum"] === undefined) return [];
  const wrong = TYPES.filter(([type]) => !types.includes(type)).flatMap(([, values]) => values);
  return typesOf(schema).includes("integer") ? [...wrong, 0.5, 1e-9] : wrong;
}

function outOfBounds(schema: Schema, value: unknown): unknown[] {
  const at = (keyword: string): number | undefined => schema[keyword] as number | undefined;
  const beyond = (keyword: string, ...values: ((limit: number) => unknown)[]) => {
    const limit = at(keyword);
    return limit === undefined ? [] : values.map((make) => make(limit));
  };
  const length = (n: number) => "x".repeat(Math.max(0, n));
  return [
    ...beyond("minimum", (n) => n - 1, (n) => n - 1e9),
    ...beyond("maximum", (n) => n + 1, (n) => n + 1e9, () => 1e300),
    ...beyond("exclusiveMinimum", (n) => n, (n) => n - 1),
    ...beyond("exclusiveMaximum", (n) => n, (n) => n + 1),
    ...beyond("maxLength", (n) => length(n + 1), (n) => length(n + 5_000)),
    ...beyond("minLength", (n) => length(n - 1)),
    ...beyond("minItems", () => []),
    ...beyond(
      "maxItems",
      (n) => Array.isArray(value) ? Array.from({ length: n + 1 }, (_, i) => value[i % value.length]) : [],
    ),
    ...(schema["uniqueItems"] === true && Array.isArray(value) ? [[...value, ...value]] : []),
    ...(schema["enum"] === undefined ? [] : ["", "unknown", ...(schema["enum"] as unknown[]).map((one) => `${one} `)]),
    ...(schema["pattern"] === undefined ? [] : ["\n", "\u{1f4b0}", `${value}\n`, ` ${value}`, "%", "\u0661"]),
    ...(schema["format"] === undefined ? [] : NO_DATES),
  ];
}

const NO_DATES = ["2021-02-29", "2021-13-01", "2021-11-5", "20211105", "0", "today", "2021-11-05 ", "+002021-11-05"];

function inside(schema: Schema, value: unknown, reading: Reading): Arbitrary<unknown>[] {
  if (Array.isArray(value) && schema["items"] !== undefined) {
    return value.flatMap((item, i) =>
      nearMissesOf(schema["items"] as Schema, item, reading).map((wrong) => wrong.map((put) => value.with(i, put)))
    );
  }
  if (typeof value !== "object" || value === null || schema["properties"] === undefined) return [];
  const record = value as Record<string, unknown>;
  const properties = schema["properties"] as Record<string, Schema>;
  const changed = Object.entries(properties).filter(([name]) => name in record).flatMap(([name, property]) =>
    nearMissesOf(property, record[name], reading).map((wrong) => wrong.map((put) => ({ ...record, [name]: put })))
  );
  const missing = (schema["required"] as string[] ?? []).filter((name) => name in record).map((name) => {
    const { [name]: _, ...rest } = record;
    return rest;
  });
  const extra = schema["additionalProperties"] === false ? [fc.constantFrom(...STRANGE_NAMES).map(given(record))] : [];
  return [...changed, ...(missing.length === 0 ? [] : [fc.constantFrom(...missing)]), ...extra];
}

/** As a property of its own, also where its name is one that assignment takes for another. */
const given = (record: Record<string, unknown>) => (name: string): unknown =>
  Object.defineProperty({ ...record }, name, { value: 1, enumerable: true, configurable: true, writable: true });
