/**
 * How two versions of a schema differ: whether the later allows less than the earlier, or more.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";

// deno-lint-ignore no-explicit-any -- schemas of two versions, read as they come
type Json = any;

export interface Schemas {
  readonly before: Readonly<Record<string, Json>>;
  readonly after: Readonly<Record<string, Json>>;
}

export type Effect = "narrower" | "wider";

export interface SchemaChange {
  readonly at: string;
  readonly what: string;
  readonly effects: readonly Effect[];
}

/** Values may be added to these at any time, and clients are told so: docs/compatibility.md. */
const OPEN_LISTS = ["code", "reason"];

/** Said for readers. */
const NOTES = ["description", "example", "examples", "title"];
const LOWER_BOUNDS = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
const UPPER_BOUNDS = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];
const READ_BY_THEMSELVES = [
  ...["$ref", "type", "enum", "properties", "required", "items", "anyOf", "oneOf", "allOf", "additionalProperties"],
  ...[...NOTES, ...LOWER_BOUNDS, ...UPPER_BOUNDS, "pattern", "format"],
];

const BOTH: readonly Effect[] = ["narrower", "wider"];

export function schemaChanges(
  before: Json,
  after: Json,
  schemas: Schemas,
  at = "",
  seen: readonly string[] = [],
): SchemaChange[] {
  const pair = `${before["$ref"]} ${after["$ref"]}`;
  if (before["$ref"] !== undefined && seen.includes(pair)) return [];
  const [was, is] = [followed(before, schemas.before), followed(after, schemas.after)];
  const deeper = (a: Json, b: Json, place: string) => schemaChanges(a, b, schemas, place, [...seen, pair]);
  return [
    ...listChanges(was, is, "type", at),
    ...listChanges(was, is, "enum", at),
    ...boundChanges(was, is, at),
    ...propertyChanges(was, is, at, deeper),
    ...["anyOf", "oneOf", "allOf"].flatMap((keyword) => partChanges(was, is, keyword, at, deeper)),
    ...restChanges(was, is, at),
    ...(was.items !== undefined && is.items !== undefined ? deeper(was.items, is.items, `${at}/items`) : []),
  ];
}

function followed(schema: Json, schemas: Readonly<Record<string, Json>>): Json {
  const { $ref, ...rest } = schema;
  return $ref === undefined ? schema : { ...followed(schemas[$ref.split("/").at(-1)], schemas), ...rest };
}

/** Fewer values are narrower, more are wider; without a list, all are allowed. */
function listChanges(before: Json, after: Json, keyword: string, at: string): SchemaChange[] {
  const [was, is] = [before[keyword], after[keyword]].map((list) => list === undefined ? undefined : [list].flat());
  if (was === undefined && is === undefined) return [];
  if (was === undefined) return [{ at, what: `has a list of ${keyword} now`, effects: ["narrower"] }];
  if (is === undefined) return [{ at, what: `has no list of ${keyword} any more`, effects: ["wider"] }];
  const isOpen = keyword === "enum" && OPEN_LISTS.includes(at.split("/").at(-1) ?? "");
  const gone = was.filter((value) => !is.includes(value));
  const added = isOpen ? [] : is.filter((value) => !was.includes(value));
  return [
    ...gone.map((value): SchemaChange => ({ at, what: `has no ${keyword} ${value} any more`, effects: ["narrower"] })),
    ...added.map((value): SchemaChange => ({ at, what: `has a new ${keyword} ${value}`, effects: ["wider"] })),
  ];
}

function boundChanges(before: Json, after: Json, at: string): SchemaChange[] {
  const of = (keyword: string, none: number, isTighter: (was: number, is: number) => boolean): SchemaChange[] => {
    const [was, is] = [before[keyword] ?? none, after[keyword] ?? none];
    if (was === is) return [];
    return [{ at, what: `has another ${keyword}: ${is}`, effects: [isTighter(was, is) ? "narrower" : "wider"] }];
  };
  const texts = ["pattern", "format"].filter((keyword) => before[keyword] !== after[keyword]);
  return [
    ...LOWER_BOUNDS.flatMap((keyword) => of(keyword, -Infinity, (was, is) => is > was)),
    ...UPPER_BOUNDS.flatMap((keyword) => of(keyword, Infinity, (was, is) => is < was)),
    ...texts.map((keyword): SchemaChange => {
      const effects: Effect[] = [];
      if (after[keyword] !== undefined) effects.push("narrower");
      if (before[keyword] !== undefined) effects.push("wider");
      return { at, what: `has another ${keyword}: ${after[keyword]}`, effects };
    }),
  ];
}

type Deeper = (before: Json, after: Json, at: string) => SchemaChange[];

function propertyChanges(before: Json, after: Json, at: string, deeper: Deeper): SchemaChange[] {
  const [was, is] = [before.properties ?? {}, after.properties ?? {}];
  const [needed, needs]: [string[], string[]] = [before.required ?? [], after.required ?? []];
  const gone = Object.keys(was).filter((name) => !(name in is));
  return [
    // A body with it is refused, and who reads it finds it missing.
    ...gone.map((name): SchemaChange => ({ at: `${at}/${name}`, what: "is gone", effects: BOTH })),
    ...needs.filter((name) => !needed.includes(name))
      .map((name): SchemaChange => ({ at: `${at}/${name}`, what: "is required now", effects: ["narrower"] })),
    ...needed.filter((name) => !needs.includes(name) && name in is)
      .map((name): SchemaChange => ({ at: `${at}/${name}`, what: "may be missing now", effects: ["wider"] })),
    ...Object.keys(was).filter((name) => name in is).flatMap((name) => deeper(was[name], is[name], `${at}/${name}`)),
  ];
}

/** Part by part where there are as many; else one more alternative is wider, and one more condition narrower. */
function partChanges(before: Json, after: Json, keyword: string, at: string, deeper: Deeper): SchemaChange[] {
  const [was, is]: [Json[], Json[]] = [before[keyword] ?? [], after[keyword] ?? []];
  if (was.length === is.length) return was.flatMap((part, i) => deeper(part, is[i], at));
  if (was.length === 0 || is.length === 0) return [{ at, what: `is made otherwise (${keyword})`, effects: BOTH }];
  const isMore = is.length > was.length;
  const kept = isMore ? was.every((one) => has(is, one)) : is.every((one) => has(was, one));
  const effect: Effect = isMore === (keyword === "allOf") ? "narrower" : "wider";
  return [{ at, what: `has ${is.length} parts of ${keyword}, not ${was.length}`, effects: kept ? [effect] : BOTH }];
}

const has = (parts: readonly Json[], part: Json): boolean => parts.some((one) => isDeepStrictEqual(one, part));

function restChanges(before: Json, after: Json, at: string): SchemaChange[] {
  const keywords = new Set(
    [...Object.keys(before), ...Object.keys(after)].filter((one) => !READ_BY_THEMSELVES.includes(one)),
  );
  if ("items" in before !== "items" in after) keywords.add("items");
  keywords.add("additionalProperties");
  return [...keywords].filter((keyword) => !isDeepStrictEqual(before[keyword], after[keyword]))
    .map((keyword) => ({ at, what: `has another ${keyword}: ${JSON.stringify(after[keyword])}`, effects: BOTH }));
}
