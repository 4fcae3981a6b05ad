/**
 * Rows of splits and dividends.
 *
 * @module
 */
import { currencyCode } from "./currency_code.ts";
import { fieldsOf, numberOr, textOr } from "./polygon_fields.ts";
import type { ProviderDividend, ProviderSplit } from "./provider.ts";

export function toSplit(row: unknown): ProviderSplit {
  const { ticker, execution_date, split_from, split_to } = fieldsOf(row);
  return {
    symbol: textOr("", ticker),
    executionDate: textOr("", execution_date),
    from: numberOr(NaN, split_from),
    to: numberOr(NaN, split_to),
  };
}

export function toDividend(row: unknown): ProviderDividend {
  const { ticker, ex_dividend_date, cash_amount, currency } = fieldsOf(row);
  return {
    symbol: textOr("", ticker),
    exDividendDate: textOr("", ex_dividend_date),
    cashAmount: numberOr(NaN, cash_amount),
    currency: currencyCode(currency),
  };
}
