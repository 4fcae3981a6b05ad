/** Bars as rows, raw or adjusted. */

import type { StandInBar, StandInSplit } from "./provider_stand_in_bars.ts";

/** Without its symbol, which only some calls send. */
export function aggregate(bar: StandInBar, t: number): Record<string, unknown> {
  return {
    v: bar.volume,
    ...(bar.vwap === undefined ? {} : { vw: bar.vwap }),
    o: bar.open,
    c: bar.close,
    h: bar.high,
    l: bar.low,
    t,
    ...(bar.trades === undefined ? {} : { n: bar.trades }),
    ...(bar.otc ? { otc: true } : {}),
  };
}

/** As the provider does it: by every split since, up to today, in price and volume, and not by dividends. */
export function splitAdjusted(
  bar: StandInBar,
  { date, today }: { readonly date: string; readonly today: string },
  splits: readonly StandInSplit[],
): StandInBar {
  const factor = splits
    .filter((split) => split.symbol === bar.symbol && split.date > date && split.date <= today)
    .reduce((product, split) => product * split.ratio, 1);
  if (factor === 1) return bar;
  return {
    ...bar,
    open: bar.open / factor,
    high: bar.high / factor,
    low: bar.low / factor,
    close: bar.close / factor,
    volume: bar.volume * factor,
    ...(bar.vwap === undefined ? {} : { vwap: bar.vwap / factor }),
  };
}
