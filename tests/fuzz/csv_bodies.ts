/**
 * CSV that clients send: right, strange, and none. Its schema says no more than that it is text, so none of it is a fault.
 *
 * @module
 */
const long = `date,close\r\n${Array.from({ length: 300 }, (_, i) => `2021-01-${i},1`).join("\r\n")}`;

export const CSV_BODIES: readonly string[] = [
  ...["asset,amount\r\nAAPL,10\r\nGS,-2.5\r\n", "amount,asset\n1,GS", "asset,amount\r\n", "asset,amount\r\nAAPL,0\r\n"],
  ...[
    "asset,amount\r\nAAPL,1\r\nAAPL,2\r\n",
    '"asset","amount"\r\n"AAPL","1"',
    "asset;amount\r\nAAPL;1",
    "asset\r\nAAPL",
  ],
  ...["date,open,high,low,close\r\n2021-11-05,151.89,152.2,150.06,151.28\r\n", "date,close\n2021-11-04,1e3\n", long],
  ...["date,close\r\n2021-11-06,0\r\n2021-11-05,-1\r\n2020-02-30,1\r\n", "date,close,close\r\n2021-11-05,1,2\r\n"],
  ...[
    "execution_date,split_from,split_to\r\n2020-08-31,1,4\r\n",
    "execution_date,split_from,split_to\r\n2020-08-31,0,4\r\n",
  ],
  ...["ex_dividend_date,cash_amount\r\n2021-02-05,0.205\r\n", "ex_dividend_date,cash_amount\r\n2021-02-05,-1\r\n"],
  ...[
    "",
    "\ufeff",
    "\u0000",
    '"',
    'a"b,c\r\n',
    "__proto__,amount\r\n1,2\r\n",
    ",\r\n,",
    "\r\n\r\n",
    "asset,amount\r\n\ud83d\udcb0,1",
  ],
];
