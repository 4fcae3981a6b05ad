/**
 * The pages of quarantine, each a handler: they ask the API, and show what it says.
 *
 * @module
 */
import type { z } from "@hono/zod-openapi";
import { BarValuesInputSchema } from "../bar_schemas.ts";
import { DividendValuesInputSchema, SplitValuesInputSchema } from "../corporate_action_schemas.ts";
import { errorsOf } from "./api_client.ts";
import { fieldsOf, readForm } from "./fields.ts";
import { fromList } from "./list_place.ts";
import type { Item } from "./model.ts";
import { noted } from "./notice.ts";
import { EntryPage, pathOfEntry, QuarantinePage } from "./quarantine_page.tsx";
import { read, searched, type Shown, type Visit } from "./visit.ts";

/** What may stand in the place of what was sent. */
const VALUES: Readonly<Record<string, z.ZodType>> = {
  bar: BarValuesInputSchema,
  split: SplitValuesInputSchema,
  dividend: DividendValuesInputSchema,
};

const apiPath = (id: string): string => `/market/quarantine/${encodeURIComponent(id)}`;
const fieldsFor = ({ kind }: Item) => fieldsOf(VALUES[kind] ?? BarValuesInputSchema);

export async function showQuarantine({ api, chrome, query }: Visit): Promise<Shown> {
  const asked = new URLSearchParams();
  for (const name of ["state", "kind", "asset", "date", "market", "cursor"]) {
    const value = query.get(name) ?? "";
    if (value !== "") asked.set(name, value);
  }
  const { error, body } = await searched(api, `/market/quarantine?${asked}`);
  const { items: entries = [], next_cursor: nextCursor } = body;
  const props = { chrome, entries, nextCursor, query, error };
  return { page: <QuarantinePage {...props} />, status: error === undefined ? 200 : 422 };
}

export async function showEntry({ api, chrome, list }: Visit, id: string): Promise<Shown> {
  const entry = await read(api, apiPath(id));
  const state = { value: { [entry.kind]: entry.row }, errors: new Map(), spareRows: 0 };
  const page = <EntryPage {...{ chrome, entry, state, list }} fields={fieldsFor(entry)} />;
  return { page, status: 200 };
}

/** `verb` is one that the API has: accept or reject. */
export async function decide({ api, list }: Visit, id: string, verb: string): Promise<Shown> {
  const answer = await api(`${apiPath(id)}/${verb}`, { method: "POST" });
  const said = answer.isOk ? `${verb}ed` : [...errorsOf(answer).values()].flat().join("; ");
  return noted(fromList(pathOfEntry(id), list), said);
}

export async function correct({ api, chrome, list }: Visit, id: string, data: URLSearchParams): Promise<Shown> {
  const entry = await read(api, apiPath(id));
  const fields = fieldsFor(entry);
  const value = { [entry.kind]: readForm(fields, data, [entry.kind]) };
  const answer = await api(`${apiPath(id)}/accept`, { method: "POST", body: value });
  if (answer.isOk) return noted(fromList(pathOfEntry(id), list), "Accepted with other values");
  const state = { value, errors: errorsOf(answer), spareRows: 0 };
  const page = <EntryPage {...{ chrome, entry, fields, state, list }} />;
  return { page, status: answer.status };
}
