/**
 * Two people who edit one thing: what a form was filled from goes with it, so that what either of them changed can be told.
 *
 * @module
 */
import { isSameValue, type JsonObject } from "./fields.ts";
import type { Base } from "./item_page.tsx";
import type { Form, Item } from "./model.ts";

export const baseOf = (form: Form, item: Item, etag: string | undefined): Base | undefined =>
  etag === undefined ? undefined : { etag, value: form.valueOf(item) };

/** As a form brings it back. */
export function baseIn(data: URLSearchParams): Base | undefined {
  const etag = data.get("_etag");
  return etag === null ? undefined : { etag: String(etag), value: objectIn(String(data.get("_was") ?? "")) };
}

/** What somebody made up is no worse than nothing: then all that was typed counts as changed. */
function objectIn(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as JsonObject : {};
  } catch {
    return {};
  }
}

export interface Merged {
  /** What was typed where it was changed, and what stands there now otherwise. */
  readonly value: JsonObject;
  /** What stands there now, where both have changed it. */
  readonly contested: JsonObject;
}

export function merge(was: JsonObject, typed: JsonObject, now: JsonObject): Merged {
  const isChanged = (name: string, value: unknown) => !Object.hasOwn(was, name) || !isSameValue(was[name], value);
  const value = Object.entries(typed).map(([name, one]) => [name, isChanged(name, one) ? one : now[name]] as const);
  const contested = value.filter(([name, one]) => isChanged(name, now[name]) && !isSameValue(one, now[name]));
  return {
    value: Object.fromEntries(value),
    contested: Object.fromEntries(contested.map(([name]) => [name, now[name]])),
  };
}
