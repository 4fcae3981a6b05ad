/**
 * The records of a CSV file, one for each line that is not empty. Bars have no line breaks within fields, so that a
 * line is a record whatever stands in it, and a quote that is never closed spoils no other line.
 *
 * @module
 */
import { parse } from "csv-parse/stream";

/** More than any line of a table; a file without line breaks is no table. */
const LONGEST_LINE_BYTES = 64 * 1024;

const [NEWLINE, RETURN, QUOTE, COMMA, APOSTROPHE] = [10, 13, 34, 44, 39];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Where a line stands between two bytes; `broken` for good, once its quotes make no sense. */
type Place = "field_start" | "plain" | "quoted" | "closed" | "broken";

/** Ends with an error where the compression is broken or a line does not end. */
export function recordsOf(file: ReadableStream<Uint8Array<ArrayBuffer>>, isGzip: boolean): ReadableStream<string[]> {
  const bytes = isGzip ? file.pipeThrough(new DecompressionStream("gzip")) : file;
  return bytes.pipeThrough(wholeLines()).pipeThrough(
    parse({ record_delimiter: ["\r\n", "\n", "\r"], relax_column_count: true, skip_empty_lines: true }),
  );
}

/** Lines that the parser can read one by one: never cut in two, without a byte order mark, with quotes in order. */
function wholeLines(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let rest = new Uint8Array();
  let isFirst = true;

  function withoutMark(lines: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const isMarked = isFirst && BYTE_ORDER_MARK.every((byte, i) => lines[i] === byte);
    isFirst = false;
    return isMarked ? lines.subarray(BYTE_ORDER_MARK.length) : lines;
  }

  return new TransformStream({
    transform(chunk, controller) {
      const bytes = rest.length === 0 ? chunk : concatenated(rest, chunk);
      const end = Math.max(bytes.lastIndexOf(NEWLINE), bytes.lastIndexOf(RETURN)) + 1;
      rest = bytes.slice(end);
      if (rest.length > LONGEST_LINE_BYTES) throw new Error(`a line is longer than ${LONGEST_LINE_BYTES} bytes`);
      if (end > 0) controller.enqueue(withMendedQuotes(withoutMark(bytes.subarray(0, end))));
    },
    flush(controller) {
      if (rest.length > 0) controller.enqueue(withMendedQuotes(withoutMark(rest)));
    },
  });
}

/** In lines whose quotes make no sense, each becomes an apostrophe: the field shows what it was, and reads as nothing. */
function withMendedQuotes(lines: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (!lines.includes(QUOTE)) return lines;
  const mended = lines.slice();
  let place: Place = "field_start";
  let start = 0;
  for (let i = 0; i <= mended.length; i++) {
    const byte = mended[i] ?? NEWLINE;
    if (byte !== NEWLINE && byte !== RETURN) {
      place = placeAfter(byte, place);
      continue;
    }
    if (place === "broken" || place === "quoted") blotQuotes(mended.subarray(start, i));
    place = "field_start";
    start = i + 1;
  }
  return mended;
}

function placeAfter(byte: number, place: Place): Place {
  switch (place) {
    case "field_start":
      return byte === QUOTE ? "quoted" : byte === COMMA ? "field_start" : "plain";
    case "plain":
      return byte === QUOTE ? "broken" : byte === COMMA ? "field_start" : "plain";
    case "quoted":
      return byte === QUOTE ? "closed" : "quoted";
    case "closed":
      return byte === QUOTE ? "quoted" : byte === COMMA ? "field_start" : "broken";
    case "broken":
      return "broken";
  }
}

function blotQuotes(line: Uint8Array): void {
  for (let i = line.indexOf(QUOTE); i >= 0; i = line.indexOf(QUOTE, i)) line[i] = APOSTROPHE;
}

function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
