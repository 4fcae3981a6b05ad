/**
 * `deno task provider-stand-in --bars FILE.csv.gz`: the provider's stand-in over a file of bars, to try the service
 * by hand without an account.
 */

import { parseArgs } from "node:util";
import { newYorkMs } from "../tests/support/provider_stand_in_clock.ts";
import type { StandInAsset } from "../tests/support/provider_stand_in_assets.ts";
import { type CsvBars, readAssetsCsv, readBarsCsv } from "../tests/support/provider_stand_in_csv.ts";
import { type RecordedCall, startProviderStandIn } from "../tests/support/provider_stand_in.ts";
import type { Switches } from "../tests/support/provider_stand_in_route.ts";

const USAGE = `Usage: deno task provider-stand-in --bars FILE [options]

  --bars FILE               CSV, plain or gzip: symbol,date,open,high,low,close,volume,dividend,split
  --assets FILE             CSV, plain or gzip: symbol,name,sector (every symbol that has bars, without a name)
  --port N                  where to listen (8100)
  --key KEY                 the key it accepts (stand-in-key)
  --now INSTANT             where its clock starts, such as 2024-03-08T08:00:00Z
                            (now, or the morning after the file's last day if that is later)
  --calls-per-minute N      the plan's pace, 0 = none (5)
  --window fixed|sliding    how that minute is counted (sliding)
  --retry-after none|seconds|date   what a refusal for pace says (none)
  --history-years N         how far back the plan goes, 0 = all (0)
  --history-edge refused|clipped    what is said of older days (refused)
  --delayed                 answer DELAYED instead of OK
  --help`;

export interface StandInArguments {
  readonly bars: string;
  readonly assets: string | undefined;
  readonly port: number;
  readonly key: string;
  readonly now: Date | undefined;
  readonly switches: Partial<Switches>;
}

/** `"help"` when that was asked for. Throws an error that quotes the bad value. */
export function readArguments(args: readonly string[]): StandInArguments | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      "bars": { type: "string" },
      "assets": { type: "string" },
      "port": { type: "string", default: "8100" },
      "key": { type: "string", default: "stand-in-key" },
      "now": { type: "string" },
      "calls-per-minute": { type: "string", default: "5" },
      "window": { type: "string", default: "sliding" },
      "retry-after": { type: "string", default: "none" },
      "history-years": { type: "string", default: "0" },
      "history-edge": { type: "string", default: "refused" },
      "delayed": { type: "boolean", default: false },
      "help": { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  if (!values.bars) throw new Error("--bars is missing: which file holds the bars?");
  if (values.key === "") throw new Error("--key is empty, expected a key");
  return {
    bars: values.bars,
    assets: values.assets,
    port: wholeNumber("--port", values.port, 65_535),
    key: values.key,
    now: values.now === undefined ? undefined : instant("--now", values.now),
    switches: {
      callsPerMinute: wholeNumber("--calls-per-minute", values["calls-per-minute"], 1_000_000),
      pacingWindow: oneOf("--window", values.window, ["fixed", "sliding"]),
      retryAfter: oneOf("--retry-after", values["retry-after"], ["none", "seconds", "date"]),
      historyYears: wholeNumber("--history-years", values["history-years"], 100),
      historyEdge: oneOf("--history-edge", values["history-edge"], ["refused", "clipped"]),
      status: values.delayed ? "DELAYED" : "OK",
    },
  };
}

/** A clock that starts late enough for every day of the file to be over, and runs on from there. */
export function clockFor(csv: Pick<CsvBars, "lastDate">, start: Date | undefined, now: () => Date): () => Date {
  const startedMs = now().getTime();
  const dayAfter = Temporal.PlainDate.from(csv.lastDate).add({ days: 1 }).toString();
  const startMs = start?.getTime() ?? Math.max(startedMs, newYorkMs(dayAfter, "03:00"));
  return () => new Date(startMs + now().getTime() - startedMs);
}

function wholeNumber(name: string, text: string, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= max) return value;
  throw new Error(`${name} is "${text}", expected a whole number from 0 to ${max}`);
}

function oneOf<const T extends string>(name: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found !== undefined) return found;
  throw new Error(`${name} is "${text}", expected ${allowed.join(" or ")}`);
}

function instant(name: string, text: string): Date {
  try {
    return new Date(Temporal.Instant.from(text).epochMilliseconds);
  } catch {
    throw new Error(`${name} is "${text}", expected an instant such as 2024-03-08T08:00:00Z`);
  }
}

async function main(): Promise<void> {
  const args = readArguments(Deno.args);
  if (args === "help") return console.log(USAGE);
  const csv = await readBarsCsv(args.bars);
  const now = clockFor(csv, args.now, () => new Date());
  const { bars, splits, dividends } = csv;
  const assets = args.assets === undefined ? namedBySymbol(csv) : await readAssetsCsv(args.assets);
  const { key: apiKey, port, switches } = args;
  const standIn = startProviderStandIn({ now, bars, splits, dividends, assets, switches, apiKey, port, onCall });
  console.log(`The provider's stand-in listens on ${standIn.url}
  ${csv.rows} bars of ${csv.symbols.length} symbols, ${csv.firstDate} to ${csv.lastDate}
  ${splits.length} splits, ${dividends.length} dividends, ${assets.length} assets; its clock says ${now().toISOString()}
Point Foliolens at it with
  POLYGON_BASE_URL=${standIn.url}
  POLYGON_API_KEY=${standIn.apiKey}`);
  await signalled();
  await standIn.stop();
}

const namedBySymbol = ({ symbols }: Pick<CsvBars, "symbols">): StandInAsset[] =>
  symbols.map((symbol) => ({ symbol, name: symbol }));

/** The path only: the query may hold a key. */
function onCall({ at, method, path, status }: RecordedCall): void {
  console.log(`${at.toISOString()} ${method} ${path} ${status}`);
}

function signalled(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, resolve);
  return promise;
}

if (import.meta.main) {
  try {
    await main();
    Deno.exit(0);
  } catch (error) {
    const taken = error instanceof Deno.errors.AddrInUse ? "another process listens on that port: " : "";
    console.error(`${taken}${error instanceof Error ? error.message : error}\n(--help lists the options)`);
    Deno.exit(1);
  }
}
