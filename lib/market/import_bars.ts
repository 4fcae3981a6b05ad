/**
 * A file of bars into the store: read as a stream, in any order and of any length, and stored a block of a shard at a time.
 * Every write is an upsert, so that an import that was cut off is simply started again.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { newestDay } from "../day.ts";
import { writeBars } from "../history/write.ts";
import { type HeldActions, heldActions } from "./import_bars_actions.ts";
import { type AssetFinder, assetFinder } from "./import_bars_assets.ts";
import { type Batch, packedBatch } from "./import_bars_batch.ts";
import { linesOf, UnreadableFile } from "./import_bars_lines.ts";
import { type Row, type RowFault, type RowReader, rowReader } from "./import_bars_row.ts";

export interface BadRow {
  /** Counted from 1, the header included. */
  readonly line: number;
  readonly fault: string;
}

export interface ImportProgress {
  readonly rowsRead: number;
  /** Of those, the ones that are stored or will never be. */
  readonly rowsSettled: number;
}

export interface ImportOptions {
  /** What the bars say of where they came from. */
  readonly source: string;
  /** Makes the assets that are not known. */
  readonly createAssets: boolean;
  readonly onBadRow: (row: BadRow) => void;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Ends the import between two atomic operations. */
  readonly signal?: AbortSignal;
  /** How many rows are held in memory before they are written. */
  readonly rowsPerBatch?: number;
}

export interface ImportResult {
  /** The header left out. */
  readonly rowsRead: number;
  readonly written: number;
  readonly unchanged: number;
  readonly badRows: number;
  /** Splits and dividends that are new, or differ from what was stored. */
  readonly actionsWritten: number;
  readonly assetsCreated: number;
  /** Rows of assets that are not known, by symbol. */
  readonly unknown: ReadonlyMap<string, number>;
  /** Rows of days on which their symbol was not its asset's yet, by symbol and the day from which it is. */
  readonly others: ReadonlyMap<string, number>;
  /** Columns that nothing was done with. */
  readonly unreadColumns: readonly string[];
}

/** They take 35 MB. */
const ROWS_PER_BATCH = 500_000;

/** What an import holds, and what it has done so far. */
interface Import {
  readonly ctx: Context;
  readonly options: ImportOptions;
  readonly assets: AssetFinder;
  readonly batch: Batch;
  readonly actions: HeldActions;
  rowsRead: number;
  badRows: number;
  written: number;
  unchanged: number;
  actionsWritten: number;
}

/** Throws {@link UnreadableFile}; what stood before the place that cannot be read is stored all the same. */
export async function importBars(
  ctx: Context,
  file: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<ImportResult> {
  const state: Import = {
    ...{ ctx, options, assets: await assetFinder(ctx, options), batch: packedBatch(options.source) },
    actions: heldActions(),
    ...{ rowsRead: 0, badRows: 0, written: 0, unchanged: 0, actionsWritten: 0 },
  };
  const unreadColumns = await readRows(state, file).catch(async (error) => {
    if (error instanceof UnreadableFile) await storeBatch(state);
    throw error;
  });
  await storeBatch(state);
  const { rowsRead, written, unchanged, badRows, actionsWritten, assets } = state;
  const created = { assetsCreated: assets.created(), unknown: assets.unknown, others: assets.others };
  return { rowsRead, written, unchanged, badRows, actionsWritten, ...created, unreadColumns };
}

/** Answers the columns that nothing is done with. */
async function readRows(state: Import, file: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const { ctx, options: { source, signal } } = state;
  let reader: RowReader | undefined;
  for await (const { first, lines } of linesOf(file)) {
    signal?.throwIfAborted();
    for (const [i, line] of lines.entries()) {
      if (line.trim() === "") continue;
      if (reader !== undefined) await takeRow(state, reader.read(line), first + i);
      else reader = rowReader(line, { source, newestDay: newestDay(ctx.now(), ctx.marketTimeZone) });
    }
    tell(state, state.batch.size());
  }
  if (reader === undefined) throw new UnreadableFile("it is empty");
  return reader.unread;
}

async function takeRow(state: Import, row: Row | RowFault, line: number): Promise<void> {
  const { assets, batch, actions, options: { onBadRow, rowsPerBatch = ROWS_PER_BATCH } } = state;
  state.rowsRead += 1;
  const found = "fault" in row ? row : assets.find(row.symbol, row.bar.date) ?? await assets.missing(row.symbol);
  if (typeof found === "object") {
    state.badRows += 1;
    onBadRow({ line, fault: found.fault });
  } else if (found !== undefined && !("fault" in row)) {
    batch.add(found, row.bar);
    actions.add(found, row);
    if (batch.size() === rowsPerBatch) await storeBatch(state);
  }
}

async function storeBatch(state: Import): Promise<void> {
  const { ctx, batch, actions, options: { signal } } = state;
  let pending = batch.size();
  for (const bars of batch.groups()) {
    const { written, unchanged } = await writeBars(ctx, bars, { ...(signal !== undefined && { signal }) });
    state.written += written;
    state.unchanged += unchanged;
    tell(state, pending -= bars.length);
  }
  batch.clear();
  state.actionsWritten += await actions.store(ctx, signal);
}

const tell = ({ options, rowsRead }: Import, pending: number): void =>
  options.onProgress?.({ rowsRead, rowsSettled: rowsRead - pending });
