/**
 * The admin site: pages at `/admin` for administrators, and for viewers, who change nothing. Everything that it shows and does
 * goes through the API's own routes.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, Handler } from "hono";
import { isAdministrator, seesAll } from "../../lib/identity/actor.ts";
import { Problem, PROBLEMS } from "../../lib/problem.ts";
import type { AppEnv } from "../env.ts";
import { problemFrom } from "../problem_response.ts";
import type { SiteFiles } from "../site_files.ts";
import { apiFor } from "./api_client.ts";
import { assetModel } from "./assets.ts";
import type { Model } from "./model.ts";
import {
  act,
  add,
  change,
  remove,
  showAdd,
  showDelete,
  showItem,
  showList,
  type Shown,
  type Visit,
} from "./model_pages.tsx";
import { type Chrome, pageAnswer, ProblemPage, seeOther } from "./page.tsx";
import { portfolioModel } from "./portfolios.ts";

const MODELS: readonly Model[] = [portfolioModel, assetModel];

const SECTIONS = MODELS.map(({ name, title }) => ({ href: `/admin/${name}`, title }));

type Show = (visit: Visit, c: Context<AppEnv>) => Shown | Promise<Shown>;
type Take = (visit: Visit, data: FormData, c: Context<AppEnv>) => Shown | Promise<Shown>;

export function adminRoutes(app: OpenAPIHono<AppEnv>, files: SiteFiles, onInternalError: OnInternalError): void {
  const shown = (show: Show) => handler(app, files, onInternalError, show);
  const taken = (take: Take) =>
    shown(async (visit, c) => {
      if (!visit.chrome.mayWrite) throw new Problem("forbidden", "A viewer reads everything and changes nothing");
      return await take(visit, await c.req.formData(), c);
    });
  const id = (c: Context<AppEnv>) => c.req.param("id") ?? "";

  app.get("/admin", shown(() => ({ location: SECTIONS[0]?.href ?? "/" })));
  for (const model of MODELS) {
    const path = `/admin/${model.name}`;
    app.get(path, shown((visit) => showList(model, visit)));
    app.post(`${path}/actions`, taken((visit, data) => act(model, visit, data)));
    app.get(`${path}/add`, shown((visit) => showAdd(model, visit)));
    app.post(`${path}/add`, taken((visit, data) => add(model, visit, data)));
    app.get(`${path}/:id`, shown((visit, c) => showItem(model, visit, id(c))));
    app.post(`${path}/:id`, taken((visit, data, c) => change(model, visit, id(c), data)));
    app.get(`${path}/:id/delete`, shown((visit, c) => showDelete(model, visit, id(c))));
    app.post(`${path}/:id/delete`, taken((visit, data, c) => remove(model, visit, id(c), data)));
  }
  app.get(
    "/admin/*",
    shown(() => {
      throw new Problem("not-found", "There is no such page");
    }),
  );
}

type OnInternalError = (error: unknown, requestId: string) => void;

function handler(
  app: OpenAPIHono<AppEnv>,
  files: SiteFiles,
  onInternalError: OnInternalError,
  show: Show,
): Handler<AppEnv> {
  return async (c) => {
    const { actor } = c.env;
    if (actor.type === "stranger") {
      return seeOther(c, `/auth/sign-in?${new URLSearchParams({ return_to: c.env.path })}`);
    }
    const chrome: Chrome = {
      stylesheets: [await files.href("site.css"), await files.href("admin.css")],
      script: await files.href("admin.js"),
      sections: seesAll(actor) ? SECTIONS : [],
      path: c.env.path,
      who: actor.id,
      mayWrite: isAdministrator(actor),
    };
    try {
      if (!seesAll(actor)) throw new Problem("forbidden", "This is for administrators and viewers");
      const result = await show({ api: apiFor(app, c), chrome, query: new URL(c.req.url).searchParams }, c);
      if ("location" in result) return seeOther(c, result.location);
      return await pageAnswer(c, result.page, result.status);
    } catch (error) {
      const { type, detail } = problemFrom(error);
      if (type === "internal") onInternalError(error, c.env.requestId);
      return await pageAnswer(c, ProblemPage({ chrome, type, detail }), PROBLEMS[type].status);
    }
  };
}
