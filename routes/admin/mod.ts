/**
 * The admin site: pages at `/admin` for administrators, and for viewers, who change nothing. Everything that it shows and does
 * goes through the API's own routes.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, Handler } from "hono";
import { isAdministrator, seesAll } from "../../lib/identity/actor.ts";
import { isReturnPath } from "../../lib/identity/return_path.ts";
import { Problem, PROBLEMS } from "../../lib/problem.ts";
import type { AppEnv } from "../env.ts";
import { readBody } from "../body.ts";
import { problemFrom } from "../problem_response.ts";
import type { SiteFiles } from "../site_files.ts";
import { apiFor } from "./api_client.ts";
import { ASSET_LISTS, assetList } from "./asset_history.ts";
import { assetModel } from "./assets.ts";
import { auditModel } from "./audit.tsx";
import { apiKeyModel, sessionModel } from "./credentials.tsx";
import { showHistory } from "./history_page.tsx";
import {
  changeJob,
  changeSchedule,
  jobNamed,
  retryDead,
  run,
  showJob,
  showJobs,
  showRun,
  showSchedules,
} from "./job_handlers.tsx";
import { showInspector } from "./inspector_page.tsx";
import { marketPages } from "./market_pages.ts";
import { type Model, pathOfActions, pathOfAdd, pathOfModel } from "./model.ts";
import { act, add, change, remove, showAdd, showCsv, showDelete, showItem, showList } from "./model_pages.tsx";
import { type Chrome, csvAnswer, pageAnswer, ProblemPage, seeOther } from "./page.tsx";
import { portfolioModel } from "./portfolios.ts";
import { userModel } from "./users.ts";
import { runVerifier, showVerifier } from "./verifier_page.tsx";
import { noticeCookie, noticeIn } from "./notice.ts";
import { type Pages, param, type Show } from "./visit.ts";

const HOLDINGS: readonly Model[] = [portfolioModel, assetModel];
const ACCOUNTS: readonly Model[] = [userModel, apiKeyModel, sessionModel, auditModel];

const sectionOf = (model: Model) => ({ href: pathOfModel(model), title: model.title });

const SECTIONS = [
  ...HOLDINGS.map(sectionOf),
  { href: "/admin/market", title: "Market" },
  { href: "/admin/jobs", title: "Jobs" },
  { href: "/admin/schedules", title: "Timetable" },
  ...ACCOUNTS.map(sectionOf),
  { href: "/admin/inspector", title: "Inspector" },
  { href: "/admin/verifier", title: "Verifier" },
];

const STYLESHEETS = ["site.css", "forms.css", "admin.css", "data.css"] as const;

export function adminRoutes(app: OpenAPIHono<AppEnv>, files: SiteFiles, onInternalError: OnInternalError): void {
  const shown = (show: Show) => handler(app, files, onInternalError, show);
  const pages: Pages = {
    show: (path, show) => app.get(path, shown(show)),
    take: (path, take) =>
      app.post(
        path,
        shown(async (visit, c) => {
          if (!visit.chrome.mayWrite) throw new Problem("forbidden", "A viewer reads everything and changes nothing");
          return await take(visit, c, await formIn(c));
        }),
      ),
  };
  pages.show("/admin", () => ({ location: SECTIONS[0]?.href ?? "/" }));
  for (const model of [...HOLDINGS, ...ACCOUNTS]) modelPages(pages, model.name, "id", () => model);
  for (const list of ASSET_LISTS) {
    modelPages(pages, `${assetModel.name}/:id/${list}`, "row", (c) => assetList(param(c, "id"), list));
  }
  marketPages(pages);
  queuePages(pages);
  storePages(pages);
  app.post("/admin/sign-out", (c) => signOut(app, c));
  pages.show("/admin/*", () => {
    throw new Problem("not-found", "There is no such page");
  });
}

/** As a browser sends it; a form of one button says nothing. */
const readForm = readBody({ mediaTypes: ["application/x-www-form-urlencoded"], isOptional: true });

async function formIn(c: Context<AppEnv>): Promise<URLSearchParams> {
  let sent = "";
  await readForm(c, async () => {
    sent = await c.req.text();
  });
  return new URLSearchParams(sent);
}

/** `name` is the model's, `row` that of the path's parameter that holds an item's id. */
function modelPages({ show, take }: Pages, name: string, row: string, modelOf: (c: Context<AppEnv>) => Model): void {
  const [list, adding] = [pathOfModel({ name }), pathOfAdd({ name })];
  const item = `${list}/:${row}`;
  const idIn = (c: Context<AppEnv>) => param(c, row);
  show(list, (visit, c) => showList(modelOf(c), visit));
  take(pathOfActions({ name }), (visit, c, data) => act(modelOf(c), visit, data));
  show(adding, (visit, c) => showAdd(modelOf(c), visit));
  take(adding, (visit, c, data) => add(modelOf(c), visit, data));
  show(item, (visit, c) => showItem(modelOf(c), visit, idIn(c)));
  take(item, (visit, c, data) => change(modelOf(c), visit, idIn(c), data));
  show(`${item}/delete`, (visit, c) => showDelete(modelOf(c), visit, idIn(c)));
  take(`${item}/delete`, (visit, c, data) => remove(modelOf(c), visit, idIn(c), data));
  show(`${item}/history`, (visit, c) => showHistory(modelOf(c), visit, idIn(c)));
  show(`${item}/csv`, (visit, c) => showCsv(modelOf(c), visit, idIn(c)));
}

function queuePages({ show, take }: Pages): void {
  const named = (c: Context<AppEnv>) => jobNamed(c.env.services.jobs, param(c, "name"));
  show("/admin/jobs", (visit, c) => showJobs(visit, c.env.services.jobs));
  take("/admin/jobs/retry-dead", (visit) => retryDead(visit));
  show("/admin/jobs/:id", (visit, c) => showJob(visit, param(c, "id")));
  take("/admin/jobs/:id/:verb{retry|cancel}", (visit, c) => changeJob(visit, param(c, "id"), param(c, "verb")));
  show("/admin/run/:name", (visit, c) => showRun(visit, named(c)));
  take("/admin/run/:name", (visit, c, data) => run(visit, named(c), data));
  show("/admin/schedules", (visit) => showSchedules(visit));
  // Where the audit leads to.
  show("/admin/schedules/:name", () => ({ location: "/admin/schedules" }));
  take(
    "/admin/schedules/:name/:verb{pause|resume|run}",
    (visit, c) => changeSchedule(visit, param(c, "name"), param(c, "verb")),
  );
}

/** For whoever has a session, also where the pages are not for them. */
async function signOut(app: OpenAPIHono<AppEnv>, c: Context<AppEnv>): Promise<Response> {
  const { cookie } = await apiFor(app, c)("/auth/sign-out", { method: "POST" });
  return seeOther(c, "/", cookie);
}

function storePages({ show, take }: Pages): void {
  show("/admin/inspector", (visit) => showInspector(visit));
  show("/admin/verifier", (visit) => showVerifier(visit));
  take("/admin/verifier/run", (visit) => runVerifier(visit));
}

/** What was asked for, with its search where a page can be returned to with it. */
function placeOf(c: Context<AppEnv>): string {
  const place = `${c.env.path}${c.req.method === "GET" ? new URL(c.req.url).search : ""}`;
  return isReturnPath(place) ? place : c.env.path;
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
      return seeOther(c, `/auth/sign-in?${new URLSearchParams({ return_to: placeOf(c) })}`);
    }
    const { publicUrl } = c.env.services;
    const notice = noticeIn(publicUrl, c.req.header("cookie"));
    // Said once.
    const cookie = notice === undefined ? undefined : noticeCookie(publicUrl, undefined);
    const chrome: Chrome = {
      notice,
      stylesheets: await Promise.all(STYLESHEETS.map(files.href)),
      script: await files.href("admin.js"),
      sections: seesAll(actor) ? SECTIONS : [],
      path: c.env.path,
      who: actor.id,
      mayWrite: isAdministrator(actor),
    };
    try {
      if (!seesAll(actor)) throw new Problem("forbidden", "This is for administrators and viewers");
      const query = new URL(c.req.url).searchParams;
      const list = new URLSearchParams(query.get("list") ?? "");
      const result = await show({ api: apiFor(app, c), chrome, query, list }, c);
      if ("location" in result) {
        const { location, notice } = result;
        return seeOther(c, location, notice === undefined ? undefined : noticeCookie(publicUrl, notice));
      }
      if ("csv" in result) return csvAnswer(c, result);
      return await pageAnswer(c, result.page, { status: result.status, cookie });
    } catch (error) {
      const { type, detail } = problemFrom(error);
      if (type === "internal") onInternalError(error, c.env.requestId);
      return await pageAnswer(c, ProblemPage({ chrome, type, detail }), { status: PROBLEMS[type].status, cookie });
    }
  };
}
