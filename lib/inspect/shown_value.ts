/**
 * A stored value as JSON that can be shown: what JSON has no word for is described, what is long is cut short, and members that
 * are secrets are kept back.
 *
 * @module
 */
import { isMemberSecret, MASK } from "./masks.ts";

const MAX_ITEMS = 50;
const MAX_MEMBERS = 200;
const MAX_CHARS = 1_000;
const MAX_DEPTH = 12;
/** Of a typed array. */
const SHOWN_NUMBERS = 8;

export function shownValue(value: unknown, depth = 0): unknown {
  switch (typeof value) {
    case "string":
      return value.length <= MAX_CHARS
        ? value
        : `${value.slice(0, MAX_CHARS).toWellFormed()}… (${value.length} characters)`;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0) ? value : `(${Object.is(value, -0) ? "-0" : value})`;
    case "bigint":
      return `(${value}n)`;
    case "undefined":
      return "(undefined)";
    case "object":
      return value === null ? null : shownObject(value, depth);
    default:
      return value;
  }
}

function shownObject(value: object, depth: number): unknown {
  if (ArrayBuffer.isView(value)) return shownBytes(value);
  if (value instanceof ArrayBuffer) return shownBytes(new Uint8Array(value));
  if (value instanceof Date) return `(${value.toISOString()})`;
  if (value instanceof Deno.KvU64) return `(${value.value}n)`;
  if (depth >= MAX_DEPTH) return "(deeper than is shown)";
  return Array.isArray(value) ? shownItems(value, depth) : shownMembers(value, depth);
}

/** `Float64Array` and its like, by their length and first numbers. */
function shownBytes(view: ArrayBufferView): string {
  const numbers = view instanceof DataView ? new Uint8Array(view.buffer) : view as Uint8Array;
  const first = Array.from(numbers.slice(0, SHOWN_NUMBERS)).join(", ");
  const more = numbers.length > SHOWN_NUMBERS ? ", …" : "";
  return `(${view.constructor.name}, ${numbers.length} items: ${first}${more})`;
}

function shownItems(items: readonly unknown[], depth: number): unknown[] {
  const shown = items.slice(0, MAX_ITEMS).map((item) => shownValue(item, depth + 1));
  return items.length <= MAX_ITEMS ? shown : [...shown, `(${items.length - MAX_ITEMS} more)`];
}

function shownMembers(value: object, depth: number): Record<string, unknown> {
  const members = Object.entries(value);
  const shown = members.slice(0, MAX_MEMBERS).map(([name, member]) =>
    [name, isMemberSecret(name) ? MASK : shownValue(member, depth + 1)] as const
  );
  if (members.length > MAX_MEMBERS) shown.push(["…", `(${members.length - MAX_MEMBERS} more)`]);
  return Object.fromEntries(shown);
}
