/**
 * What a reader should know of the prices behind a line.
 *
 * @module
 */
import { JUMP_LIMIT } from "../analysis/price_jump.ts";
import { dayNumber, dayOf, lastWeekday } from "../day.ts";
import { countUpTo } from "../history/closes.ts";
import { dateOfId } from "../store/quarantine.ts";
import { heldBackWarning } from "./held_back.ts";
import type { AnalysisWarning, Line } from "./line.ts";

interface Circumstances {
  readonly sessions: Int32Array;
  readonly currency: string;
  /** The ids of the asset's rows in quarantine up to the day that the analysis is of, by rising date. */
  readonly waiting: readonly string[];
}

export function warningsOf(line: Line, { sessions, currency, waiting }: Circumstances): AnalysisWarning[] {
  const { symbol } = line.held.asset;
  const said = [stalePrices(line, sessions), staleRates(line, currency), jumps(line), leftOutDividends(line)]
    .filter((warning) => warning !== undefined)
    .map((warning) => ({ code: warning.code, asset: symbol, detail: `${symbol} ${warning.says}` }));
  return [...heldBack(line, waiting), ...said];
}

/** The newest row in quarantine of a day without a price that counts. */
function heldBack({ held, path, places }: Line, waiting: readonly string[]): AnalysisWarning[] {
  const first = path.days[places[0] ?? -1] ?? Infinity;
  const priceBefore = (id: string) => path.days[countUpTo(path.days, dayNumber(dateOfId(id))) - 1] ?? Infinity;
  const id = waiting.findLast((each) => priceBefore(each) >= first && priceBefore(each) < dayNumber(dateOfId(each)));
  return id === undefined ? [] : [heldBackWarning(held.asset.symbol, id, dayOf(priceBefore(id)))];
}

type Said = { readonly code: AnalysisWarning["code"]; readonly says: string } | undefined;

function stalePrices({ path, places }: Line, sessions: Int32Array): Said {
  let [count, last] = [0, 0];
  for (let s = 0; s < sessions.length; s++) {
    const [place, session] = [places[s] ?? -1, sessions[s] ?? 0];
    if (place >= 0 && path.days[place] !== session) [count, last] = [count + 1, session];
  }
  if (count === 0) return undefined;
  const says = `has no price on ${count} of ${sessions.length} sessions, the last of them ${dayOf(last)}; ` +
    "the last price before is used";
  return { code: "stale_price", says };
}

/** Currencies do not trade at weekends; what does is converted at Friday's rate. */
function staleRates({ path, places }: Line, currency: string): Said {
  if (path.rates === undefined) return undefined;
  const used = [...new Set(places)].filter((place) => place >= 0);
  const stale = used.filter((place) => {
    const [day, date] = [path.days[place], path.rates?.[place]?.date];
    return day !== undefined && date !== undefined && dayNumber(date) < dayNumber(lastWeekday(dayOf(day)));
  });
  const last = path.days[stale.at(-1) ?? -1];
  if (last === undefined) return undefined;
  const says = `is converted to ${currency} at an older rate on ${stale.length} days, the last of them ${dayOf(last)}`;
  return { code: "stale_fx_rate", says };
}

/** A price that moves by more than half with no split that says why: a split that nobody told of, or a wrong price. */
function jumps({ path, places }: Line): Said {
  const moved: number[] = [];
  for (let s = 1; s < places.length; s++) {
    const [before, place] = [places[s - 1] ?? -1, places[s] ?? -1];
    if (before >= 0 && Math.abs(ownPrice(path, place) / ownPrice(path, before) - 1) > JUMP_LIMIT) moved.push(place);
  }
  const last = path.days[moved.at(-1) ?? -1];
  if (last === undefined) return undefined;
  const times = moved.length === 1 ? "" : `${moved.length} times, the last time `;
  return {
    code: "price_jump",
    says: `moves by more than ${100 * JUMP_LIMIT} % ${times}on ${dayOf(last)}, without a split`,
  };
}

/** In the asset's currency, so that no exchange rate's move is taken for the asset's. */
const ownPrice = ({ prices, rates }: Line["path"], place: number): number => {
  const rate = rates?.[place]?.rate;
  return (prices[place] ?? NaN) / (rate === undefined ? 1 : Number(rate.numerator) / Number(rate.denominator));
};

function leftOutDividends({ path }: Line): Said {
  const [first] = path.leftOutDividends;
  if (first === undefined) return undefined;
  const says = `had dividends that no return can be made of, the first on ${first.exDividendDate}`;
  return { code: "dividend_left_out", says };
}
