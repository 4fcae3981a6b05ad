/**
 * The files of a folder, each read when it is first asked for and again when it has changed.
 *
 * @module
 */
import { cancelled, describe, orAborted } from "./call.ts";
import { readAssets } from "./csv_folder_assets.ts";
import { type BarTable, readBars } from "./csv_folder_bars.ts";
import { recordsOf } from "./csv_folder_records.ts";
import { byRising } from "./order.ts";
import type { Failure, ProviderAsset } from "./provider.ts";

/** The part of `Deno` that a folder is read by. */
export interface FileSystem {
  readDir(path: string): AsyncIterable<{ readonly name: string; readonly isDirectory: boolean }>;
  stat(path: string): Promise<{ readonly mtime: Date | null; readonly size: number }>;
  open(path: string): Promise<{ readonly readable: ReadableStream<Uint8Array<ArrayBuffer>> }>;
}

export interface FolderOptions {
  readonly folder: string;
  readonly fileSystem: FileSystem;
  /** Of all files together: some 60 bytes of memory each. */
  readonly rowLimit: number;
}

/** What the files hold, those of bars by rising name. */
export interface FolderContent {
  readonly type: "read";
  readonly tables: readonly BarTable[];
  readonly assets: ReadonlyMap<string, ProviderAsset>;
}

interface Content {
  readonly bars?: BarTable;
  readonly assets?: ReadonlyMap<string, ProviderAsset>;
}

const NOTHING: Content = {};

interface RememberedFile {
  /** As the file was when its reading began: what is written meanwhile makes it another one. */
  readonly version: string;
  readonly content: Content;
}

/** Names that start with a dot are those of files in the making. */
const TABLE = /^[^.].*\.csv(?:\.gz)?$/;
const ASSETS = /^assets\.csv(?:\.gz)?$/;

/** A function that gives what the files hold now. */
export function rememberingFolder(options: FolderOptions): (signal: AbortSignal) => Promise<FolderContent | Failure> {
  const files = new Map<string, RememberedFile>();
  let turn: Promise<unknown> = Promise.resolve();

  /** One after the other, so that no file is read twice at a time. */
  return async (signal) => {
    const before = turn;
    const mine = orAborted(before, signal).then(() =>
      signal.aborted ? cancelled(signal) : refresh(options, files, signal)
    );
    turn = Promise.allSettled([before, mine]);
    return await mine;
  };
}

async function refresh(
  { folder, fileSystem, rowLimit }: FolderOptions,
  files: Map<string, RememberedFile>,
  signal: AbortSignal,
): Promise<FolderContent | Failure> {
  const versions = await versionsIn(folder, fileSystem).catch(unreadable);
  if ("type" in versions) return versions;
  for (const [name, { version }] of files) if (versions.get(name) !== version) files.delete(name);
  for (const [name, version] of versions) {
    if (files.has(name)) continue;
    const file = await fileSystem.open(`${folder}/${name}`).catch(unreadable);
    if ("type" in file) return file;
    const content = await contentOf(name, file.readable, counting(rowLimit, rowsIn(files.values()), signal), signal);
    if ("type" in content) return content;
    files.set(name, { version, content });
  }
  const contents = [...versions.keys()].map((name) => files.get(name)?.content ?? NOTHING);
  return {
    type: "read",
    tables: contents.flatMap(({ bars }) => bars ?? []),
    assets: contents.find(({ assets }) => assets !== undefined)?.assets ?? new Map(),
  };
}

/** By rising name; each version is told by time and size. */
async function versionsIn(folder: string, fileSystem: FileSystem): Promise<ReadonlyMap<string, string>> {
  const versions: [name: string, version: string][] = [];
  for await (const { name, isDirectory } of fileSystem.readDir(folder)) {
    if (isDirectory || !TABLE.test(name)) continue;
    const { mtime, size } = await fileSystem.stat(`${folder}/${name}`);
    versions.push([name, `${mtime?.getTime()} ${size}`]);
  }
  return new Map(versions.sort(byRising(([name]) => name)));
}

async function contentOf(
  name: string,
  file: ReadableStream<Uint8Array<ArrayBuffer>>,
  onRow: () => void,
  signal: AbortSignal,
): Promise<Content | Failure> {
  try {
    const records = recordsOf(file, name.endsWith(".gz"));
    if (ASSETS.test(name)) return { assets: await readAssets(records, onRow) };
    return { bars: await readBars(records, onRow) };
  } catch (error) {
    return signal.aborted ? cancelled(signal) : { type: "malformed", reason: `${name}: ${describe(error)}` };
  }
}

/** A function that is told of each row, and throws when there are too many or nobody waits for them any more. */
function counting(rowLimit: number, rowsBefore: number, signal: AbortSignal): () => void {
  let rows = rowsBefore;
  return () => {
    signal.throwIfAborted();
    if (++rows > rowLimit) throw new Error(`with this file the folder holds more than ${rowLimit} rows`);
  };
}

function rowsIn(files: Iterable<RememberedFile>): number {
  let rows = 0;
  for (const { content } of files) rows += content.bars?.rows ?? content.assets?.size ?? 0;
  return rows;
}

/** A file may be in the making, or a disk not there yet. */
const unreadable = (error: unknown): Failure => ({
  type: "passing_fault",
  reason: `the folder of bars cannot be read: ${describe(error)}`,
});
