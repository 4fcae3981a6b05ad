/**
 * What a request costs inside the process, beside a bare Hono route that answers the same bytes. The load benchmark adds
 * the network to both.
 *
 * @module
 */
import { Hono } from "hono";
import { writeBars } from "../lib/history/write.ts";
import { BENCH_KEY, benchService } from "./support/service.ts";

const ASSETS = 20;
const { services, serve } = await benchService();
const json = { "content-type": "application/json", authorization: `Bearer ${BENCH_KEY}` };
const host = "http://bench.test";

async function send(method: string, path: string, body: unknown): Promise<Response> {
  return await serve(new Request(`${host}${path}`, { method, headers: json, body: JSON.stringify(body) }));
}

async function get(path: string, headers: Record<string, string> = {}): Promise<void> {
  await (await serve(new Request(`${host}${path}`, { headers }))).text();
}

for (let i = 0; i < ASSETS; i++) {
  await send("POST", "/assets", { symbol: `BENCH-${i}`, name: `Bench ${i}`, sector: i % 2 ? "energy" : "materials" });
  await send("PUT", `/assets/BENCH-${i}/historic-values`, {
    items: [{ date: "2021-11-05", close: `${100 + i}.25` }],
  });
}
const investments = Array.from({ length: ASSETS }, (_, i) => ({ asset: `BENCH-${i}`, amount: `${i + 1}.5` }));
const made = await send("POST", "/portfolios", { name: "Bench", visibility: "public", investments });
const path = `${made.headers.get("location")}`;

const bytes = await (await serve(new Request(`${host}${path}/sectors`))).text();
const bare = new Hono();
bare.get("/portfolios/:id/sectors", () => new Response(bytes, { headers: { "content-type": "application/json" } }));

Deno.bench("bare Hono route, the same bytes", { group: "sectors, 20 investments", baseline: true }, async () => {
  await (await bare.fetch(new Request(`${host}${path}/sectors`))).text();
});

Deno.bench("sectors, answered before", { group: "sectors, 20 investments" }, () => get(`${path}/sectors`));

const { key } = await (await send("POST", "/api-keys", { name: "Bench", scopes: ["portfolios:read"] })).json();

Deno.bench(
  "sectors, answered before, to a key",
  { group: "sectors, 20 investments" },
  () => get(`${path}/sectors`, { authorization: `Bearer ${key}` }),
);

let price = 100;
async function changePrice(): Promise<void> {
  const asset = await services.assets.getBy("symbol", ["BENCH-0"]);
  if (asset === undefined) throw new Error("There is no BENCH-0");
  const none = { open: null, high: null, low: null, volume: null, vwap: null, preMarket: null, afterHours: null };
  const bar = { ...none, date: "2021-11-05", close: price += 0.25, source: "manual" };
  await writeBars(services, [{ assetNo: asset.value.no, bar }]);
}

Deno.bench("sectors, after a price changed", { group: "sectors, 20 investments" }, async (b) => {
  await changePrice();
  b.start();
  await get(`${path}/sectors`);
  b.end();
});

Deno.bench("sectors as of a past day, after a price changed", { group: "sectors, 20 investments" }, async (b) => {
  await changePrice();
  b.start();
  await get("/portfolios/2/sectors?as_of=2020-03-20");
  b.end();
});

Deno.bench("portfolio", { group: "portfolio" }, () => get(path));

let created = 0;
Deno.bench("create a portfolio of 20 investments", { group: "portfolio" }, async () => {
  const answer = await send("POST", "/portfolios", { name: `Bench ${++created}`, investments });
  if (answer.status !== 201) throw new Error(await answer.text());
  await answer.body?.cancel();
});
