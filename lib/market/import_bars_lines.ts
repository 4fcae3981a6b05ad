/**
 * The lines of a text file, compressed or not, a chunk of the file at a time.
 *
 * @module
 */
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** Lines that stand one after another. */
export interface Lines {
  /** The number of the first, counted from 1. */
  readonly first: number;
  readonly lines: readonly string[];
}

/** The file is none of the kind that is read. */
export class UnreadableFile extends Error {
  override name = "UnreadableFile";
}

/** A file without line breaks is none of lines, however long it goes on. */
const MAX_LINE_LENGTH = 64 * 1024;
const DECODED_BYTES = 256 * 1024;

/** Without their line breaks. Throws {@link UnreadableFile}. */
export async function* linesOf(file: AsyncIterable<Uint8Array>): AsyncGenerator<Lines> {
  const decoder = new TextDecoder();
  let [first, rest] = [1, ""];
  for await (const bytes of decompressed(file)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE_LENGTH) {
      throw new UnreadableFile(
        `line ${first + lines.length} has more than ${MAX_LINE_LENGTH} characters: this is no CSV`,
      );
    }
    if (lines.length > 0) yield { first, lines: lines.map(withoutReturn) };
    first += lines.length;
  }
  rest += decoder.decode();
  if (rest !== "") yield { first, lines: [withoutReturn(rest)] };
}

const withoutReturn = (line: string): string => line.endsWith("\r") ? line.slice(0, -1) : line;

/** By its first bytes, so that a renamed file is read all the same. Files of several parts, as `bgzip` makes them, are read whole. */
async function* decompressed(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = file[Symbol.asyncIterator]();
  const start = await chunks.next();
  if (start.done) return;
  const whole = startingWith(start.value, chunks);
  if (start.value[0] !== 0x1f || start.value[1] !== 0x8b) return yield* whole;
  const gunzip = createGunzip({ chunkSize: DECODED_BYTES });
  // What goes wrong comes out where it is read.
  pipeline(Readable.from(whole), gunzip, () => {});
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnreadableFile(`the compressed file is damaged or cut off: ${reason}`, { cause: error });
  }
}

async function* startingWith<T>(first: T, rest: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
