/**
 * Values that a schema of the OpenAPI document allows, and values of which one thing is wrong by it. A keyword that is not
 * known here fails, so that no schema is quietly read for less than it says.
 *
 * @module
 */
import fc, { type Arbitrary } from "fast-check";
import { isDay } from "../../lib/day.ts";

export type Schema = Readonly<Record<string, unknown>>;

/** What the store under test knows by this name, such as its symbols: a random text would meet nothing. */
export type Hints = Readonly<Record<string, readonly unknown[]>>;

export interface Reading {
  /** By the names of components. */
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly hints: Hints;
}

const KNOWN: ReadonlySet<string> = new Set([
  ...["$ref", "type", "enum", "anyOf", "format", "pattern", "minLength", "maxLength", "minimum", "maximum"],
  ...["exclusiveMinimum", "exclusiveMaximum", "items", "minItems", "maxItems", "uniqueItems", "properties", "required"],
  ...["additionalProperties", "minProperties", "default", "example", "examples", "description"],
]);

const FEW = 4;
const DAY_MS = 86_400_000;
const MAX_STRING = 40;

/** The schema itself, its reference followed. */
export function schemaOf(schema: Schema, { schemas }: Pick<Reading, "schemas">): Schema {
  const unknown = Object.keys(schema).filter((keyword) => !KNOWN.has(keyword));
  if (unknown.length > 0) throw new Error(`The fuzzer knows no ${unknown.join(", ")}: ${JSON.stringify(schema)}`);
  const name = schema["$ref"] === undefined ? undefined : String(schema["$ref"]).split("/").at(-1);
  if (name === undefined) return schema;
  const named = schemas[name];
  if (named === undefined) throw new Error(`The document has no schema ${name}`);
  return schemaOf(named, { schemas });
}

/** `name` is what the value stands under, in a body or among the parameters. */
export function valueOf(given: Schema, reading: Reading, name = ""): Arbitrary<unknown> {
  const schema = schemaOf(given, reading);
  const plain = plainValueOf(schema, reading);
  const hints = (reading.hints[name] ?? []).filter((hint) => fits(hint, schema));
  return hints.length === 0 ? plain : fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...hints) }, plain);
}

function plainValueOf(schema: Schema, reading: Reading): Arbitrary<unknown> {
  if (schema["enum"] !== undefined) return fc.constantFrom(...schema["enum"] as unknown[]);
  if (schema["anyOf"] !== undefined) {
    return fc.oneof(...(schema["anyOf"] as Schema[]).map((one) => valueOf(one, reading)));
  }
  const types = typesOf(schema);
  return types.length === 0 ? fc.jsonValue() : fc.oneof(...types.map((type) => ofType(type, schema, reading)));
}

export const typesOf = ({ type }: Schema): string[] => type === undefined ? [] : [type].flat() as string[];

function ofType(type: string, schema: Schema, reading: Reading): Arbitrary<unknown> {
  switch (type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return integerOf(schema);
    case "number":
      return numberOf(schema);
    case "string":
      return stringOf(schema);
    case "array":
      return arrayOf(schema, reading);
    case "object":
      return objectOf(schema, reading);
  }
  throw new Error(`The fuzzer knows no type ${type}`);
}

const bound = (schema: Schema, keyword: string, otherwise: number): number => Number(schema[keyword] ?? otherwise);

function integerOf(schema: Schema): Arbitrary<number> {
  const min = bound(schema, "minimum", -2_000_000);
  const max = bound(schema, "maximum", 2_000_000);
  return fc.oneof(
    fc.constantFrom(min, max),
    fc.integer({ min, max: Math.min(max, min + 20) }),
    fc.integer({ min, max }),
  );
}

/** Few digits in one half, any double in the other. */
function numberOf(schema: Schema): Arbitrary<number> {
  const low = bound(schema, "exclusiveMinimum", bound(schema, "minimum", -1e9));
  const high = bound(schema, "exclusiveMaximum", bound(schema, "maximum", 1e9));
  const isInside = (value: number) =>
    value >= low && value <= high && value !== schema["exclusiveMinimum"] && value !== schema["exclusiveMaximum"];
  const short = fc.integer({ min: Math.ceil(low * 1_000), max: Math.floor(high * 1_000) }).map((n) => n / 1_000);
  return fc.oneof(short, fc.double({ min: low, max: high, noNaN: true })).filter(isInside).map((value) => value + 0);
}

function stringOf(schema: Schema): Arbitrary<string> {
  const { format, pattern } = schema;
  if (format === "date") return anyDay;
  if (format === "date-time") return anyInstant;
  if (format !== undefined) throw new Error(`The fuzzer knows no format ${format}`);
  const minLength = bound(schema, "minLength", 0);
  const maxLength = bound(schema, "maxLength", Math.max(minLength, MAX_STRING));
  if (pattern !== undefined) {
    return fc.stringMatching(new RegExp(String(pattern))).filter(({ length }) =>
      length >= minLength && length <= maxLength
    );
  }
  const ofUnit = (unit: "binary" | "grapheme-ascii", size: number) =>
    fc.string({ unit, minLength, maxLength: Math.max(minLength, Math.min(maxLength, size)), size: "max" });
  return fc.oneof(
    ...[ofUnit("grapheme-ascii", FEW), ofUnit("grapheme-ascii", MAX_STRING), ofUnit("binary", MAX_STRING)],
    // As long as may be, in characters that are two units of UTF-16 each.
    ...("maxLength" in schema && maxLength <= 300
      ? [fc.constantFrom("x", "\u{1f4b0}").map((x) => x.repeat(maxLength))]
      : []),
  );
}

const dayOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
/** Mostly around the days that the store knows. */
const anyDay = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 18_900, max: 18_945 }).map(dayOf) },
  fc.integer({ min: 0, max: 25_000 }).map(dayOf),
);
const anyInstant = fc.tuple(anyDay, fc.nat(86_399), fc.constantFrom("Z", ".5Z", ".123Z", "+02:00", "-11:30"))
  .map(([day, second, rest]) => `${day}T${new Date(second * 1_000).toISOString().slice(11, 19)}${rest}`);

function arrayOf(schema: Schema, reading: Reading): Arbitrary<unknown[]> {
  const minLength = bound(schema, "minItems", 0);
  const maxLength = Math.min(bound(schema, "maxItems", FEW), Math.max(minLength, FEW));
  const item = valueOf(schema["items"] as Schema, reading);
  if (schema["uniqueItems"] !== true) return fc.array(item, { minLength, maxLength });
  return fc.uniqueArray(item, { minLength, maxLength, selector: (value) => JSON.stringify(value) });
}

function objectOf(schema: Schema, reading: Reading): Arbitrary<object> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const known = Object.entries(properties as Record<string, Schema>)
    .map(([name, property]) => [name, valueOf(property, reading, name)] as const);
  const requiredKeys = required as string[];
  const record = fc.record(Object.fromEntries(known), { requiredKeys });
  const named = record.filter((value) => Object.keys(value).length >= bound(schema, "minProperties", 0));
  if (additionalProperties === false) return named;
  // What an open object is given beside what it names is up to its reader.
  const more = typeof additionalProperties === "object"
    ? valueOf(additionalProperties as Schema, reading)
    : fc.jsonValue();
  return fc.tuple(named, fc.dictionary(fc.constantFrom("date", "asset", "x"), more, { maxKeys: 2 }))
    .map(([value, others]) => ({ ...others, ...value }));
}

/** Whether a hint may stand for a schema; the faults of a body are judged by a validator, not by this. */
function fits(value: unknown, schema: Schema): boolean {
  const types = typesOf(schema);
  const type = value === null ? "null" : typeof value;
  if (schema["anyOf"] !== undefined) return (schema["anyOf"] as Schema[]).some((one) => fits(value, one));
  if (schema["enum"] !== undefined) return (schema["enum"] as unknown[]).includes(value);
  if (!types.includes(type) && !(type === "number" && types.includes("integer"))) return false;
  if (typeof value === "number" && !isWithin(value, schema)) return false;
  if (schema["format"] === "date") return isDay(String(value));
  return schema["pattern"] === undefined || new RegExp(String(schema["pattern"])).test(String(value));
}

const isWithin = (value: number, schema: Schema): boolean =>
  value >= bound(schema, "minimum", -Infinity) && value <= bound(schema, "maximum", Infinity) &&
  value > bound(schema, "exclusiveMinimum", -Infinity) && value < bound(schema, "exclusiveMaximum", Infinity) &&
  (Number.isInteger(value) || !typesOf(schema).includes("integer"));
