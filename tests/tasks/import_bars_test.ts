import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { type Context, contextOn } from "../../lib/context.ts";
import { addDays, isWeekend } from "../../lib/day.ts";
import { dividendsOf, splitsOf } from "../../lib/history/corporate_actions.ts";
import { readSeries } from "../../lib/history/read.ts";
import { createAsset } from "../../lib/market/assets.ts";
import { type BadRow, importBars, type ImportOptions } from "../../lib/market/import_bars.ts";
import { packedBatch } from "../../lib/market/import_bars_batch.ts";
import { UnreadableFile } from "../../lib/market/import_bars_lines.ts";
import { lockKvFile } from "../../lib/store/kv_file.ts";
import { openStore } from "../../lib/store/store.ts";
import { keyText, verify } from "../../lib/verify/mod.ts";
import { readArguments, summary, UsageError } from "../../tasks/import_bars.ts";
import { importProgress } from "../../tasks/import_progress.ts";

const NOW = new Date("2024-06-01T12:00:00Z");
const HEADER = "symbol,date,open,high,low,close,volume";

interface Imports extends AsyncDisposable {
  readonly ctx: Context;
  run(text: string | Uint8Array, options?: Partial<ImportOptions>): ReturnType<typeof importBars>;
  readonly badRows: BadRow[];
  closes(symbol: string): Promise<[string, number][]>;
}

async function imports(...symbols: string[]): Promise<Imports> {
  const store = await openStore(await Deno.openKv(":memory:"), { shared: false });
  const ctx = contextOn(store, () => NOW, "America/New_York");
  for (const symbol of symbols) await addAsset(ctx, symbol);
  const badRows: BadRow[] = [];
  return {
    ...{ ctx, badRows },
    run: (text, options) =>
      importBars(ctx, chunksOf(text), {
        ...{ source: "test", createAssets: false, onBadRow: (row: BadRow) => badRows.push(row) },
        ...options,
      }),
    async closes(symbol) {
      const asset = await ctx.assets.getBy("symbol", [symbol]);
      const bars = asset === undefined ? [] : await readSeries(ctx, asset.value.no);
      return bars.map(({ date, close }) => [date, close]);
    },
    async [Symbol.asyncDispose]() {
      const faults = await Array.fromAsync(verify(ctx), ({ key, what }) => `${keyText(key)} ${what}`);
      store.close();
      assert.deepEqual(faults, []);
    },
  };
}

const addAsset = (ctx: Context, symbol: string) =>
  createAsset(ctx, {
    ...{ symbol, name: symbol, kind: "stock", currency: "USD", status: "active" },
    ...{ sector: "unclassified", sectorWeights: null },
  }, "manual");

/** In chunks of a size that cuts lines, characters and gzip's own structures anywhere. */
async function* chunksOf(text: string | Uint8Array, size = 1_013): AsyncGenerator<Uint8Array> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

function sessionsFrom(first: string, count: number): string[] {
  const days: string[] = [];
  for (let day = first; days.length < count; day = addDays(day, 1)) if (!isWeekend(day)) days.push(day);
  return days;
}

const rowOf = (symbol: string, date: string, close: number): string =>
  `${symbol},${date},${close},${close + 1},${close - 1},${close},1000`;

const fileOf = (...rows: string[]): string => [HEADER, ...rows, ""].join("\n");

/** 40 assets by 500 days. */
function market(): { symbols: string[]; rows: string[] } {
  const symbols = Array.from({ length: 40 }, (_, i) => `S${i}`);
  const days = sessionsFrom("2021-01-04", 500);
  return { symbols, rows: symbols.flatMap((symbol, s) => days.map((day, d) => rowOf(symbol, day, 10 + s + d / 100))) };
}

Deno.test("20,000 rows of which one is bad: it is named by its line, and all others are stored", async () => {
  const { symbols, rows } = market();
  await using service = await imports(...symbols);
  rows[12_344] = "S24,2022-02-30,1,2,0.5,1,1000";
  const result = await service.run(fileOf(...rows));
  assert.deepEqual([result.rowsRead, result.written, result.unchanged, result.badRows], [20_000, 19_999, 0, 1]);
  assert.deepEqual(service.badRows, [{ line: 12_346, fault: "2022-02-30: bad_date" }]);
  const closes = await Promise.all(symbols.map(service.closes));
  assert.equal(closes.flat().length, 19_999);
  assert.deepEqual(closes[39]?.at(-1), ["2022-12-02", 53.99]);
});

Deno.test("the order of rows makes no difference, nor how many are held at a time", async () => {
  const { symbols, rows } = market();
  await using bySymbol = await imports(...symbols);
  await bySymbol.run(fileOf(...rows));
  await using byDate = await imports(...symbols);
  const sorted = rows.toSorted((a, b) => (a.split(",")[1] ?? "") < (b.split(",")[1] ?? "") ? -1 : 1);
  const result = await byDate.run(fileOf(...sorted), { rowsPerBatch: 777 });
  assert.equal(result.written, 20_000);
  for (const symbol of ["S0", "S17", "S39"]) {
    assert.deepEqual(await byDate.closes(symbol), await bySymbol.closes(symbol));
  }
});

Deno.test("gzip is told by its bytes; a file of several parts is read whole", async () => {
  await using service = await imports("A", "B");
  const parts = [fileOf(rowOf("A", "2024-01-02", 10)), `${rowOf("B", "2024-01-02", 20)}\n`].map((part) =>
    gzipSync(part)
  );
  assert.equal((await service.run(Buffer.concat(parts))).written, 2);
  assert.deepEqual(await service.closes("B"), [["2024-01-02", 20]]);
});

Deno.test("a compressed file that is cut off: what could be read is stored, and it is said", async () => {
  const { symbols, rows } = market();
  await using service = await imports(...symbols);
  const packed = gzipSync(fileOf(...rows));
  const half = new Uint8Array(packed.subarray(0, packed.length / 2));
  await assert.rejects(service.run(half), (error) => {
    assert.ok(error instanceof UnreadableFile);
    assert.match(error.message, /^the compressed file is damaged or cut off: /);
    return true;
  });
  assert.ok((await service.closes("S0")).length === 500);
  assert.deepEqual(await service.closes("S39"), []);
});

Deno.test("an import that was stopped is started again, and what is there stays as it is", async () => {
  const { symbols, rows } = market();
  await using service = await imports(...symbols);
  const stopping = new AbortController();
  const stopped = service.run(fileOf(...rows), {
    signal: stopping.signal,
    onProgress: ({ rowsSettled }) => rowsSettled > 8_000 && stopping.abort(new Error("stopped")),
  });
  await assert.rejects(stopped, { message: "stopped" });
  const again = await service.run(fileOf(...rows));
  assert.equal(again.written + again.unchanged, 20_000);
  assert.ok(again.unchanged > 8_000 && again.unchanged < 12_000, `${again.unchanged} were there`);
  const version = service.ctx.store.version("market");
  const third = await service.run(fileOf(...rows));
  assert.deepEqual([third.written, third.unchanged], [0, 20_000]);
  assert.equal(service.ctx.store.version("market"), version);
});

Deno.test("rows of unknown assets are counted by symbol and left out", async () => {
  await using service = await imports("A");
  const days = sessionsFrom("2024-01-02", 3);
  const result = await service.run(fileOf(...["A", "XYZ", "a"].flatMap((s) => days.map((day) => rowOf(s, day, 5)))));
  assert.deepEqual([...result.unknown], [["XYZ", 3], ["a", 3]]);
  assert.deepEqual([result.rowsRead, result.written, result.badRows, result.assetsCreated], [9, 3, 0, 0]);
});

Deno.test("unknown assets are made where that is asked for, of the kind and currency that the symbol says", async () => {
  await using service = await imports("A");
  const symbols = ["A", "NEW", "C:USDJPY", "X:BTCEUR", "N W", "..", ""];
  const result = await service.run(fileOf(...symbols.map((symbol) => rowOf(symbol, "2024-01-02", 5))), {
    createAssets: true,
  });
  assert.deepEqual([result.assetsCreated, result.written, result.unknown.size], [3, 4, 0]);
  assert.deepEqual(service.badRows, [
    { line: 6, fault: 'the symbol is "N W", which is none' },
    { line: 7, fault: 'the symbol is "..", which is none' },
    { line: 8, fault: 'the symbol is "", which is none' },
  ]);
  const made = await Promise.all(
    ["NEW", "C:USDJPY", "X:BTCEUR"].map((symbol) => service.ctx.assets.getBy("symbol", [symbol])),
  );
  assert.deepEqual(made.map((asset) => [asset?.value.kind, asset?.value.currency, asset?.value.sector]), [
    ["stock", "USD", "unclassified"],
    ["currency", "JPY", "unclassified"],
    ["crypto", "EUR", "unclassified"],
  ]);
});

Deno.test("columns in any order and case, quotes, CRLF, a byte order mark, blank lines, and columns of no use", async () => {
  await using service = await imports("BRK.B");
  const text = '\ufeffDate,"Close",symbol,adj_close,VWAP\r\n\r\n2024-01-02,"1.5","BRK.B","a ""b"", c",1.4\r\n' +
    "2024-01-03, 2 ,BRK.B,,\r\n \r\n";
  const result = await service.run(text);
  assert.deepEqual([result.written, result.unreadColumns], [2, ["adj_close"]]);
  assert.deepEqual(await service.closes("BRK.B"), [["2024-01-02", 1.5], ["2024-01-03", 2]]);
});

const BAD_ROWS: [row: string, fault: string][] = [
  ["A,2024-01-02,1,2,0.5,1", "it has 6 fields, the header has 7"],
  ["A,2024-01-02,1,2,0.5,1,1,1", "it has 8 fields, the header has 7"],
  ["A,2024-13-02,1,2,0.5,1,1", "2024-13-02: bad_date"],
  ["A,,1,2,0.5,1,1", ": bad_date"],
  ["A,2024-06-02,1,2,0.5,1,1", "2024-06-02: in_future"],
  ["A,2024-01-02,1,2,0.5,,1", "close is missing"],
  ["A,2024-01-02,1,2,0.5,x,1", 'close is "x", which is no number'],
  ["A,2024-01-02,1,2,0.5,0x1,1", 'close is "0x1", which is no number'],
  ["A,2024-01-02,1,2,0.5,NaN,1", 'close is "NaN", which is no number'],
  ["A,2024-01-02,1,2,0.5,1e400,1", "2024-01-02: not_finite"],
  ["A,2024-01-02,1,2,0.5,-1,1", "2024-01-02: not_positive"],
  ["A,2024-01-02,1,2,0.5,1,-1", "2024-01-02: negative_volume"],
  ["A,2024-01-02,1,0.4,0.5,1,1", "2024-01-02: high_below_low"],
  ["A,2024-01-02,3,2,0.5,1,1", "2024-01-02: open_outside_range"],
  ["A,2024-01-02,1,2,0.5,3,1", "2024-01-02: close_outside_range"],
];

Deno.test("what is wrong with a row is said with its line; a quote that is never closed costs one", async () => {
  await using service = await imports("A");
  const good = rowOf("A", "2024-01-02", 5);
  await service.run(fileOf(...BAD_ROWS.map(([row]) => row), good));
  assert.deepEqual(service.badRows, BAD_ROWS.map(([, fault], i) => ({ line: i + 2, fault })));
  const { badRows, written } = await service.run(fileOf('A,2024-01-02,"1,2,0.5,1,1', rowOf("A", "2024-01-03", 6)));
  assert.deepEqual([badRows, written], [1, 1]);
  assert.match(service.badRows.at(-1)?.fault ?? "", /^Quote Not Closed/);
});

Deno.test("of two rows of a day the later one counts", async () => {
  await using service = await imports("A");
  await service.run(fileOf(rowOf("A", "2024-01-02", 5), rowOf("A", "2024-01-02", 6)));
  assert.deepEqual(await service.closes("A"), [["2024-01-02", 6]]);
});

Deno.test("a file that is none: empty, without columns that are needed, with one twice, or without lines", async () => {
  await using service = await imports("A");
  const files: [text: string, message: string | RegExp][] = [
    ["", "it is empty"],
    ["\n\n", "it is empty"],
    ["date,close\n", 'the header has no symbol; it is "date,close"'],
    ["symbol,date,close,date\n", 'a column stands twice in "symbol,date,close,date"'],
    [`${HEADER}\n${"x".repeat(70_000)}`, "line 2 has more than 65536 characters: this is no CSV"],
  ];
  for (const [text, message] of files) await assert.rejects(service.run(text), { name: "UnreadableFile", message });
});

Deno.test("dividends and splits beside the bars are facts of their own, and written once", async () => {
  await using service = await imports("A", "B");
  const text = [
    `${HEADER},dividend,split`,
    ...["A,2024-01-02,5,6,4,5,1,0,1", "A,2024-01-03,5,6,4,5,1,0.24,", "A,2024-01-04,5,6,4,5,1,,4.0"],
    ...["A,2024-01-05,5,6,4,5,1,0.0,0.3333", "A,2024-01-08,5,6,4,5,1,0,1.5", "B,2024-01-02,5,6,4,5,1,1e-2,0.125"],
    ...["A,2024-01-09,5,6,4,5,1,-1,1", "A,2024-01-10,5,6,4,5,1,0,-2", "A,2024-01-11,5,6,4,5,1,x,1"],
  ].join("\n");
  const result = await service.run(text);
  assert.deepEqual([result.written, result.actionsWritten, result.badRows], [6, 6, 3]);
  const splits = await splitsOf(service.ctx, 1);
  assert.deepEqual(splits.map(({ executionDate, splitFrom, splitTo }) => [executionDate, splitFrom, splitTo]), [
    ["2024-01-04", "1", "4"],
    ["2024-01-05", "3", "1"],
    ["2024-01-08", "1", "1.5"],
  ]);
  const [ofB] = await splitsOf(service.ctx, 2);
  assert.deepEqual([ofB?.splitFrom, ofB?.splitTo], ["8", "1"]);
  const [dividends, small] = [await dividendsOf(service.ctx, 1), await dividendsOf(service.ctx, 2)];
  assert.deepEqual(dividends.map(({ exDividendDate, cashAmount }) => [exDividendDate, cashAmount]), [
    ["2024-01-03", "0.24"],
  ]);
  assert.equal(small[0]?.cashAmount, "0.01");
  assert.deepEqual(service.badRows.map(({ line, fault }) => [line, fault]), [
    [8, "dividend is -1: not_positive"],
    [9, "split is -2: not_positive"],
    [10, 'dividend is "x", which is no number'],
  ]);
  assert.equal((await service.run(text)).actionsWritten, 0);
});

Deno.test("a batch gives rows back to the last bit, by shard and block, in their order", () => {
  const batch = packedBatch("test");
  const none = { open: null, high: null, low: null, vwap: null, preMarket: null, afterHours: null, source: "test" };
  const rows = [
    { assetNo: 300, bar: { ...none, date: "2024-02-01", close: 0.1 + 0.2, volume: 0 } },
    { assetNo: 1, bar: { ...none, date: "2024-02-01", close: 1e-300, volume: null } },
    { assetNo: 2, bar: { ...none, date: "2024-01-31", close: 2, volume: 1.5 } },
    { assetNo: 1, bar: { ...none, date: "2024-02-29", close: 3, volume: null, open: 3, vwap: 2.5, preMarket: 9 } },
  ];
  for (const { assetNo, bar } of rows) batch.add(assetNo, bar);
  assert.deepEqual([...batch.groups()], [[rows[2]], [rows[1], rows[3]], [rows[0]]]);
  batch.clear();
  assert.deepEqual([batch.size(), [...batch.groups()]], [0, []]);
});

Deno.test("progress: a bar that is redrawn on a terminal, plain lines elsewhere", async () => {
  for (const isTerminal of [true, false]) {
    let [now, written] = [0, ""];
    const options = { fileBytes: 1_000, nowMs: () => now, isTerminal, write: (text: string) => void (written += text) };
    const progress = importProgress(options);
    await Array.fromAsync(progress.counted(chunksOf("x".repeat(500))));
    progress.show({ rowsRead: 2_000, rowsSettled: 0 });
    assert.equal(written, "");
    now += 10_000;
    progress.show({ rowsRead: 2_000, rowsSettled: 1_000 });
    progress.say("line 7: bad");
    progress.end();
    const text = "25 %  1,000 rows stored, 2,000 read, about 30 s left";
    const clear = "\r\x1b[2K";
    assert.equal(
      written,
      isTerminal ? `${clear}[#######.......................] ${text}${clear}line 7: bad\n` : `${text}\nline 7: bad\n`,
    );
  }
});

Deno.test("arguments: one file and options; anything else is said", () => {
  assert.deepEqual(readArguments(["a.csv"]), { file: "a.csv", createAssets: false, source: "import" });
  assert.deepEqual(readArguments(["--create-assets", "a.csv.gz", "--source", "stooq"]), {
    ...{ file: "a.csv.gz", createAssets: true, source: "stooq" },
  });
  assert.equal(readArguments(["--help"]), "help");
  const wrong: [args: string[], message: RegExp][] = [
    [[], /^FILE is missing/],
    [["a", "b"], /"b" is a second one$/],
    [["a", "--source", "A B"], /^--source is "A B", expected/],
    [["a", "--force"], /--force/],
  ];
  for (const [args, message] of wrong) {
    assert.throws(() => readArguments(args), (error) => error instanceof UsageError && message.test(error.message));
  }
});

Deno.test("the summary says what became of every row", () => {
  const unknown = new Map(Array.from({ length: 22 }, (_, i) => [`S${String(i).padStart(2, "0")}`, 2]));
  const nothing = { rowsRead: 1_000, written: 900, unchanged: 100, badRows: 0, actionsWritten: 0, assetsCreated: 0 };
  const clean = {
    ...nothing,
    unknown: new Map<string, number>(),
    others: new Map<string, number>(),
    unreadColumns: [],
  };
  assert.deepEqual(summary(clean, 1.25), ["1,000 rows in 1.3 s: 900 bars written, 100 unchanged"]);
  const mixed = {
    ...nothing,
    badRows: 2,
    actionsWritten: 3,
    assetsCreated: 4,
    unknown,
    unreadColumns: ["x", "y"],
    others: new Map([["META before 2022-06-09", 5]]),
  };
  assert.deepEqual(summary(mixed, 60).slice(1), [
    "3 splits and dividends written",
    "4 assets made, as unclassified: sectors are for you to give",
    "Columns that were not read: x, y",
    "44 rows of unknown assets left out (--create-assets makes them): " +
    `${[...unknown.keys()].slice(0, 20).join(", ")} and 2 more`,
    "5 rows left out, whose symbol was another's then, or nobody's: META before 2022-06-09",
    "2 rows not in order, and left out",
  ]);
});

async function runTask(kv: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", "tasks/import_bars.ts", ...args],
    cwd: new URL("../../", import.meta.url),
    env: { KV_URL: kv },
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("the task: 0 when all is well, 1 with the bad rows on stderr, 1 while the store is in use, 2 for wrong use", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [kv, file] = [`${folder}/test.kv`, `${folder}/bars.csv`];
    await Deno.writeTextFile(file, fileOf(rowOf("A", "2024-01-02", 5), "A,2024-01-03,,,,x,"));
    {
      using _held = await lockKvFile(kv);
      const refused = await runTask(kv, file);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /test\.kv is in use by another process; stop that one first/);
    }
    const first = await runTask(kv, file, "--create-assets");
    assert.deepEqual([first.code, first.stderr], [1, 'line 3: close is "x", which is no number\n']);
    assert.match(first.stdout, /^2 rows in \d+\.\d s: 1 bar written, 0 unchanged\n1 asset made/);

    await Deno.writeFile(file, gzipSync(fileOf(rowOf("A", "2024-01-02", 5))));
    const again = await runTask(kv, file);
    assert.deepEqual([again.code, again.stderr], [0, ""]);
    assert.match(again.stdout, /0 bars written, 1 unchanged\n$/);

    const missing = await runTask(kv, `${folder}/none.csv`);
    assert.deepEqual([missing.code, missing.stdout], [1, ""]);
    assert.match(missing.stderr, /none\.csv was not imported to its end: No such file/);
    assert.equal((await runTask(kv)).code, 2);
    assert.match((await runTask(kv, "--help")).stdout, /^Usage: deno task import-bars FILE/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
