/**
 * Which provider a configuration asks for.
 *
 * @module
 */
import type { Config } from "../config.ts";
import { createCsvFolder, type CsvFolderOptions } from "./csv_folder.ts";
import { createPolygon } from "./polygon.ts";
import type { Provider } from "./provider.ts";

export interface Reach {
  readonly fetch: typeof fetch;
  readonly fileSystem: CsvFolderOptions["fileSystem"];
}

/** An account wins over files; `undefined` where there is neither. */
export function configuredProvider(config: Config, { fetch, fileSystem }: Reach): Provider | undefined {
  if (config.POLYGON_API_KEY !== undefined) {
    return createPolygon({
      baseUrl: config.POLYGON_BASE_URL,
      apiKey: config.POLYGON_API_KEY,
      callsPerMinute: config.POLYGON_CALLS_PER_MINUTE,
      historyYears: config.POLYGON_HISTORY_YEARS,
      fetch,
    });
  }
  if (config.BARS_DIR === undefined) return undefined;
  return createCsvFolder({ folder: config.BARS_DIR, fileSystem, timeZone: config.MARKET_TIME_ZONE });
}
