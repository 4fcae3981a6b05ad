/**
 * The money-weighted return: the yearly rate at which what was paid in would have grown to what was paid out (XIRR).
 *
 * @module
 */
import { known, type Metric, missing } from "./metric.ts";
import { rootBetween } from "./root.ts";

/** Money paid in (negative) or out (positive); the value held at the end counts as paid out then. */
export interface CashFlow {
  /** Days since any one day; whole. */
  readonly day: number;
  /** Any finite amount, 0 included. */
  readonly amount: number;
}

/** A rate, and the others that would do as well. */
export interface MoneyWeightedReturn {
  /** A fraction a year: of several rates the one nearest 0. */
  readonly rate: Metric;
  /** Every rate, by rising value: more than one may be where flows change their sign more than once. */
  readonly rates: readonly number[];
}

const DAYS_A_YEAR = 365;

/** From here on `e^-x` is less than any double. */
const VANISHING = 746;

/** Growth a year, by its logarithm, which a rate that is a double can have: from hardly above -1 to the largest. */
const [LOWEST, HIGHEST] = [Math.log(Number.EPSILON / 2), Math.log(Number.MAX_VALUE)];

/**
 * XIRR, act/365: the rates `i` above -1 with `sum CF_k / (1 + i)^(d_k / 365) = 0`; after Excel's `XIRR` and pyxirr.
 *
 * Where the flows of successive days change their sign once, there is one rate (Descartes). Else the whole range of rates
 * is searched, for places where the sum changes its sign and for such where it touches zero without.
 *
 * @param flows In any order; several of one day count as their sum.
 * @returns None where the flows have one sign or one date, or where no rate does.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { rate } = moneyWeightedReturn([{ day: 0, amount: -100 }, { day: 730, amount: 121 }]);
 * assert.ok(rate.value !== null && Math.abs(rate.value - 0.1) < 1e-15);
 * ```
 */
export function moneyWeightedReturn(flows: readonly CashFlow[]): MoneyWeightedReturn {
  const none = (reason: Parameters<typeof missing>[0]) => ({ rate: missing(reason), rates: [] });
  if (flows.length === 0) return none("too_few_observations");
  const paid = flows.filter(({ amount }) => amount !== 0);
  if (!paid.some(({ amount }) => amount < 0) || !paid.some(({ amount }) => amount > 0)) return none("no_sign_change");
  if (paid.every(({ day }) => day === paid[0]?.day)) return none("one_date");
  const sum = presentValue(paid);
  if (sum.signChanges === 0) return none("no_sign_change");
  const rates = (sum.signChanges === 1 ? onlyRoot(sum) : everyRoot(sum)).map(Math.expm1);
  const nearest = rates.toSorted((a, b) => Math.abs(a) - Math.abs(b) || b - a)[0];
  if (nearest === undefined) return none(hasRootBeyond(sum) ? "overflow" : "no_root");
  return { rate: known(nearest), rates };
}

/** The present value of flows by the logarithm `u` of a year's growth, or something of the same sign. */
interface PresentValue {
  /** `sum CF e^(-t u)`, seen from the first flow, or from the last: no term overflows for `u` above 0, or below. */
  readonly at: (u: number, from: "first" | "last") => number;
  /** Its derivative by `u`. */
  readonly slopeAt: (u: number, from: "first" | "last") => number;
  /** The sum of its terms without their signs: what it is to be called zero against. */
  readonly sizeAt: (u: number, from: "first" | "last") => number;
  readonly signChanges: number;
  /** Sign where `u` is very large: the first flow's. */
  readonly firstSign: number;
  /** Sign where `u` is very small: the last flow's. */
  readonly lastSign: number;
}

function presentValue(flows: readonly CashFlow[]): PresentValue {
  const { years, amounts } = netted(flows);
  const last = years.at(-1) ?? 0;
  const total = (u: number, from: "first" | "last", weigh: (amount: number, t: number) => number) => {
    const origin = from === "first" ? 0 : last;
    let sum = 0;
    for (let k = 0; k < amounts.length; k++) {
      const t = (years[k] as number) - origin;
      if (t * u < VANISHING) sum += weigh(amounts[k] as number, t) * Math.exp(-t * u);
    }
    return sum;
  };
  const signs = [...amounts].map(Math.sign);
  return {
    at: (u, from) => total(u, from, (amount) => amount),
    slopeAt: (u, from) => total(u, from, (amount, t) => -t * amount),
    sizeAt: (u, from) => total(u, from, Math.abs),
    signChanges: signs.filter((sign, k) => k > 0 && sign !== signs[k - 1]).length,
    firstSign: signs[0] ?? 0,
    lastSign: signs.at(-1) ?? 0,
  };
}

/** The sum of each day that is not zero, by rising day, in units of the largest flow and years of the first. */
function netted(flows: readonly CashFlow[]): { years: Float64Array; amounts: Float64Array } {
  const largest = flows.reduce((size, { amount }) => Math.max(size, Math.abs(amount)), 0);
  const byDay = new Map<number, number>();
  for (const { day, amount } of flows) byDay.set(day, (byDay.get(day) ?? 0) + amount / largest);
  const days = [...byDay].filter(([, amount]) => amount !== 0).sort(([a], [b]) => a - b);
  const first = days[0]?.[0] ?? 0;
  return {
    years: Float64Array.from(days, ([day]) => (day - first) / DAYS_A_YEAR),
    amounts: Float64Array.from(days, ([, amount]) => amount),
  };
}

const endOf = (u: number): "first" | "last" => u < 0 ? "last" : "first";

const valueAt = ({ at }: PresentValue, u: number): number => at(u, endOf(u));

/** Away from 0 in doubling steps, then between the last two. */
function onlyRoot(sum: PresentValue): number[] {
  const here = valueAt(sum, 0);
  if (here === 0) return [0];
  const limit = Math.sign(here) === sum.firstSign ? LOWEST : HIGHEST;
  let [from, to] = [0, 0];
  for (let size = 1 / 64; from !== limit; size *= 2) {
    to = Math.sign(limit) * Math.min(size, Math.abs(limit));
    if (Math.sign(valueAt(sum, to)) !== Math.sign(here)) return [rootBetween((u) => valueAt(sum, u), from, to)];
    from = to;
  }
  return [];
}

/** Dense near 0, where rates are told apart by the hundredth, and of one relative width far from it. */
const [NEAR, STEP] = [0.02, 0.02];
const GRID: readonly number[] = Array.from(
  { length: Math.floor((Math.asinh(HIGHEST / NEAR) - Math.asinh(LOWEST / NEAR)) / STEP) + 1 },
  (_, i) => Math.min(HIGHEST, NEAR * Math.sinh(Math.asinh(LOWEST / NEAR) + i * STEP)),
);

function everyRoot(sum: PresentValue): number[] {
  const values = GRID.map((u) => valueAt(sum, u));
  const roots: number[] = [];
  for (let i = 1; i < GRID.length; i++) {
    const [before, value, after] = [values[i - 1] as number, values[i] as number, values[i + 1]];
    const [from, here] = [GRID[i - 1] as number, GRID[i] as number];
    if (before === 0) roots.push(from);
    else if (before * value < 0) roots.push(rootBetween((u) => valueAt(sum, u), from, here));
    else if (after !== undefined && isDip(before, value, after)) {
      roots.push(...dipRoots(sum, from, GRID[i + 1] as number));
    }
  }
  return roots.toSorted((a, b) => a - b);
}

/** Of three values of one sign the middle one is nearest zero: between its neighbours the sum may touch zero, or cross it twice. */
const isDip = (before: number, value: number, after: number): boolean =>
  value !== 0 && before * value > 0 && after * value > 0 && Math.abs(value) <= Math.abs(before) &&
  Math.abs(value) < Math.abs(after);

/** What a sum of terms is off by, as a share of their size. */
const ROUNDING = 1e-14;

function dipRoots(sum: PresentValue, from: number, to: number): number[] {
  const end = endOf((from + to) / 2);
  const [at, slope] = [(u: number) => sum.at(u, end), (u: number) => sum.slopeAt(u, end)];
  if (slope(from) * slope(to) > 0) return [];
  const deepest = rootBetween(slope, from, to);
  if (Math.abs(at(deepest)) <= ROUNDING * sum.sizeAt(deepest, end)) return [deepest];
  if (at(deepest) * at(from) > 0) return [];
  return [rootBetween(at, from, deepest), rootBetween(at, deepest, to)];
}

/** Whether the sum still has to change its sign outside of what a rate can be. */
const hasRootBeyond = (sum: PresentValue): boolean =>
  Math.sign(valueAt(sum, HIGHEST)) !== sum.firstSign || Math.sign(valueAt(sum, LOWEST)) !== sum.lastSign;
