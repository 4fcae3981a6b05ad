import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { clockFor, readArguments } from "../../tasks/provider_stand_in.ts";
import { parseBarsCsv } from "./provider_stand_in_csv.ts";

const FRIDAY = "2024-03-08";
const HEADER = "symbol,date,open,high,low,close,volume,dividend,split";

function csv(...rows: string[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode([...rows, ""].join("\n"));
}

Deno.test("a file of bars, plain or compressed: its rows, splits and days", async () => {
  const plain = csv(
    HEADER,
    "AAPL,2020-08-31,127.58,131.0,126.0,129.04,223505733,0.0,4.0",
    "AAPL,2020-08-28,504.05,505.77,498.31,499.23,46907429.5,0.82,1.0",
    "X:BTCUSD,2020-08-30,1,2,0.5,1.5,10,,",
  );
  for (const bytes of [plain, new Uint8Array(gzipSync(plain))]) {
    const { bars, splits, dividends, ...counts } = await parseBarsCsv(bytes, "bars.csv");
    assert.deepEqual(counts, {
      rows: 3,
      symbols: ["AAPL", "X:BTCUSD"],
      firstDate: "2020-08-28",
      lastDate: "2020-08-31",
    });
    assert.deepEqual(splits, [{ symbol: "AAPL", date: "2020-08-31", ratio: 4 }]);
    assert.deepEqual(dividends, [{ symbol: "AAPL", date: "2020-08-28", cash: 0.82 }]);
    assert.deepEqual(bars("stocks", "2020-08-28").map(({ symbol, close, volume }) => [symbol, close, volume]), [
      ["AAPL", 499.23, 46907429.5],
    ]);
    assert.equal(bars("crypto", "2020-08-30").length, 1);
    assert.deepEqual(bars("stocks", "2020-08-30"), []);
  }
});

Deno.test("a bad file is refused with the row and the value", async () => {
  const cases: [Uint8Array<ArrayBuffer>, RegExp][] = [
    [csv("symbol,date,close"), /^Error: f: the header lacks open, high, low, volume; it is "symbol,date,close"/],
    [csv(HEADER), /no rows/],
    [csv(""), /the header lacks symbol/],
    [new Uint8Array(), /no rows/],
    [csv(HEADER, "A,2024-01-02,1,2,x,1,1,0,1"), /^Error: f: row 2: low is "x", expected a number/],
    [csv(HEADER, "A,2024-01-02,1,2,,1,1,0,1"), /low is "", expected a number/],
    [csv(HEADER, "A,2024-13-02,1,2,1,1,1,0,1"), /the date is "2024-13-02", expected YYYY-MM-DD/],
    [csv(HEADER, ",2024-01-02,1,2,1,1,1,0,1"), /the symbol is empty/],
    [csv(HEADER, "A,2024-01-02,1,2"), /f: Invalid Record Length/],
    [new Uint8Array([0x1f, 0x8b, 1, 2, 3]), /^Error: f: /],
  ];
  for (const [bytes, expected] of cases) await assert.rejects(parseBarsCsv(bytes, "f"), expected);
});

Deno.test("arguments: the defaults let every day of the file be fetched", () => {
  assert.deepEqual(readArguments(["--bars", "x.csv"]), {
    bars: "x.csv",
    assets: undefined,
    port: 8100,
    key: "stand-in-key",
    now: undefined,
    switches: {
      callsPerMinute: 5,
      pacingWindow: "sliding",
      retryAfter: "none",
      historyYears: 0,
      historyEdge: "refused",
      status: "OK",
    },
  });
  assert.equal(readArguments(["--help"]), "help");
});

Deno.test("arguments: a bad one is quoted, with what would be right", () => {
  const cases: [string[], RegExp][] = [
    [[], /--bars is missing/],
    [["--bars", "x", "--port", "80a"], /--port is "80a", expected a whole number from 0 to 65535/],
    [["--bars", "x", "--port", "65536"], /--port is "65536"/],
    [["--bars", "x", "--calls-per-minute", ""], /--calls-per-minute is ""/],
    [["--bars", "x", "--window", "loose"], /--window is "loose", expected fixed or sliding/],
    [["--bars", "x", "--now", "today"], /--now is "today", expected an instant such as/],
    [["--bars", "x", "--nonsense"], /--nonsense/],
  ];
  for (const [args, expected] of cases) assert.throws(() => readArguments(args), expected);
});

Deno.test("the clock starts where it is told, else now, else the morning after the file's last day; and it runs on", () => {
  let machine = new Date("2024-03-08T12:00:00Z");
  const clocks = [
    clockFor({ lastDate: "2021-04-21" }, undefined, () => machine),
    clockFor({ lastDate: FRIDAY }, undefined, () => machine),
    clockFor({ lastDate: FRIDAY }, new Date("2020-01-01T00:00:00Z"), () => machine),
  ];
  machine = new Date("2024-03-08T12:00:05Z");
  assert.deepEqual(clocks.map((clock) => clock().toISOString()), [
    "2024-03-08T12:00:05.000Z",
    "2024-03-09T08:00:05.000Z",
    "2020-01-01T00:00:05.000Z",
  ]);
});
