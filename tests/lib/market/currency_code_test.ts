import assert from "node:assert/strict";
import { currencyCode } from "../../../lib/market/currency_code.ts";

Deno.test("codes in upper case, minor units as such, and null for what is no code", () => {
  const cases: [unknown, string | null][] = [
    ["usd", "USD"],
    ["USD", "USD"],
    [" eur ", "EUR"],
    ["gbp", "GBP"],
    ["GBp", "GBp"],
    ["GBX", "GBp"],
    ["gbx", "GBp"],
    ["ZAc", "ZAc"],
    ["zac", "ZAc"],
    ["ILA", "ILA"],
    ["United States Dollar", null],
    ["", null],
    ["U5D", null],
    [42, null],
    [undefined, null],
  ];
  for (const [text, code] of cases) assert.equal(currencyCode(text), code, String(text));
});
