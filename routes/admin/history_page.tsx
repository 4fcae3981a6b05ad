/**
 * What administrators did to one thing, the newest first; also after it is gone.
 *
 * @module
 */
import { Problem } from "../../lib/problem.ts";
import type { Api } from "./api_client.ts";
import { Entry } from "./audit_entries.tsx";
import { fromList } from "./list_place.ts";
import { type Item, type Model, pathOfItem, trailTo } from "./model.ts";
import { Page } from "./page.tsx";
import { NextPage } from "./table.tsx";
import { read, type Shown, type Visit } from "./visit.ts";

export async function showHistory(model: Model, { api, chrome, query, list }: Visit, id: string): Promise<Shown> {
  if (model.auditTarget === undefined) throw new Problem("not-found", `Nothing is written down of ${model.title}`);
  const asked = new URLSearchParams({ target: model.auditTarget(id) });
  if (query.has("cursor")) asked.set("cursor", query.get("cursor") ?? "");
  const { items, next_cursor: next } = await read(api, `/audit?${asked}`);
  const title = await titleOf(api, model, id);
  const path = pathOfItem(model, id);
  const trail = [...trailTo(model, list), { href: fromList(path, list), text: title }];
  const page = (
    <Page chrome={chrome} title={`History of ${title}`} trail={trail}>
      {items.length === 0 && (
        <p class="quiet">No administrator has changed it. What its owner does is not written down.</p>
      )}
      {items.map((entry: Item) => <Entry entry={entry} />)}
      <NextPage path={`${path}/history`} query={query} cursor={next} />
    </Page>
  );
  return { page, status: 200 };
}

/** Of what is gone, there is the id. */
async function titleOf(api: Api, model: Model, id: string): Promise<string> {
  if (model.isFoundInList) return id;
  const { isOk, body } = await api(model.itemPath(id));
  return isOk ? model.titleOf(body) : id;
}
