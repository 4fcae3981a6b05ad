/** What the provider has been seen to send among good rows, and worse. */

const NO_ROWS: readonly unknown[] = [null, "row", []];

export const GARBAGE_BARS: readonly unknown[] = [
  { T: "\u0000HTLB^\ufffd\u0016\u0014", v: 9.1254e8, vw: 1.4e13, o: 1.4e13, c: 1.4e13, h: 1.4e13, l: 1.4e13, t: 0 },
  { T: "STRINGS", v: "100", vw: "1", o: "1.5", c: "1.5", h: "2", l: "1", t: "0" },
  { T: "NEGATIVE", v: -1, o: -2, c: -2, h: -1, l: -3, t: 0 },
  { T: "LOWABOVEHIGH", v: 10, o: 5, c: 5, h: 4, l: 6, t: 0 },
  { T: 42, v: 10, o: 1, c: 1, h: 1, l: 1, t: 0 },
  { T: "NOPRICES" },
  ...NO_ROWS,
];

export const GARBAGE_SPLITS: readonly unknown[] = [
  { ticker: "STRINGS", execution_date: "2024-03-08", split_from: "1", split_to: "4" },
  { ticker: "NODATE", split_from: 1, split_to: 4 },
  { ticker: "NORATIO", execution_date: "2024-03-08" },
  { ticker: 42, execution_date: "31/12/2023", split_from: -1, split_to: 1e308 },
  ...NO_ROWS,
];

export const GARBAGE_DIVIDENDS: readonly unknown[] = [
  { ticker: "STRINGS", ex_dividend_date: "2024-03-08", cash_amount: "0.24", currency: "United States Dollar" },
  { ticker: "NODATE", cash_amount: 0.24, currency: "USD" },
  { ticker: "NOCASH", ex_dividend_date: "2024-03-08", currency: 42 },
  { ticker: 42, ex_dividend_date: 20240308, cash_amount: -1, currency: "" },
  ...NO_ROWS,
];

export const GARBAGE_ASSETS: readonly unknown[] = [
  { ticker: 42, name: "A number", market: "stocks" },
  { name: "Nobody" },
  { ticker: "", name: "Nothing" },
  ...NO_ROWS,
];

export const GARBAGE_EVENTS: readonly unknown[] = [
  { type: "name_change", date: "2020-01-02", name_change: { name: "Another" } },
  { type: "ticker_change", date: "2020-01-02", ticker_change: null },
  { type: "ticker_change", date: 20200102, ticker_change: { ticker: 42 } },
  ...NO_ROWS,
];

export const GARBAGE_HOLIDAYS: readonly unknown[] = [
  { date: 20241128, exchange: "NYSE", name: "A number", status: "closed" },
  { date: "2024-11-28", exchange: "NYSE", name: "Of another status", status: "perhaps" },
  { exchange: "NYSE", name: "Without a date", status: "closed" },
  ...NO_ROWS,
];
