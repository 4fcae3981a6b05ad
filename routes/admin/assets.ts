import { ASSET_KINDS, ASSET_STATUSES, SECTORS } from "../../lib/store/assets.ts";
import { AssetPatchSchema, AssetRenameSchema, NewAssetSchema } from "../asset_schemas.ts";
import { ASSET_LISTS } from "./asset_history.ts";
import { labelOf } from "./field_view.tsx";
import { DayOf } from "./instant.tsx";
import type { Item, Model } from "./model.ts";
import { several } from "./several.ts";

const pathOf = (symbol: string): string => `/assets/${encodeURIComponent(symbol)}`;

const setStatus = (status: typeof ASSET_STATUSES[number], title: string) => ({
  name: status,
  title,
  run: (api, id) => api(pathOf(id), { method: "PATCH", body: { status } }),
} satisfies NonNullable<Model["actions"]>[number]);

const formerly = ({ symbol, until }: Item): string => `${symbol} before ${until}`;

export const assetModel: Model = {
  name: "assets",
  title: "Assets",
  one: "an asset",
  listPath: "/assets",
  itemPath: pathOf,
  idOf: ({ symbol }: Item) => symbol,
  titleOf: ({ symbol }: Item) => symbol,
  columns: [
    { title: "Symbol", show: ({ symbol }) => symbol },
    { title: "Name", show: ({ name }) => name },
    { title: "Kind", show: ({ kind }) => labelOf(kind) },
    {
      title: "Sector",
      show: ({ sector, sector_weights }) =>
        sector === null ? several(Object.keys(sector_weights ?? {}).length, "sector") : labelOf(sector),
    },
    { title: "Status", show: ({ status }) => labelOf(status) },
    { title: "Price", show: ({ latest }) => latest?.price ?? "", isNumber: true },
    { title: "of", show: ({ latest }) => latest === null ? "none" : DayOf({ at: latest.date }) },
  ],
  search: { parameter: "q", title: "Symbol or name" },
  orderedBy: () => "Symbol",
  filters: [
    { parameter: "sector", title: "Sector", options: SECTORS },
    { parameter: "kind", title: "Kind", options: ASSET_KINDS },
    { parameter: "status", title: "Status", options: ASSET_STATUSES },
  ],
  add: { title: "New asset", schema: NewAssetSchema },
  change: [{
    title: "Facts",
    schema: AssetPatchSchema,
    method: "PATCH",
    isWhole: false,
    path: pathOf,
    valueOf: ({ name, kind, currency, status, listed_on, sector, sector_weights }: Item) => ({
      ...{ name, kind, currency, status, listed_on: listed_on ?? null, sector, sector_weights },
    }),
  }, {
    title: "Another symbol",
    schema: AssetRenameSchema,
    method: "POST",
    isWhole: true,
    path: (symbol) => `${pathOf(symbol)}/rename`,
    valueOf: ({ symbol }: Item) => ({ symbol }),
    idAfter: ({ symbol }: Item) => symbol,
  }],
  facts: ({ symbol, former_symbols = [], sector_source, latest, history }: Item) => ({
    "Symbol": symbol,
    ...(former_symbols.length > 0 && { "Formerly": former_symbols.map(formerly).join(", ") }),
    "Sector from": sector_source,
    "Newest price": latest === null ? "none" : `${latest.price} of ${latest.date}`,
    "History": history.from === null ? "none" : `${history.from} to ${history.to}`,
  }),
  actions: [setStatus("inactive", "Make inactive"), setStatus("active", "Make active")],
  related: ({ symbol }: Item) =>
    ASSET_LISTS.map((list) => ({
      href: `/admin/assets/${encodeURIComponent(symbol)}/${list}`,
      text: labelOf(list.replaceAll("-", "_")),
    })),
  auditTarget: pathOf,
  csvPath: (symbol) => `${pathOf(symbol)}/historic-values`,
  removal: {
    verb: "Delete",
    done: "was deleted",
    consequences: async (api, { symbol }: Item) => {
      const lists = await Promise.all(ASSET_LISTS.map(async (list) => (await api(`${pathOf(symbol)}/${list}`)).body));
      const [bars, splits, dividends] = lists.map((body) => body.items.length);
      return [
        `Its price history goes with it: ${several(bars, "bar")}, ${several(splits, "split")}, ${
          several(dividends, "dividend")
        }.`,
        "It is refused while a portfolio holds it.",
      ];
    },
  },
};
