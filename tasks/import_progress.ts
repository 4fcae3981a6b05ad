/**
 * How far an import has come: a bar that fills up on a terminal, a line now and then elsewhere.
 *
 * @module
 */
import type { ImportProgress } from "../lib/market/import_bars.ts";

export interface ProgressOptions {
  readonly fileBytes: number;
  readonly nowMs: () => number;
  readonly isTerminal?: boolean;
  readonly write?: (text: string) => void;
}

export interface ProgressShown {
  /** Counts how much of the file has been read. */
  counted(file: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  show(progress: ImportProgress): void;
  /** A line that stays. */
  say(line: string): void;
  /** Leaves the terminal as it was. */
  end(): void;
}

const BAR_WIDTH = 30;
const REDRAW_AFTER_MS = 100;
const NEXT_LINE_AFTER_MS = 5_000;
/** The first rows say little of how long the rest will take. */
const FORETOLD_FROM = 0.05;
const CLEAR_LINE = "\r\x1b[2K";

export function importProgress(options: ProgressOptions): ProgressShown {
  const { fileBytes, nowMs, isTerminal = Deno.stderr.isTerminal(), write = writeToStderr } = options;
  const startedAtMs = nowMs();
  let [shownAtMs, readBytes, isDrawn] = [startedAtMs, 0, false];

  async function* counted(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of file) {
      readBytes += chunk.length;
      yield chunk;
    }
  }

  function show(progress: ImportProgress): void {
    const now = nowMs();
    if (now - shownAtMs < (isTerminal ? REDRAW_AFTER_MS : NEXT_LINE_AFTER_MS)) return;
    shownAtMs = now;
    const fraction = fractionOf(progress, readBytes / fileBytes);
    const text = told(progress, fraction, (now - startedAtMs) / 1_000);
    write(isTerminal ? `${CLEAR_LINE}${drawn(fraction)} ${text}` : `${text}\n`);
    isDrawn = isTerminal;
  }

  function end(): void {
    if (isDrawn) write(CLEAR_LINE);
    isDrawn = false;
  }

  function say(line: string): void {
    end();
    write(`${line}\n`);
  }

  return { counted, show, say, end };
}

/** How many rows there are in all is known only once the file has been read; until then it is taken to go on as it began. */
const fractionOf = ({ rowsRead, rowsSettled }: ImportProgress, fractionRead: number): number =>
  rowsRead === 0 ? 0 : Math.min(1, rowsSettled / rowsRead * fractionRead);

const drawn = (fraction: number): string => {
  const full = Math.floor(fraction * BAR_WIDTH);
  return `[${"#".repeat(full)}${".".repeat(BAR_WIDTH - full)}]`;
};

function told({ rowsRead, rowsSettled }: ImportProgress, fraction: number, seconds: number): string {
  const percent = `${Math.floor(fraction * 100)} %`;
  const counts = `${count(rowsSettled)} rows stored, ${count(rowsRead)} read`;
  if (fraction < FORETOLD_FROM) return `${percent}  ${counts}`;
  return `${percent}  ${counts}, about ${Math.ceil(seconds / fraction - seconds)} s left`;
}

const count = (n: number): string => n.toLocaleString("en-US");

const encoder = new TextEncoder();
const writeToStderr = (text: string): void => void Deno.stderr.writeSync(encoder.encode(text));
