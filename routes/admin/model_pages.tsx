/**
 * The pages of a model, each a handler: they ask the API, and show what it says.
 *
 * @module
 */
import { Problem } from "../../lib/problem.ts";
import { type Api, errorsOf } from "./api_client.ts";
import type { FormState } from "./field_view.tsx";
import { changedMembers, fieldsOf, type JsonObject, readForm } from "./fields.ts";
import { AddPage, DeletePage, type FilledForm, ItemPage } from "./item_page.tsx";
import { ListPage, listParameters } from "./list_page.tsx";
import { type Form, type Item, type Model, pathOfItem, pathOfModel } from "./model.ts";
import { noted, noticeIn } from "./notice.ts";
import { type Shown, throwUnlessOk, type Visit } from "./visit.ts";

const SPARE_ROWS = 3;
const NO_ERRORS: FormState["errors"] = new Map();

export async function showList(model: Model, { api, chrome, query }: Visit): Promise<Shown> {
  const asked = new URLSearchParams(model.listQuery);
  for (const name of [...listParameters(model), "cursor"]) {
    const value = query.get(name) ?? "";
    if (value !== "") asked.set(name, value);
  }
  const answer = await api(`${model.listPath}?${asked}`);
  const error = answer.status === 422 ? [...errorsOf(answer).values()].flat().join("; ") : undefined;
  if (error === undefined) throwUnlessOk(answer);
  const page = (
    <ListPage
      {...{ chrome, model, query, error }}
      items={answer.body.items ?? []}
      nextCursor={answer.body.next_cursor}
      notice={noticeIn(query)}
    />
  );
  return { page, status: 200 };
}

export function showAdd(model: Model, { chrome }: Visit): Shown {
  const form = filled(addForm(model), 0, { value: {}, errors: NO_ERRORS, spareRows: SPARE_ROWS });
  return { page: <AddPage chrome={chrome} model={model} form={form} />, status: 200 };
}

export async function add(model: Model, { api, chrome }: Visit, data: FormData): Promise<Shown> {
  const form = addForm(model);
  const fields = fieldsOf(form.schema);
  const value = readForm(fields, data);
  const again = (errors: FormState["errors"], spareRows: number, status: number): Shown => ({
    page: <AddPage {...{ chrome, model }} form={filled(form, 0, { value, errors, spareRows })} />,
    status,
  });
  const more = moreRows(data);
  if (more !== undefined) return again(NO_ERRORS, more, 200);
  const answer = await api(model.listPath, { method: "POST", body: value });
  if (!answer.isOk) return again(errorsOf(answer), SPARE_ROWS, answer.status);
  const done = `${model.titleOf(answer.body)} was added`;
  const then = data.get("_then");
  if (then === "another") return { location: `${pathOfModel(model)}/add` };
  return { location: noted(then === "stay" ? pathOfItem(model, model.idOf(answer.body)) : pathOfModel(model), done) };
}

export async function showItem(model: Model, visit: Visit, id: string): Promise<Shown> {
  const { item, etag } = await readItem(visit.api, model, id);
  const forms = (model.change ?? []).map((form, place) => filled(form, place, unchanged(form, item)));
  const notice = noticeIn(visit.query);
  const page = <ItemPage chrome={visit.chrome} {...{ model, item, etag, forms, notice }} isOutdated={false} />;
  return { page, status: 200 };
}

export async function change(model: Model, visit: Visit, id: string, data: FormData): Promise<Shown> {
  const place = Number(data.get("_form"));
  const form = model.change?.[place];
  if (form === undefined) throw new Problem("not-found", "There is no such form");
  const { item, etag } = await readItem(visit.api, model, id);
  const value = readForm(fieldsOf(form.schema), data);
  const again = (state: Omit<FormState, "value">, status: number): Shown => {
    const forms = (model.change ?? []).map((other, at) =>
      filled(other, at, at === place ? { value, ...state } : unchanged(other, item))
    );
    const isOutdated = status === 412;
    const page = <ItemPage chrome={visit.chrome} {...{ model, item, etag, forms, isOutdated }} notice={undefined} />;
    return { page, status };
  };
  const more = moreRows(data);
  if (more !== undefined) return again({ errors: NO_ERRORS, spareRows: more }, 200);
  const body = form.isWhole ? value : changedMembers(form.valueOf(item), value);
  const ifMatch = String(data.get("_etag") ?? "*");
  const answer = await visit.api(form.path(id), { method: form.method, body, ifMatch });
  if (answer.status === 412) return again({ errors: NO_ERRORS, spareRows: SPARE_ROWS }, 412);
  if (!answer.isOk) return again({ errors: errorsOf(answer), spareRows: SPARE_ROWS }, answer.status);
  const next = data.get("_then") === "stay" ? pathOfItem(model, id) : pathOfModel(model);
  return { location: noted(next, `${model.titleOf(item)} was saved`) };
}

export async function showDelete(model: Model, { api, chrome }: Visit, id: string): Promise<Shown> {
  const { item, etag } = await readItem(api, model, id);
  const consequences = await model.deleting?.(api, item) ?? [];
  return { page: <DeletePage {...{ chrome, model, item, etag, consequences }} />, status: 200 };
}

export async function remove(model: Model, { api, chrome }: Visit, id: string, data: FormData): Promise<Shown> {
  const { item, etag } = await readItem(api, model, id);
  const ifMatch = String(data.get("_etag") ?? "*");
  const answer = await api(model.itemPath(id), { method: "DELETE", ifMatch });
  if (answer.isOk) return { location: noted(pathOfModel(model), `${model.titleOf(item)} was deleted`) };
  const consequences = await model.deleting?.(api, item) ?? [];
  const error = answer.status === 412
    ? "Somebody else has changed it since you opened this page: look at it again, and decide then."
    : answer.body?.detail;
  return { page: <DeletePage {...{ chrome, model, item, etag, consequences, error }} />, status: answer.status };
}

/** One after another, as whoever ticked them would; what is refused does not hold up the rest. */
export async function act(model: Model, { api }: Visit, data: FormData): Promise<Shown> {
  const action = model.actions?.find(({ name }) => name === data.get("action"));
  if (action === undefined) throw new Problem("not-found", "There is no such action");
  let [done, refused] = [0, ""];
  for (const id of data.getAll("id").map(String)) {
    const answer = await action.run(api, id);
    if (answer.isOk) done += 1;
    else refused ||= `; ${id}: ${answer.body?.detail ?? answer.status}`;
  }
  return { location: noted(pathOfModel(model), `${action.title}: ${done} done${refused}`) };
}

function addForm(model: Model): Form {
  if (model.add === undefined) throw new Problem("not-found", `${model.title} are not added here`);
  return { ...model.add, method: "POST", isWhole: true, path: () => model.listPath, valueOf: () => ({}) };
}

async function readItem(api: Api, model: Model, id: string): Promise<{ item: Item; etag: string | undefined }> {
  const answer = await api(model.itemPath(id));
  throwUnlessOk(answer);
  return { item: answer.body, etag: answer.etag };
}

const filled = ({ title, schema }: Pick<Form, "title" | "schema">, place: number, state: FormState): FilledForm => ({
  title,
  place,
  fields: fieldsOf(schema),
  state,
});

const unchanged = (form: Form, item: Item): FormState => ({
  value: form.valueOf(item) as JsonObject,
  errors: NO_ERRORS,
  spareRows: SPARE_ROWS,
});

/** How many empty rows were asked for, instead of saving. */
function moreRows(data: FormData): number | undefined {
  const asked = Number(data.get("_more") ?? 0);
  return Number.isInteger(asked) && asked > 0 && asked <= 500 ? asked : undefined;
}
