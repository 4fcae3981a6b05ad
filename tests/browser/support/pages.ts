/**
 * The pages of the admin site: their addresses, and forms of them that are sent and come back as pages.
 *
 * @module
 */
import type { Page } from "playwright-core";
import { ask, weekdaysAgo } from "./admin_site.ts";

export const PAGES = [
  "/admin/portfolios",
  "/admin/portfolios/1",
  "/admin/assets",
  "/admin/assets/AAPL",
  "/admin/assets/AAPL/historic-values",
  "/admin/users",
  "/admin/user-api-keys",
  "/admin/user-sessions",
  "/admin/audit",
  "/admin/market",
  `/admin/market/days/stocks/${weekdaysAgo(60)}`,
  "/admin/market/quarantine",
  "/admin/market/backfill?plan=1",
  "/admin/jobs",
  `/admin/jobs/pull-market-day%3A${weekdaysAgo(60)}`,
  "/admin/schedules",
  "/admin/inspector",
  "/admin/inspector?prefix=%5B%22portfolios%22%5D",
  "/admin/verifier",
  "/admin/add/portfolios",
  "/admin/portfolios/1/delete",
  "/admin/add/assets/AAPL/historic-values",
  "/admin/run/pull-market-day",
] as const;

const FORMS = [
  "/admin/add/assets",
  "/admin/assets/AAPL/history",
  "/admin/assets/AAPL/splits",
  "/admin/assets/AAPL/splits/2020-08-31",
  "/admin/assets?q=nothing%20of%20the%20kind",
];

/** Those, and one of each kind of thing. */
export async function everyPage(url: string): Promise<string[]> {
  const splits = { items: [{ execution_date: "2020-08-31", split_from: "1", split_to: "4" }] };
  await ask(url, "/assets/AAPL/splits", { method: "PUT", body: JSON.stringify(splits) });
  await ask(url, "/api-keys", { method: "POST", body: JSON.stringify({ name: "site", scopes: ["portfolios:read"] }) });
  const lists = ["/users", "/user-api-keys", "/user-sessions", "/audit", "/market/quarantine"];
  const items = await Promise.all(lists.map(async (list) => {
    const { items: [first] } = await ask(url, `${list}?limit=1`);
    return `/admin${list}/${encodeURIComponent(first.id)}`;
  }));
  return [...PAGES, ...FORMS, ...items];
}

export type Sent = readonly [action: string, values: Readonly<Record<string, string>>];

/** Forms that come back with what is wrong, and one that asks whether this is meant. */
export const SENT: readonly Sent[] = [
  ["/admin/add/assets", { "/symbol": "N W", "/sector_weights/energy": "lots" }],
  ["/admin/portfolios/1", { "_form": "1", "/investments/0/asset": "NONE", "/investments/0/amount": "x" }],
  ["/admin/portfolios/1", { "_form": "0", "_etag": '"old"', "_was": '{"name":"Old"}', "/name": "Newer" }],
  ["/admin/run/pull-market-day", { "/args/date": "soon" }],
  ["/admin/actions/assets", { action: "delete", id: "AAPL" }],
  ["/admin/assets/AAPL/delete", {}],
];

/** As a form of the page that is open. */
export async function sendForm(page: Page, [action, values]: Sent): Promise<void> {
  const loaded = page.waitForEvent("load");
  await page.evaluate(
    `(() => {
      const form = document.createElement("form");
      Object.assign(form, { method: "post", action: ${JSON.stringify(action)} });
      for (const [name, value] of Object.entries(${JSON.stringify(values)})) {
        form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      }
      document.body.append(form);
      form.submit();
    })()`,
  );
  await loaded;
}
