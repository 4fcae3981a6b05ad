/**
 * The pages of a model, each a handler: they ask the API, and show what it says.
 *
 * @module
 */
import { Problem } from "../../lib/problem.ts";
import type { Api } from "./api_client.ts";
import { ActionPage } from "./action_page.tsx";
import type { FormState } from "./field_view.tsx";
import { baseIn, baseOf, merge } from "./edit.ts";
import { changedMembers, fieldsOf, type JsonObject, readForm } from "./fields.ts";
import { AddPage, type Base, DeletePage, type FilledForm, type FilledInline, ItemPage } from "./item_page.tsx";
import { ListPage, listParameters } from "./list_page.tsx";
import { fromList } from "./list_place.ts";
import {
  actionsOf,
  type Form,
  type Item,
  type Model,
  pathOfAdd,
  pathOfItem,
  pathOfList,
  pathOfModel,
} from "./model.ts";
import { noted } from "./notice.ts";
import { send } from "./send.ts";
import { daysOf, periodIn } from "./span.tsx";
import { read, searched, type Shown, throwUnlessOk, type Visit } from "./visit.ts";

const SPARE_ROWS = 3;
const NO_ERRORS: FormState["errors"] = new Map();

export async function showList(model: Model, { api, chrome, query }: Visit): Promise<Shown> {
  const asked = new URLSearchParams(model.listQuery);
  const ordered = model.orderedBy === undefined ? [] : ["order"];
  for (const name of [...listParameters(model), ...ordered, "cursor"]) {
    const value = query.get(name) ?? "";
    if (value !== "") asked.set(name, value);
  }
  const span = await model.span?.(api);
  const dates = span && { span, period: periodIn(query, span) };
  if (dates !== undefined) { for (const [name, day] of Object.entries(daysOf(dates.period))) asked.set(name, day); }
  const { error, body } = await searched(api, `${model.listPath}?${asked}`);
  const page = (
    <ListPage
      {...{ chrome, model, query, error, dates }}
      items={body.items ?? []}
      nextCursor={body.next_cursor}
    />
  );
  return { page, status: error === undefined ? 200 : 422 };
}

export function showAdd(model: Model, { chrome, list }: Visit): Shown {
  const form = filled(addForm(model), 0, { value: {}, errors: NO_ERRORS, spareRows: SPARE_ROWS });
  return { page: <AddPage {...{ chrome, model, form, list }} />, status: 200 };
}

export async function add(model: Model, { api, chrome, list }: Visit, data: URLSearchParams): Promise<Shown> {
  const form = addForm(model);
  const fields = fieldsOf(form.schema);
  const value = readForm(fields, data);
  const again = (errors: FormState["errors"], spareRows: number, status: number): Shown => ({
    page: <AddPage {...{ chrome, model, list }} form={filled(form, 0, { value, errors, spareRows })} />,
    status,
  });
  const more = moreRows(data);
  if (more !== undefined) return again(NO_ERRORS, more, 200);
  const taken = await isTaken(api, model, form, value);
  if (taken !== undefined) return again(new Map([["", [taken]]]), SPARE_ROWS, 409);
  const sent = await send(api, form, { id: "", value: withoutNulls(value), ifMatch: undefined });
  if (!sent.isOk) return again(sent.errors, SPARE_ROWS, sent.status);
  const done = `${model.titleOf(sent.item)} was added`;
  const then = data.get("_then");
  if (then === "another") return noted(fromList(pathOfAdd(model), list), done);
  return noted(
    then === "stay" ? fromList(pathOfItem(model, model.idOf(sent.item)), list) : pathOfList(model, list),
    done,
  );
}

/** Of something new, what was left empty is not said at all. */
const withoutNulls = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));

/** A list would put the row in the place of the one that is there. */
async function isTaken(api: Api, model: Model, { asRow }: Form, value: JsonObject): Promise<string | undefined> {
  if (asRow === undefined) return undefined;
  const { body } = await api(model.listPath);
  const id = model.idOf(value);
  return body?.items?.some((item: Item) => model.idOf(item) === id) ? `${id} is there already: change it` : undefined;
}

export async function showItem(model: Model, { api, chrome, list }: Visit, id: string): Promise<Shown> {
  const { item, etag } = await readItem(api, model, id);
  const forms = (model.change ?? []).map((form, place) =>
    unchanged(form, place, item, etag, chrome.mayWrite ? SPARE_ROWS : 0)
  );
  const inlines = await inlinesOf(api, model, item);
  return { page: <ItemPage {...{ chrome, model, item, forms, inlines, list }} />, status: 200 };
}

export async function change(
  model: Model,
  { api, chrome, list }: Visit,
  id: string,
  data: URLSearchParams,
): Promise<Shown> {
  const place = Number(data.get("_form"));
  const form = model.change?.[place];
  if (form === undefined) throw new Problem("not-found", "There is no such form");
  const { item, etag } = await readItem(api, model, id);
  const value = readForm(fieldsOf(form.schema), data);
  const base = baseIn(data);
  const again = async (filledForm: FilledForm, status: number, outdated?: JsonObject): Promise<Shown> => {
    const forms = (model.change ?? []).map((other, at) =>
      at === place ? filledForm : unchanged(other, at, item, etag, SPARE_ROWS)
    );
    const inlines = await inlinesOf(api, model, item);
    return { page: <ItemPage {...{ chrome, model, item, forms, outdated, inlines, list }} />, status };
  };
  const more = moreRows(data);
  if (more !== undefined) {
    return await again(filled(form, place, { value, errors: NO_ERRORS, spareRows: more }, base), 200);
  }
  const changed = form.isWhole ? value : changedMembers(form.valueOf(item), value);
  const sent = await send(api, form, { id, value: changed, ifMatch: base?.etag ?? "*" });
  if (sent.status === 412) {
    const merged = merge(base?.value ?? {}, value, form.valueOf(item));
    const state = { value: merged.value, errors: NO_ERRORS, spareRows: SPARE_ROWS };
    return await again(filled(form, place, state, baseOf(form, item, etag)), 412, merged.contested);
  }
  if (!sent.isOk) {
    return await again(filled(form, place, { value, errors: sent.errors, spareRows: SPARE_ROWS }, base), sent.status);
  }
  const next = data.get("_then") === "stay"
    ? fromList(pathOfItem(model, form.idAfter?.(sent.item) ?? id), list)
    : pathOfList(model, list);
  return noted(next, `${model.titleOf(item)} was saved`);
}

export async function showDelete(model: Model, { api, chrome, list }: Visit, id: string): Promise<Shown> {
  const { item, etag } = await readItem(api, model, id);
  if (model.removal === undefined) throw new Problem("not-found", `${model.title} are not deleted here`);
  const consequences = await model.removal.consequences(api, item);
  return { page: <DeletePage {...{ chrome, model, item, list, etag, consequences }} />, status: 200 };
}

export async function remove(
  model: Model,
  { api, chrome, list }: Visit,
  id: string,
  data: URLSearchParams,
): Promise<Shown> {
  if (model.removal === undefined) throw new Problem("not-found", `${model.title} are not deleted here`);
  const { item, etag } = await readItem(api, model, id);
  const ifMatch = String(data.get("_etag") ?? "*");
  const answer = await api(model.itemPath(id), { method: "DELETE", ifMatch });
  if (answer.isOk) return noted(pathOfList(model, list), `${model.titleOf(item)} ${model.removal.done}`);
  const consequences = await model.removal.consequences(api, item);
  const error = answer.status === 412
    ? "Somebody else has changed it since you opened this page: look at it again, and decide then."
    : answer.body?.detail;
  return { page: <DeletePage {...{ chrome, model, item, list, etag, consequences, error }} />, status: answer.status };
}

/** One after another, as whoever ticked them would; what is refused does not hold up the rest. */
export async function act(model: Model, { api, chrome, list }: Visit, data: URLSearchParams): Promise<Shown> {
  const action = actionsOf(model).find(({ name }) => name === data.get("action"));
  if (action === undefined) throw new Problem("not-found", "There is no such action");
  const ids = data.getAll("id").map(String);
  const back = pathOfList(model, list);
  if (ids.length === 0) return noted(back, "Nothing was ticked");
  if (action.isFinal && data.get("sure") !== "yes") {
    const ticked = await Promise.all(ids.map((id) => tickedItem(api, model, id)));
    return { page: <ActionPage {...{ chrome, model, action, list, ticked }} />, status: 200 };
  }
  const refused: string[] = [];
  for (const id of ids) {
    const answer = await action.run(api, id);
    if (!answer.isOk) refused.push(`; ${id}: ${answer.body?.detail ?? answer.status}`);
  }
  const done = `${action.title}: ${ids.length - refused.length} done`;
  const said = refused.length === 0 ? done : `${done}, ${refused.length} refused${refused.join("")}`;
  return noted(back, said);
}

/** What else would go with it; one that is gone meanwhile is for the action itself to say. */
async function tickedItem(api: Api, model: Model, id: string) {
  try {
    const { item } = await readItem(api, model, id);
    return { id, title: model.titleOf(item), consequences: await model.removal?.consequences(api, item) ?? [] };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { id, title: id, consequences: [error.detail] };
  }
}

export async function showCsv(model: Model, { api }: Visit, id: string): Promise<Shown> {
  if (model.csvPath === undefined) throw new Problem("not-found", `There is no CSV of ${model.title}`);
  const answer = await api(model.csvPath(id), { accept: "text/csv" });
  throwUnlessOk(answer);
  return { csv: answer.text, name: `${model.name}-${id.replaceAll(/[^\w.-]/g, "_")}.csv` };
}

function addForm(model: Model): Form {
  if (model.add === undefined) throw new Problem("not-found", `${model.title} are not added here`);
  return { method: "POST", ...model.add, isWhole: true, path: () => model.listPath, valueOf: () => ({}) };
}

async function readItem(api: Api, model: Model, id: string): Promise<{ item: Item; etag: string | undefined }> {
  const answer = await api(model.isFoundInList ? model.listPath : model.itemPath(id));
  throwUnlessOk(answer);
  const { body, etag } = answer;
  const item = model.isFoundInList ? body.items.find((one: Item) => model.idOf(one) === id) : body;
  if (item === undefined) throw new Problem("not-found", `${model.title}: there is no ${id}`);
  return { item, etag };
}

const INLINE_ROWS = 10;

const inlinesOf = (api: Api, model: Model, item: Item): Promise<FilledInline[]> =>
  Promise.all((model.inlines ?? []).map(async ({ model: other, query }) => {
    const own = query(item);
    const asked = new URLSearchParams({ ...other.listQuery, ...own, limit: String(INLINE_ROWS) });
    const { items } = await read(api, `${other.listPath}?${asked}`);
    return { model: other, items, href: `${pathOfModel(other)}?${new URLSearchParams(own)}` };
  }));

const filled = (
  { title, schema }: Pick<Form, "title" | "schema">,
  place: number,
  state: FormState,
  base?: Base,
): FilledForm => ({ title, place, fields: fieldsOf(schema), state, base });

const unchanged = (form: Form, place: number, item: Item, etag: string | undefined, spareRows: number): FilledForm => {
  const value = form.valueOf(item);
  return filled(form, place, { value, errors: NO_ERRORS, spareRows }, baseOf(form, item, etag));
};

/** How many empty rows were asked for, instead of saving. */
function moreRows(data: URLSearchParams): number | undefined {
  const asked = Number(data.get("_more") ?? 0);
  return Number.isInteger(asked) && asked > 0 && asked <= 500 ? asked : undefined;
}
