/**
 * What is known of an asset over time, each a list of the asset's own: bars by day, splits, dividends.
 *
 * @module
 */
import { BarDaySchema, BarFactsSchema } from "../bar_schemas.ts";
import {
  DividendDateSchema,
  DividendValuesInputSchema,
  SplitDateSchema,
  SplitValuesInputSchema,
} from "../corporate_action_schemas.ts";
import type { Api } from "./api_client.ts";
import { labelOf } from "./field_view.tsx";
import { DayOf } from "./instant.tsx";
import type { Column, Item, Model } from "./model.ts";

/** The lists of an asset, by the last part of their path. */
export const ASSET_LISTS = ["historic-values", "splits", "dividends"] as const;

interface Kind {
  readonly title: string;
  readonly one: string;
  /** What a row is known by. */
  readonly date: string;
  /** A row without its date, and with it. */
  readonly facts: NonNullable<Model["add"]>["schema"];
  readonly row: NonNullable<Model["add"]>["schema"];
  readonly names: readonly string[];
}

const KINDS: Readonly<Record<typeof ASSET_LISTS[number], Kind>> = {
  "historic-values": {
    ...{ title: "Historic values", one: "a day", date: "date", facts: BarFactsSchema, row: BarDaySchema },
    names: ["open", "high", "low", "close", "volume", "vwap", "pre_market", "after_hours"],
  },
  "splits": {
    ...{ title: "Splits", one: "a split", date: "execution_date" },
    ...{ facts: SplitValuesInputSchema, row: SplitDateSchema, names: ["split_from", "split_to"] },
  },
  "dividends": {
    ...{ title: "Dividends", one: "a dividend", date: "ex_dividend_date" },
    ...{ facts: DividendValuesInputSchema, row: DividendDateSchema, names: ["cash_amount"] },
  },
};

export function assetList(symbol: string, name: typeof ASSET_LISTS[number]): Model {
  const { title, one, date, facts, row, names } = KINDS[name];
  const listPath = `/assets/${encodeURIComponent(symbol)}/${name}`;
  const dateColumn: Column = { title: "Date", show: (item) => DayOf({ at: item[date] }) };
  const isBars = name === "historic-values";
  return {
    ...{ name: listPath.slice(1), title: `${title} of ${symbol}`, one, listPath, isFoundInList: true },
    parents: [
      { href: "/admin/assets", text: "Assets" },
      { href: `/admin/assets/${encodeURIComponent(symbol)}`, text: symbol },
    ],
    itemPath: (id) => `${listPath}/${id}`,
    idOf: (item: Item) => item[date],
    titleOf: (item: Item) => item[date],
    columns: [
      dateColumn,
      ...names.map((fact) => ({ title: labelOf(fact), show: (item: Item) => item[fact] ?? "", isNumber: true })),
      { title: "Source", show: ({ source }) => source },
    ],
    add: { title, schema: row, method: "PUT", asRow: () => ({}) },
    change: [{
      ...{ title: "Values", schema: facts, method: "PUT", isWhole: true, path: () => listPath },
      valueOf: (item: Item) => Object.fromEntries(names.map((fact) => [fact, item[fact]])),
      asRow: (id) => ({ [date]: id }),
    }],
    facts: (item: Item) => ({ "Asset": symbol, "Date": item[date], "Source": item.source }),
    auditTarget: () => listPath,
    ...(isBars ? { span: (api) => spanOf(api, symbol) } : { removal: removalOf(one) }),
  };
}

/** By hand, a row is what it was made to be: nothing else hangs on it. */
const removalOf = (one: string): NonNullable<Model["removal"]> => ({
  verb: "Delete",
  done: "was deleted",
  consequences: () => Promise.resolve([`Bars stay as they are; what was adjusted for ${one} no longer is.`]),
});

async function spanOf(api: Api, symbol: string) {
  const { body } = await api(`/assets/${encodeURIComponent(symbol)}`);
  const { from = null, to = null } = body?.history ?? {};
  return from === null || to === null ? undefined : { from, to };
}
