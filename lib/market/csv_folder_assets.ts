/**
 * The assets that a file describes.
 *
 * @module
 */
import { fieldAt, headerOf } from "./csv_folder_header.ts";
import { currencyCode } from "./currency_code.ts";
import type { ProviderAsset } from "./provider.ts";
import { kindOfSymbol } from "./symbol.ts";

const REQUIRED = ["symbol", "name"] as const;
const OPTIONAL = ["sector", "kind", "currency"] as const;

const KINDS: readonly ProviderAsset["kind"][] = ["stock", "fund", "crypto", "currency", "index", "other"];

/** By symbol; of several rows for one, the last counts. Rows without a symbol are left out. Throws as `readBars`. */
export async function readAssets(
  records: AsyncIterable<readonly string[]>,
  onRow: () => void,
): Promise<Map<string, ProviderAsset>> {
  const assets = new Map<string, ProviderAsset>();
  let header: ReturnType<typeof readHeader> | undefined;
  for await (const record of records) {
    if (header === undefined) {
      header = readHeader(record);
      continue;
    }
    const symbol = fieldAt(record, header.symbol);
    onRow();
    if (symbol === "") continue;
    const sector = fieldAt(record, header.sector);
    const kindText = fieldAt(record, header.kind).toLowerCase();
    assets.set(symbol, {
      ...bareAsset(symbol),
      name: fieldAt(record, header.name) || symbol,
      kind: KINDS.find((kind) => kind === kindText) ?? kindOfSymbol(symbol) ?? (sector === "" ? "other" : "stock"),
      currency: currencyCode(fieldAt(record, header.currency)),
      sector: sector || null,
    });
  }
  if (header === undefined) readHeader([]);
  return assets;
}

/** What a symbol alone says. */
export const bareAsset = (symbol: string): ProviderAsset => ({
  symbol,
  name: symbol,
  kind: kindOfSymbol(symbol) ?? "other",
  currency: null,
  isActive: true,
  sicCode: null,
  sector: null,
  figi: null,
  listedOn: null,
  delistedOn: null,
});

const readHeader = (record: readonly string[]) => headerOf(record, REQUIRED, OPTIONAL);
