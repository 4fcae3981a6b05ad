/**
 * `deno task import-bars FILE.csv[.gz]`: bars out of a file into the store of KV_URL. Exit status 0 where every row of a known
 * asset was stored, 1 where rows were not in order or the import could not go on, 2 where it was called wrongly.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { readConfig } from "../lib/config.ts";
import { reasonOf } from "../lib/problem.ts";
import { contextOn } from "../lib/context.ts";
import { type BadRow, importBars, type ImportResult } from "../lib/market/import_bars.ts";
import { BAR_FILE_COLUMNS } from "../lib/market/import_bars_row.ts";
import { isKvServer, lockKvFile, openConfiguredKv } from "../lib/store/kv_file.ts";
import { openStore } from "../lib/store/store.ts";
import { importProgress } from "./import_progress.ts";

const USAGE = `Usage: deno task import-bars FILE [options]

  FILE              CSV, plain or gzip, with a header line; columns in any order, symbol, date and close required:
                    ${BAR_FILE_COLUMNS.join(",")}
                    Prices are taken as they were traded. dividend is cash a share, split the new shares for an old one.
  --create-assets   make the assets that are not known: stocks in USD, unclassified
  --source NAME     what the bars say of where they came from (import)
  --help

The server has to be stopped, unless KV_URL is a KV server. Rows may come in any order; the last one of a day counts.
What was cut off is started again: what is there already stays as it is.`;

export interface ImportArguments {
  readonly file: string;
  readonly createAssets: boolean;
  readonly source: string;
}

/** It was called wrongly; the message says how. */
export class UsageError extends Error {
  override name = "UsageError";
}

const MAX_NAMED_ROWS = 1_000;
const MAX_NAMED_SYMBOLS = 20;
const READ_BYTES = 256 * 1024;

/** `"help"` when that was asked for. Throws {@link UsageError}. */
export function readArguments(args: readonly string[]): ImportArguments | "help" {
  const { values, positionals } = parsed(args);
  if (values.help) return "help";
  const [file, ...more] = positionals;
  if (file === undefined) throw new UsageError("FILE is missing: which file holds the bars?");
  if (more.length > 0) throw new UsageError(`one FILE at a time; ${JSON.stringify(more[0])} is a second one`);
  if (!/^[a-z0-9_-]{1,40}$/.test(values.source)) {
    throw new UsageError(`--source is ${JSON.stringify(values.source)}, expected 1 to 40 of a-z, 0-9, _ and -`);
  }
  return { file, createAssets: values["create-assets"], source: values.source };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        "create-assets": { type: "boolean", default: false },
        "source": { type: "string", default: "import" },
        "help": { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** What an import came to, in lines. */
export function summary(result: ImportResult, seconds: number): string[] {
  const { rowsRead, written, unchanged, badRows, actionsWritten, assetsCreated, unknown, others, unreadColumns } =
    result;
  const total = (rows: ReadonlyMap<string, number>) => [...rows.values()].reduce((sum, more) => sum + more, 0);
  const [left, notTheirs] = [total(unknown), total(others)];
  const told: [number, string][] = [
    [actionsWritten, `${many(actionsWritten, "split or dividend", "splits and dividends")} written`],
    [assetsCreated, `${many(assetsCreated, "asset")} made, as unclassified: sectors are for you to give`],
    [unreadColumns.length, `Columns that were not read: ${unreadColumns.join(", ")}`],
    [left, `${many(left, "row")} of unknown assets left out (--create-assets makes them): ${namesOf(unknown)}`],
    [notTheirs, `${many(notTheirs, "row")} left out, whose symbol was another's then, or nobody's: ${namesOf(others)}`],
    [badRows, `${many(badRows, "row")} not in order, and left out`],
  ];
  const counts = `${many(written, "bar")} written, ${unchanged.toLocaleString("en-US")} unchanged`;
  return [
    `${many(rowsRead, "row")} in ${seconds.toFixed(1)} s: ${counts}`,
    ...told.filter(([count]) => count > 0).map(([, line]) => line),
  ];
}

const many = (count: number, one: string, more = `${one}s`): string =>
  `${count.toLocaleString("en-US")} ${count === 1 ? one : more}`;

function namesOf(unknown: ReadonlyMap<string, number>): string {
  const symbols = [...unknown.keys()].sort();
  const rest = symbols.length - MAX_NAMED_SYMBOLS;
  return symbols.slice(0, MAX_NAMED_SYMBOLS).join(", ") + (rest > 0 ? ` and ${rest.toLocaleString("en-US")} more` : "");
}

/** Answers how many rows were not in order. */
async function runImport({ file, createAssets, source }: ImportArguments): Promise<number> {
  const config = readConfig((name) => Deno.env.get(name));
  const isShared = isKvServer(config.KV_URL);
  using opened = await Deno.open(file);
  using _lock = isShared ? undefined : await lockKvFile(config.KV_URL);
  const store = await openStore(await openConfiguredKv(Deno, config), { shared: isShared });
  const stopping = new AbortController();
  const stop = () => stopping.abort(new Error("it was stopped; start it again to go on"));
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
  const startedAtMs = performance.now();
  const progress = importProgress({ fileBytes: (await opened.stat()).size, nowMs: () => performance.now() });
  let named = 0;
  try {
    const ctx = contextOn(store, () => new Date(), config.MARKET_TIME_ZONE);
    const result = await importBars(ctx, progress.counted(chunksOf(opened)), {
      createAssets,
      source,
      signal: stopping.signal,
      onProgress: progress.show,
      onBadRow: (row) => ++named <= MAX_NAMED_ROWS && progress.say(bad(row)),
    });
    progress.end();
    for (const line of summary(result, (performance.now() - startedAtMs) / 1_000)) console.log(line);
    return result.badRows;
  } finally {
    progress.end();
    store.close();
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, stop);
  }
}

const bad = ({ line, fault }: BadRow): string => `line ${line}: ${fault}`;

async function* chunksOf(file: Deno.FsFile): AsyncGenerator<Uint8Array> {
  for (;;) {
    const bytes = new Uint8Array(READ_BYTES);
    const length = await file.read(bytes);
    if (length === null) return;
    yield bytes.subarray(0, length);
  }
}

async function main(): Promise<number> {
  let args: ImportArguments | "help";
  try {
    args = readArguments(Deno.args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n(--help says more)`);
    return 2;
  }
  if (args === "help") {
    console.log(USAGE);
    return 0;
  }
  try {
    return await runImport(args) === 0 ? 0 : 1;
  } catch (error) {
    console.error(`${args.file} was not imported to its end: ${reasonOf(error)}`);
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main());
