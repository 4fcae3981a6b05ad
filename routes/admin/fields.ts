/**
 * The fields of a form, made of the schema that the API validates the same values with.
 *
 * A field is named by the JSON pointer (RFC 6901) of its value, which is also how the API names what is wrong.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { pointer } from "../../lib/problem.ts";

interface Shared {
  /** The last part of the pointer. */
  readonly name: string;
  readonly isRequired: boolean;
  /** Nothing typed is `null`, rather than nothing said. */
  readonly isNullable: boolean;
}

export type Leaf =
  | Shared & {
    readonly type: "text";
    readonly format: string | undefined;
    readonly maxLength: number | undefined;
    readonly fallback: string | undefined;
  }
  /** Sent as a JSON number. */
  | Shared & { readonly type: "number" }
  | Shared & { readonly type: "flag" }
  | Shared & { readonly type: "choice"; readonly options: readonly string[]; readonly fallback: string | undefined };

export type Field =
  | Leaf
  | Shared & { readonly type: "group"; readonly fields: readonly Field[] }
  /** Several of a set of values. */
  | Shared & { readonly type: "choices"; readonly options: readonly string[] }
  | Shared & { readonly type: "rows"; readonly fields: readonly Leaf[] };

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The fields of an object's schema. Throws where it holds what no form here has an input for. */
export function fieldsOf(schema: z.ZodType): readonly Field[] {
  return propertiesOf(z.toJSONSchema(schema, { io: "input", unrepresentable: "any", override: nameDays }));
}

type Override = NonNullable<z.core.ToJSONSchemaParams["override"]>;

/** What takes days is found by trying: how a text is checked, its JSON Schema does not say. */
const nameDays: Override = ({ zodSchema, jsonSchema }) => {
  const takes = (text: string) => z.safeParse(zodSchema, text).success;
  if (jsonSchema.type === "string" && takes("2021-02-28") && !takes("2021-02-30")) jsonSchema.format = "date";
};

function propertiesOf(schema: JsonSchema): Field[] {
  if (schema.properties === undefined) throw new TypeError("No input for an object without members of its own");
  const required = new Set(schema.required);
  return Object.entries(schema.properties).map(([name, property]) => {
    if (typeof property === "boolean") throw new TypeError(`No input for ${name}: its schema says nothing`);
    return fieldOf(name, property, required.has(name));
  });
}

function fieldOf(name: string, given: JsonSchema, isRequired: boolean): Field {
  const { schema, isNullable } = withoutNull(given);
  const shared = { name, isRequired, isNullable };
  const fallback = typeof given.default === "string" ? given.default : undefined;
  if (schema.enum !== undefined) {
    return { ...shared, type: "choice", options: schema.enum.map(String), fallback };
  }
  if (schema.type === "object") return { ...shared, type: "group", fields: propertiesOf(schema) };
  if (schema.type === "array") return listOf(shared, schema);
  if (schema.type === "boolean") return { ...shared, type: "flag" };
  if (schema.type === "number" || schema.type === "integer") return { ...shared, type: "number" };
  const isText = schema.type === "string" || Array.isArray(schema.type) && schema.type.includes("string");
  if (!isText) throw new TypeError(`No input for ${name}: ${JSON.stringify(schema)}`);
  return { ...shared, type: "text", format: schema.format, maxLength: schema.maxLength, fallback };
}

function listOf(shared: Shared, { items }: JsonSchema): Field {
  if (typeof items !== "object" || Array.isArray(items)) throw new TypeError(`No input for ${shared.name}`);
  if (items.enum !== undefined) return { ...shared, type: "choices", options: items.enum.map(String) };
  const fields = propertiesOf(items);
  if (!fields.every(isLeaf)) throw new TypeError(`No input for ${shared.name}: its rows are not flat`);
  return { ...shared, type: "rows", fields };
}

const isLeaf = (field: Field): field is Leaf =>
  field.type !== "group" && field.type !== "rows" && field.type !== "choices";

/** A schema that null meets too, as the rest of it and the word. */
function withoutNull(schema: JsonSchema): { schema: JsonSchema; isNullable: boolean } {
  const alternatives = alternativesOf(schema);
  const others = alternatives.filter(({ type }) => type !== "null");
  // A decimal may come as text or as a number: in a form it is text.
  const text = others.length > 1 ? others.find(({ type }) => type === "string") : undefined;
  return { schema: text ?? others[0] ?? schema, isNullable: others.length < alternatives.length };
}

const alternativesOf = (schema: JsonSchema): JsonSchema[] =>
  schema.anyOf === undefined
    ? [schema]
    : schema.anyOf.flatMap((one) => typeof one === "boolean" ? [] : alternativesOf(one));

/** What was typed, as the JSON that the API takes: what is wrong with it is for the API to say. */
export function readForm(fields: readonly Field[], form: URLSearchParams, at: readonly string[] = []): JsonObject {
  const given = fields.map((field) => [field.name, readField(field, form, [...at, field.name])] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

export type JsonObject = Readonly<Record<string, unknown>>;

function readField(field: Field, form: URLSearchParams, at: readonly string[]): unknown {
  switch (field.type) {
    case "group": {
      const value = readForm(field.fields, form, at);
      return Object.keys(value).length > 0 ? value : absent(field, {});
    }
    case "rows":
      return readRows(field.fields, form, at);
    case "choices":
      return form.getAll(pointer(...at)).map(String);
    case "flag":
      return form.has(pointer(...at));
    default:
      return readLeaf(field, String(form.get(pointer(...at)) ?? ""));
  }
}

/** A number in JSON's own notation; every other text goes on as it is, for the API to refuse. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

function readLeaf(field: Leaf, typed: string): unknown {
  const text = typed.trim();
  if (text === "") return absent(field, "");
  return field.type === "number" && NUMBER.test(text) ? Number(text) : text;
}

const absent = (field: Field, empty: unknown): unknown =>
  field.isNullable ? null : field.isRequired ? empty : undefined;

/** Rows in which nothing was typed are left out, so that a row is removed by emptying it. */
function readRows(fields: readonly Leaf[], form: URLSearchParams, at: readonly string[]): JsonObject[] {
  const rows: JsonObject[] = [];
  const isThere = (row: number) => fields.some(({ name }) => form.has(pointer(...at, String(row), name)));
  for (let row = 0; isThere(row); row++) {
    const isTyped = ({ name }: Leaf) => String(form.get(pointer(...at, String(row), name)) ?? "").trim() !== "";
    if (fields.some(isTyped)) rows.push(readForm(fields, form, [...at, String(row)]));
  }
  return rows;
}

/** What a form is to say of the value it is filled with: the members that differ, so that nothing else is touched. */
export function changedMembers(before: JsonObject, after: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => !isSameValue(before[name], value)));
}

export const isSameValue = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
