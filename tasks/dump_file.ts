/**
 * Dumps in files: plain, or gzip where the name says so.
 *
 * @module
 */

const TEXT = /\.ndjson(\.gz)?$/;
const FLUSH_CHARS = 256 * 1024;

/** Whether a file of this name is a dump rather than a copy of the embedded file. */
export const isText = (file: string): boolean => TEXT.test(file);

/** Writes lines to a file that only its owner may read, in the form that `name` asks for; it is on the disk when this ends. */
export async function writeText<T>(
  path: string,
  name: string,
  writeLines: (write: (line: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  const file = await Deno.open(path, { create: true, write: true, truncate: true, mode: 0o600 });
  const text = new TextEncoderStream();
  const bytes = name.endsWith(".gz") ? text.readable.pipeThrough(new CompressionStream("gzip")) : text.readable;
  const written = bytes.pipeTo(file.writable);
  written.catch(() => {});
  const writer = text.writable.getWriter();
  let held = "";
  try {
    const result = await writeLines(async (line) => {
      held += line;
      if (held.length < FLUSH_CHARS) return;
      await writer.write(held);
      held = "";
    });
    await writer.write(held);
    await writer.close();
    await written;
    await toDisk(path);
    return result;
  } catch (error) {
    await writer.abort(error).catch(() => {});
    throw error;
  }
}

/** Whoever is told that a file is there finds it after a power cut too. */
export async function toDisk(path: string): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  await file.sync();
}

/** The lines of a dump, without their line feeds. */
export async function* linesOf(path: string): AsyncGenerator<string> {
  const file = await Deno.open(path);
  const bytes = path.endsWith(".gz") ? file.readable.pipeThrough(new DecompressionStream("gzip")) : file.readable;
  let rest = "";
  for await (const chunk of bytes.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
