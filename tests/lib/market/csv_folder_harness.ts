/** What the tests of the CSV adapter share: a folder in memory, whose clock moves with each write. */

import { createCsvFolder, type CsvFolderOptions } from "../../../lib/market/csv_folder.ts";
import type { FileSystem } from "../../../lib/market/csv_folder_files.ts";
import type { Provider } from "../../../lib/market/provider.ts";

export const HEADER = "symbol,date,open,high,low,close,volume,dividend,split";

export interface TestFolder {
  readonly provider: Provider;
  readonly fileSystem: FileSystem;
  /** Names of the files that were opened, in that order. */
  readonly opened: string[];
  write(name: string, content: string | Uint8Array<ArrayBuffer>): void;
  remove(name: string): void;
}

type Content = Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>;

/** `chunkBytes`: in what pieces the files are read. */
export function folderOf(
  content: Content,
  { chunkBytes = 65_536, ...options }: Partial<CsvFolderOptions> & { chunkBytes?: number } = {},
): TestFolder {
  const files = new Map<string, { bytes: Uint8Array<ArrayBuffer>; mtime: Date }>();
  const opened: string[] = [];
  let writes = 0;

  function write(name: string, content: string | Uint8Array<ArrayBuffer>): void {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    files.set(name, { bytes, mtime: new Date(++writes * 1000) });
  }

  function fileAt(path: string) {
    const file = files.get(path.replace("bars/", ""));
    if (file === undefined) throw new Error(`no such file: ${path}`);
    return file;
  }

  const fileSystem: FileSystem = {
    async *readDir() {
      yield* await Promise.resolve([...files.keys()].map((name) => ({ name, isDirectory: false })));
    },
    stat: async (path) => await Promise.resolve({ mtime: fileAt(path).mtime, size: fileAt(path).bytes.length }),
    open: async (path) => {
      opened.push(path.replace("bars/", ""));
      return await Promise.resolve({ readable: inChunks(fileAt(path).bytes, chunkBytes) });
    },
  };
  for (const [name, text] of Object.entries(content)) write(name, text);
  const provider = createCsvFolder({ folder: "bars", fileSystem, timeZone: "America/New_York", ...options });
  return { provider, fileSystem, opened, write, remove: (name) => void files.delete(name) };
}

function inChunks(bytes: Uint8Array<ArrayBuffer>, chunkBytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at += chunkBytes));
    },
  });
}

/** A file of these rows. */
export const csv = (...rows: string[]): string => [HEADER, ...rows, ""].join("\n");
