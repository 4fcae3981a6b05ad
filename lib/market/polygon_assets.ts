/**
 * Rows of reference data: what an asset is, and under which symbols its issuer was traded.
 *
 * @module
 */
import { currencyCode } from "./currency_code.ts";
import { type Fields, fieldsOf, textOr } from "./polygon_fields.ts";
import type { ProviderAsset, ProviderSymbolChange } from "./provider.ts";

type Kind = ProviderAsset["kind"];

const KINDS_BY_MARKET: Readonly<Record<string, Kind>> = { crypto: "crypto", fx: "currency", indices: "index" };

/** What is neither a share nor a basket of them stays `other`: rights, warrants, units, bonds, structured products. */
const KINDS_BY_TYPE: Readonly<Record<string, Kind>> = {
  ...{ CS: "stock", OS: "stock", PFD: "stock", NYRS: "stock", GDR: "stock", ADRC: "stock", ADRP: "stock" },
  ...{ ETF: "fund", ETN: "fund", ETV: "fund", ETS: "fund", FUND: "fund", BASKET: "fund", INDEX: "index" },
};

/** `undefined` for a row that names no asset. */
export function toAsset(row: unknown): ProviderAsset | undefined {
  const fields = fieldsOf(row);
  const symbol = textOr(undefined, fields["ticker"]);
  if (symbol === undefined) return undefined;
  const delistedOn = dateIn(fields["delisted_utc"]);
  const isActive = fields["active"];
  return {
    symbol,
    name: textOr(symbol, fields["name"]),
    kind: kindOf(fields),
    // Crypto and currencies have a symbol beside a name that is no code.
    currency: currencyCode(fields["currency_symbol"]) ?? currencyCode(fields["currency_name"]),
    isActive: typeof isActive === "boolean" ? isActive : delistedOn === null,
    sicCode: textOr(null, fields["sic_code"]),
    sector: null,
    figi: textOr(null, fields["composite_figi"]),
    listedOn: dateIn(fields["list_date"]),
    delistedOn,
  };
}

/** Of rows for the same symbol, which occur, the last is the newest. */
export function toAssets(rows: readonly unknown[]): ProviderAsset[] {
  const assets = rows.flatMap((row) => toAsset(row) ?? []);
  return [...new Map(assets.map((asset) => [asset.symbol, asset])).values()];
}

/** `undefined` for an event of another type. */
export function toSymbolChange(row: unknown): ProviderSymbolChange | undefined {
  const { date, ticker_change } = fieldsOf(row);
  const symbol = textOr(undefined, fieldsOf(ticker_change)["ticker"]);
  return symbol === undefined ? undefined : { symbol, since: textOr("", date) };
}

function kindOf({ market, type }: Fields): Kind {
  return lookUp(KINDS_BY_MARKET, market) ?? lookUp(KINDS_BY_TYPE, type) ?? "other";
}

const lookUp = (kinds: Readonly<Record<string, Kind>>, key: unknown): Kind | undefined =>
  typeof key === "string" && Object.hasOwn(kinds, key) ? kinds[key] : undefined;

/** A date, or an instant whose date counts. */
function dateIn(value: unknown): string | null {
  const text = typeof value === "string" ? value : "";
  return /^\d{4}-\d{2}-\d{2}(?:T|$)/.test(text) ? text.slice(0, 10) : null;
}
