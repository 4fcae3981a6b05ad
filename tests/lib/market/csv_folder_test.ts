import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { createCsvFolder } from "../../../lib/market/csv_folder.ts";
import type { FileSystem } from "../../../lib/market/csv_folder_files.ts";
import type { Provider } from "../../../lib/market/provider.ts";
import { csv, folderOf, HEADER } from "./csv_folder_harness.ts";
import { callWith, offered, reasonOf, valueOf } from "./polygon_harness.ts";

const APPLE = "AAPL,2024-03-08,169,173.7,168.94,170.73,76267041.5,0.0,1.0";
const BAR = { open: 169, high: 173.7, low: 168.94, close: 170.73, volume: 76267041.5, vwap: null };
const ALL = { from: "2000-01-01", to: "2030-12-31" };

const day = (provider: Provider, date = "2024-03-08") => provider.marketDay("stocks", date, callWith());
const range = (provider: Provider, symbol: string) => offered(provider.range)({ symbol, ...ALL }, callWith());

Deno.test("columns in any order and case, others beside them, plain and compressed, marked, quoted and with any line ends", async () => {
  const odd = [
    ` Date ,note,"SYMBOL",Close,low,high,open,Volume,VWAP`,
    `2024-03-08,"a, ""note""","AAPL",170.73,168.94,173.7,169,76267041.5,171.2`,
    "",
    `2024-03-08,x, MSFT ,2,1,3,1.5,,`,
  ];
  const expected = [
    { symbol: "AAPL", ...BAR, vwap: 171.2 },
    { symbol: "MSFT", open: 1.5, high: 3, low: 1, close: 2, volume: null, vwap: null },
  ];
  for (const [lineEnd, last] of [["\n", "\n"], ["\r\n", ""], ["\r", "\r"]] as const) {
    const text = `\ufeff${odd.join(lineEnd)}${last}`;
    for (const chunkBytes of [1, 7, 65_536]) {
      assert.deepEqual(valueOf(await day(folderOf({ "a.csv": text }, { chunkBytes }).provider)), expected);
      const gzipped = new Uint8Array(gzipSync(text));
      assert.deepEqual(valueOf(await day(folderOf({ "a.csv.gz": gzipped }, { chunkBytes }).provider)), expected);
    }
  }
});

Deno.test("a bad line is a bar that says what is wrong, and costs no line beside it", async () => {
  const { provider } = folderOf({
    "a.csv": csv(
      APPLE,
      "SHORT,2024-03-08,1,2",
      "TEXT,2024-03-08,one,2,,x,many,0,1",
      "LONG,2024-03-08,1,2,1,2,10,0,1,more,and,more",
      ",2024-03-08,1,2,1,2,10,0,1",
      '"UNCLOSED,2024-03-08,1,2,1,2,10,0,1',
      'INNER"QUOTE,2024-03-08,1,2,1,2,10,0,1',
      'A,"B"C,",D',
      "WHEN,08/03/2024,1,2,1,2,10,0,1",
      "INFINITE,2024-03-08,1e400,2,1,2,10,0,1",
      "MSFT,2024-03-08,1,2,1,2,10,0,1",
    ),
  });
  const none = { open: NaN, high: NaN, low: NaN, close: NaN, volume: null, vwap: null };
  const fine = { open: 1, high: 2, low: 1, close: 2, volume: 10, vwap: null };
  assert.deepEqual(valueOf(await day(provider)), [
    { symbol: "AAPL", ...BAR },
    { symbol: "SHORT", ...none, open: 1, high: 2 },
    { symbol: "TEXT", ...none, high: 2 },
    { symbol: "LONG", ...fine },
    { symbol: "", ...fine },
    { symbol: "'UNCLOSED", ...fine },
    { symbol: "INNER'QUOTE", ...fine },
    { symbol: "INFINITE", ...fine, open: Infinity },
    { symbol: "MSFT", ...fine },
  ]);
  assert.deepEqual(valueOf(await range(provider, "WHEN")), [{ symbol: "WHEN", date: "08/03/2024", ...fine }]);
  assert.deepEqual(valueOf(await range(provider, "A")).map(({ date }) => date), ["'B'C"]);
});

Deno.test("splits and dividends as far as they are said; no split is 1, 0 or nothing", async () => {
  const { provider } = folderOf({
    "a.csv": csv(
      "AAPL,2020-08-31,1,1,1,1,1,0.0,4.0",
      "OGN,2021-06-03,1,1,1,1,1,,1.011",
      "AAPL,2020-08-07,1,1,1,1,1,0.82,1.0",
      "MSFT,2020-08-19,1,1,1,1,1,0.51,0",
      "ODD,2020-08-20,1,1,1,1,1,x,y",
      "NONE,2020-08-21,1,1,1,1,1,,",
    ),
    "assets.csv": "symbol,name,currency\nAAPL,Apple,usd\n",
  });
  assert.deepEqual(valueOf(await offered(provider.splits)(ALL, callWith())), [
    { symbol: "ODD", executionDate: "2020-08-20", from: 1, to: NaN },
    { symbol: "AAPL", executionDate: "2020-08-31", from: 1, to: 4 },
    { symbol: "OGN", executionDate: "2021-06-03", from: 1, to: 1.011 },
  ]);
  assert.deepEqual(valueOf(await offered(provider.dividends)(ALL, callWith())), [
    { symbol: "AAPL", exDividendDate: "2020-08-07", cashAmount: 0.82, currency: "USD" },
    { symbol: "MSFT", exDividendDate: "2020-08-19", cashAmount: 0.51, currency: null },
    { symbol: "ODD", exDividendDate: "2020-08-20", cashAmount: NaN, currency: null },
  ]);
});

Deno.test("of several files the last by name counts; within one, rows are passed on as they are", async () => {
  const { provider } = folderOf({
    "2024-fixed.csv": csv("AAPL,2024-03-08,1,1,1,1,1,0,2"),
    "2024.csv.gz": new Uint8Array(gzipSync(csv("AAPL,2024-03-08,2,2,2,2,2,0.5,3", "MSFT,2024-03-08,2,2,2,2,2,0,1"))),
    "2023.csv": csv("MSFT,2024-03-08,3,3,3,3,3,0,1", "IBM,2024-03-08,3,3,3,3,3,0,1", "IBM,2024-03-08,4,4,4,4,4,0,1"),
  });
  const opens = valueOf(await day(provider)).map(({ symbol, open }) => `${symbol} ${open}`);
  assert.deepEqual(opens.toSorted(), ["AAPL 2", "IBM 3", "IBM 4", "MSFT 2"]);
  assert.deepEqual(valueOf(await range(provider, "AAPL")).map(({ open }) => open), [2]);
  assert.deepEqual(valueOf(await offered(provider.splits)(ALL, callWith())).map(({ to }) => to), [3]);
});

Deno.test("a file is read when it is asked for, and again when it has changed; what is gone is forgotten", async () => {
  const folder = folderOf({
    "a.csv": csv(APPLE),
    "b.csv": csv("MSFT,2024-03-08,1,1,1,1,1,0,1"),
    ".c.csv": "",
    "d.txt": "",
  });
  const symbols = async () => valueOf(await day(folder.provider)).map(({ symbol }) => symbol);
  assert.deepEqual(folder.opened, []);
  assert.deepEqual(await symbols(), ["AAPL", "MSFT"]);
  assert.deepEqual(await symbols(), ["AAPL", "MSFT"]);
  assert.deepEqual(folder.opened, ["a.csv", "b.csv"]);
  folder.write("b.csv", csv("IBM,2024-03-08,1,1,1,1,1,0,1"));
  assert.deepEqual(await symbols(), ["AAPL", "IBM"]);
  folder.remove("a.csv");
  assert.deepEqual(await symbols(), ["IBM"]);
  assert.deepEqual(folder.opened, ["a.csv", "b.csv", "b.csv"]);
});

Deno.test("questions at once read each file once", async () => {
  const folder = folderOf({ "a.csv": csv(APPLE), "b.csv": csv(APPLE) });
  await Promise.all([day(folder.provider), range(folder.provider, "AAPL"), day(folder.provider)]);
  assert.deepEqual(folder.opened, ["a.csv", "b.csv"]);
});

Deno.test("not_yet: after the last day of a market, and where there is nothing; too_old: before the first", async () => {
  const { provider } = folderOf({
    "a.csv": csv(APPLE, "X:BTCUSD,2024-03-10,1,1,1,1,1,0,1", "OLD,1960-01-04,1,1,1,1,1,0,1"),
  });
  assert.equal(
    reasonOf(await day(provider, "2024-03-11"), "not_yet"),
    "the files end on 2024-03-08, before 2024-03-11",
  );
  assert.equal(
    reasonOf(await day(provider, "2024-03-07"), "too_old"),
    "the files begin on 2024-03-08, after 2024-03-07",
  );
  reasonOf(await provider.marketDay("crypto", "2024-03-09", callWith()), "too_old");
  assert.equal(
    reasonOf(await provider.marketDay("fx", "2024-03-08", callWith()), "not_yet"),
    "the files hold no fx yet",
  );
  reasonOf(await day(folderOf({}).provider), "not_yet");
});

Deno.test("malformed: a file that is no table of bars is named, and heals when it is put right", async () => {
  const cases: [string, string | Uint8Array<ArrayBuffer>, RegExp][] = [
    ["b.csv", "symbol,date,close\n", /^b.csv: the header lacks open, high, low, volume; it is "symbol,date,close"$/],
    ["b.csv", "", /^b.csv: the header lacks symbol/],
    ["b.csv", "x".repeat(70_000), /^b.csv: a line is longer than 65536 bytes$/],
    ["b.csv.gz", HEADER, /^b.csv.gz: /],
    ["b.csv.gz", new Uint8Array(gzipSync(csv(APPLE))).slice(0, -12), /^b.csv.gz: /],
    ["assets.csv", "ticker,name\n", /^assets.csv: the header lacks symbol; it is "ticker,name"$/],
  ];
  for (const [name, content, expected] of cases) {
    const folder = folderOf({ "a.csv": csv(APPLE), [name]: content });
    assert.match(reasonOf(await day(folder.provider), "malformed"), expected);
    folder.remove(name);
    assert.equal(valueOf(await day(folder.provider)).length, 1);
  }
});

Deno.test("malformed: more rows than the memory is meant for", async () => {
  const { provider } = folderOf({ "a.csv": csv(APPLE, APPLE), "b.csv": csv(APPLE, APPLE) }, { rowLimit: 3 });
  assert.equal(reasonOf(await day(provider), "malformed"), "b.csv: with this file the folder holds more than 3 rows");
  assert.equal((await day(folderOf({ "a.csv": csv(APPLE, APPLE) }, { rowLimit: 2 }).provider)).type, "ok");
});

Deno.test("passing_fault: a folder or a file that cannot be read", async () => {
  const folder = folderOf({ "a.csv": csv(APPLE) });
  const refuse = (): never => {
    throw new Error("Permission denied:\n'bars'");
  };
  for (
    const broken of [{ readDir: refuse }, { stat: async () => await Promise.reject(refuse()) }, {
      open: async () => await refuse(),
    }]
  ) {
    const { provider } = folderOf({}, { fileSystem: { ...folder.fileSystem, ...broken } });
    const reason = reasonOf(await day(provider), "passing_fault");
    assert.equal(reason, "the folder of bars cannot be read: Permission denied: 'bars'");
  }
});

Deno.test("passing_fault: cancelled while a file is read, which is closed then, and read anew for the next question", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/a.csv`, csv(...Array(2_000).fill(APPLE)));
  await Deno.writeFile(`${folder}/b.csv.gz`, gzipSync(csv(...Array(2_000).fill(APPLE))));
  const controller = new AbortController();
  const opened: string[] = [];
  const fileSystem: FileSystem = {
    readDir: Deno.readDir,
    stat: Deno.stat,
    open(path) {
      if (opened.push(path.slice(folder.length + 1)) === 2) controller.abort(new Error("lease lost"));
      return Deno.open(path);
    },
  };
  const provider = createCsvFolder({ folder, fileSystem, timeZone: "America/New_York" });
  const cancelledOne = provider.marketDay("stocks", "2024-03-08", callWith({ signal: controller.signal }));
  const waitingOne = day(provider);
  assert.match(reasonOf(await cancelledOne, "passing_fault"), /cancelled: lease lost/);
  assert.equal(valueOf(await waitingOne).length, 2_000);
  assert.deepEqual(opened, ["a.csv", "b.csv.gz", "b.csv.gz"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("assets: kinds and currencies as far as they are said, sectors in the file's words", async () => {
  const { provider } = folderOf({
    "a.csv": csv(APPLE, "I:SPX,2024-03-08,1,1,1,1,1,0,1", "NEW,2024-03-08,1,1,1,1,1,0,1"),
    "assets.csv": [
      "symbol,name,sector,kind,currency",
      'AAPL,"Apple, Inc.",Information Technology,,usd',
      "SPY,SPDR S&P 500,,Fund,USD",
      "VOD,Vodafone,,nonsense,GBX",
      "X:BTCUSD,,,,",
      ",Nobody,,,",
      "broken",
    ].join("\n"),
  });
  const facts = async (symbol: string) => {
    const asset = valueOf(await offered(provider.details)({ symbol }, callWith()));
    return [asset.name, asset.kind, asset.sector, asset.currency];
  };
  assert.deepEqual(await facts("AAPL"), ["Apple, Inc.", "stock", "Information Technology", "USD"]);
  assert.deepEqual(await facts("SPY"), ["SPDR S&P 500", "fund", null, "USD"]);
  assert.deepEqual(await facts("VOD"), ["Vodafone", "other", null, "GBp"]);
  assert.deepEqual(await facts("X:BTCUSD"), ["X:BTCUSD", "crypto", null, null]);
  assert.deepEqual(await facts("I:SPX"), ["I:SPX", "index", null, null]);
  assert.deepEqual(await facts("NEW"), ["NEW", "other", null, null]);
  assert.deepEqual(await facts("broken"), ["broken", "other", null, null]);
  reasonOf(await offered(provider.details)({ symbol: "aapl" }, callWith()), "not_found");
  const found = await offered(provider.search)({ text: "sp", limit: 2 }, callWith());
  assert.deepEqual(valueOf(found).map(({ symbol }) => symbol), ["SPY", "I:SPX"]);
});
