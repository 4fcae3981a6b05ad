import type { AnalysisWarning, LeftOut } from "../../lib/portfolios/line.ts";

type Code = AnalysisWarning["code"];

/** Of one kind. */
const MAX_TOLD = 3;

const KINDS: Readonly<Record<Code, string>> = {
  stale_price: "Prices that are older than their session",
  stale_fx_rate: "Exchange rates that are older than the price",
  short_history: "Prices that begin later than the window",
  price_jump: "Prices that jump without a split",
  dividend_left_out: "Dividends that no return can be made of",
  benchmark_gaps: "Gaps in the benchmark's prices",
  few_observations: "Few observations",
  not_monotone: "Values at risk that are no quantile",
};

const MAX_NAMED = 20;

/** By reason, such as "AA and BB (no price)". */
export function leftOutText(leftOut: readonly LeftOut[]): string {
  const byReason = [...Map.groupBy(leftOut, ({ reason }) => reason)];
  return byReason.map(([reason, all]) => {
    const named = all.slice(0, MAX_NAMED).map(({ held }) => held.asset.symbol);
    const rest = all.length > named.length ? [`${all.length - named.length} others`] : [];
    return `${IN_WORDS.format([...named, ...rest])} (${reason.replaceAll("_", " ")})`;
  }).join("; ");
}

const IN_WORDS = new Intl.ListFormat("en");

interface WarningsProps {
  readonly warnings: readonly AnalysisWarning[];
  /** Where all are told. */
  readonly href: string;
}

/** Five hundred assets of short history are one thing to know, not five hundred. */
export function Warnings({ warnings, href }: WarningsProps) {
  if (warnings.length === 0) return null;
  const byCode = [...Map.groupBy(warnings, ({ code }) => code)];
  const isCut = byCode.some(([, all]) => all.length > MAX_TOLD);
  return (
    <>
      <ul>{byCode.map(([code, all]) => all.length > MAX_TOLD ? <Many code={code} all={all} /> : all.map(told))}</ul>
      {isCut && (
        <p>
          <a href={href}>All {warnings.length} warnings, as the API tells them</a>
        </p>
      )}
    </>
  );
}

const told = ({ detail }: AnalysisWarning) => <li>{detail}</li>;

const Many = ({ code, all }: { code: Code; all: readonly AnalysisWarning[] }) => (
  <li>
    {KINDS[code]}: {all.length}, among them
    <ul>{all.slice(0, MAX_TOLD).map(told)}</ul>
  </li>
);
