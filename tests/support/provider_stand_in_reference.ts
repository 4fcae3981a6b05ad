/** `GET /v3/reference/tickers`, `/v3/reference/tickers/{ticker}` and `/vX/reference/tickers/{id}/events`. */

import { marketOfAsset, type StandInAsset, type StandInRename } from "./provider_stand_in_assets.ts";
import { list, pageOf, single } from "./provider_stand_in_envelope.ts";
import { GARBAGE_ASSETS, GARBAGE_EVENTS } from "./provider_stand_in_garbage.ts";
import { badRequest, notFound, TEXT } from "./provider_stand_in_refusals.ts";
import type { Answer, Question, Route, World } from "./provider_stand_in_route.ts";
import { filtered, type Row, sorted } from "./provider_stand_in_table.ts";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

export const referenceRoutes: readonly Route[] = [
  { pattern: new URLPattern({ pathname: "/v3/reference/tickers" }), answer: tickers, garbage: GARBAGE_ASSETS },
  { pattern: new URLPattern({ pathname: "/v3/reference/tickers/:ticker" }), answer: details, garbage: GARBAGE_ASSETS },
  {
    pattern: new URLPattern({ pathname: "/vX/reference/tickers/:id/events" }),
    answer: events,
    garbage: GARBAGE_EVENTS,
  },
];

function tickers(question: Question, world: World): Answer {
  const limit = Number(question.query.get("limit") ?? DEFAULT_LIMIT);
  if (!(Number.isInteger(limit) && limit > 0 && limit <= MAX_LIMIT)) {
    return badRequest(question.requestId, TEXT.badLimit);
  }
  const page = pageOf(question, world, (query) => ({
    rows: sorted(wanted(world.assets, query), `${query.get("sort") ?? "ticker"}.${query.get("order") ?? "asc"}`),
    limit: Number(query.get("limit") ?? DEFAULT_LIMIT),
  }));
  return list(page, question, world, page.rows.length === 0 ? {} : { count: page.rows.length });
}

function wanted(assets: readonly StandInAsset[], query: URLSearchParams): Row[] {
  const sought = query.get("search")?.toLowerCase() ?? "";
  const isActive = query.get("active") !== "false";
  const rows = assets
    .filter(({ symbol, name }) => `${symbol}\n${name}`.toLowerCase().includes(sought))
    .map((asset) => ({ ...common(asset), last_updated_utc: "2024-03-08T00:00:00Z" }))
    .filter((row: Row) => row["active"] === isActive);
  return filtered(rows, query, ["ticker", "market", "type"]);
}

function details(question: Question, world: World): Answer {
  const asset = world.assets.find(({ symbol }) => symbol === question.path["ticker"]);
  if (asset === undefined) return notFound(question.requestId, TEXT.noTicker);
  const { sicCode, listedOn, figi } = asset;
  const more = {
    ...(sicCode === undefined ? {} : { sic_code: sicCode, sic_description: `CODE ${sicCode}` }),
    ...(listedOn === undefined ? {} : { list_date: listedOn }),
    ...(figi === undefined ? {} : { composite_figi: figi }),
  };
  return single({ ...common(asset), ...more }, question, world);
}

function common(asset: StandInAsset): Row {
  const { symbol, name, type, delistedOn } = asset;
  const market = marketOfAsset(asset);
  const isStock = market === "stocks" || market === "otc";
  const typeOrDefault = type ?? (isStock ? "CS" : undefined);
  return {
    ticker: symbol,
    name,
    market,
    locale: isStock || market === "indices" ? "us" : "global",
    ...(isStock ? { primary_exchange: "XNAS" } : {}),
    ...(typeOrDefault === undefined ? {} : { type: typeOrDefault }),
    active: delistedOn === undefined,
    ...currencies(asset),
    ...(delistedOn === undefined ? {} : { delisted_utc: `${delistedOn}T04:00:00Z` }),
  };
}

/** Crypto and currencies have a name of the currency where stocks have a code, and the code beside it. */
function currencies(asset: StandInAsset): Row {
  const { symbol, currency = "usd" } = asset;
  const market = marketOfAsset(asset);
  if (market === "indices") return {};
  if (market !== "crypto" && market !== "fx") return { currency_name: currency };
  const [base, quote] = [symbol.slice(2, -3), symbol.slice(-3)];
  return {
    currency_symbol: quote,
    currency_name: new Intl.DisplayNames("en", { type: "currency" }).of(quote),
    base_currency_symbol: base,
    base_currency_name: base,
  };
}

/** The newest first, by FIGI or by symbol: then the issuer is the one that is traded under that symbol now. */
function events(question: Question, world: World): Answer {
  const { id } = question.path;
  const asset = world.assets.find(({ symbol, figi }) => symbol === id || figi === id);
  if (asset === undefined) return notFound(question.requestId, TEXT.noTicker);
  const changes = changesOf(asset, world.renames).map(({ symbol, since }) => ({
    ticker_change: { ticker: symbol },
    type: "ticker_change",
    date: since,
  }));
  return single({ name: asset.name, events: changes }, question, world);
}

/** A symbol without a rename to it came with the listing. */
function changesOf({ symbol, listedOn = "2003-09-10" }: StandInAsset, renames: readonly StandInRename[]) {
  const changes: { symbol: string; since: string }[] = [];
  for (let current = symbol;;) {
    const rename = renames.find(({ to, date }) => to === current && date < (changes.at(-1)?.since ?? "9999"));
    changes.push({ symbol: current, since: rename?.date ?? listedOn });
    if (rename === undefined) return changes;
    current = rename.from;
  }
}
