/**
 * A form's value, sent to the API in the shape that it takes there; what it says is wrong, by the form's own fields.
 *
 * @module
 */
import { type Api, errorsOf } from "./api_client.ts";
import type { JsonObject } from "./fields.ts";
import type { Form, Item } from "./model.ts";

export interface Sent {
  readonly isOk: boolean;
  readonly status: number;
  /** What is there now. */
  readonly item: Item;
  readonly errors: ReadonlyMap<string, readonly string[]>;
}

const AS_ROW = /^\/items\/0(?=\/|$)/;

export async function send(
  api: Api,
  form: Form,
  { id, value, ifMatch }: { readonly id: string; readonly value: JsonObject; readonly ifMatch: string | undefined },
): Promise<Sent> {
  const row = form.asRow === undefined ? undefined : { ...value, ...form.asRow(id) };
  const body = row === undefined ? value : { items: [row] };
  const answer = await api(form.path(id), { method: form.method, body, ifMatch });
  const { isOk, status } = answer;
  if (!isOk) {
    const errors = [...errorsOf(answer)].map(([at, details]) => [at.replace(AS_ROW, ""), details] as const);
    return { isOk, status, item: undefined, errors: new Map(errors) };
  }
  // A list takes the rows that are in order, and names the others.
  const [refused] = row === undefined ? [] : answer.body.quarantined;
  if (refused === undefined) return { isOk, status, item: row ?? answer.body, errors: new Map() };
  return {
    isOk: false,
    status: 422,
    item: undefined,
    errors: new Map([["", [`It was not stored: ${refused.reason.replaceAll("_", " ")}`]]]),
  };
}
