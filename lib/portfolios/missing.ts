/**
 * What becomes of an asset whose prices begin later than the window: always by a rule that the answer states.
 *
 * @module
 */
import { dayOf } from "../day.ts";
import { explainedPrice } from "./explained.ts";
import { type AnalysisWarning, firstPriced, type LeftOut, type Line, lineFrom, newestValue } from "./line.ts";
import { estimateFromSector } from "./sector_proxy.ts";

/**
 * `shrink_window`: the window begins when all have prices. `exclude`: the asset is left out of all of the window.
 * `proxy_sector`: before its first price it moves as the rest of its sector in the portfolio does.
 */
export const MISSING_RULES = ["shrink_window", "exclude", "proxy_sector"] as const;
export type MissingRule = typeof MISSING_RULES[number];

export interface Ruled {
  readonly sessions: Int32Array;
  readonly lines: readonly Line[];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly AnalysisWarning[];
}

export function applyRule(rule: MissingRule, all: readonly Line[], sessions: Int32Array): Ruled {
  const hasPrice = (line: Line) => sessions.length === 0 || firstPriced(line) < sessions.length;
  const [lines, without] = [all.filter(hasPrice), all.filter((line) => !hasPrice(line))];
  const ruled = RULES[rule](lines, sessions);
  return { ...ruled, leftOut: [...without.map((line) => leftOut(line, "no_price")), ...ruled.leftOut] };
}

const RULES: Readonly<Record<MissingRule, (lines: readonly Line[], sessions: Int32Array) => Ruled>> = {
  shrink_window(lines, sessions) {
    const first = Math.max(0, ...lines.map(firstPriced));
    return {
      sessions: sessions.subarray(first),
      lines: first === 0 ? lines : lines.map((line) => lineFrom(line, first)),
      leftOut: [],
      warnings: lines.filter(isShort).map((line) =>
        shortHistory(line, sessions, "the window does not begin before then")
      ),
    };
  },
  exclude: (lines, sessions) => ({
    sessions,
    lines: lines.filter((line) => !isShort(line)),
    leftOut: lines.filter(isShort).map((line) => leftOut(line, "short_history")),
    warnings: lines.filter(isShort).map((line) => shortHistory(line, sessions, "it is left out")),
  }),
  proxy_sector(lines, sessions) {
    const whole = lines.filter((line) => !isShort(line));
    const estimated = lines.map((line) => isShort(line) ? estimateFromSector(line, whole) : line);
    const kept = estimated.filter((line) => line !== undefined);
    const without = lines.filter((_, i) => estimated[i] === undefined);
    return {
      sessions,
      lines: kept,
      leftOut: without.map((line) => leftOut(line, "short_history")),
      warnings: [
        ...kept.filter(isShort).map((line) => shortHistory(line, sessions, "before, it moves as its sector")),
        ...without.map((line) => shortHistory(line, sessions, "nothing of its sector has more, so it is left out")),
      ],
    };
  },
};

const isShort = (line: Line): boolean => firstPriced(line) > 0;

const leftOut = (line: Line, reason: LeftOut["reason"]): LeftOut => ({
  held: line.held,
  reason,
  value: newestValue(line),
  ...(line.newestPlace >= 0 && { newest: explainedPrice(line.path, line.newestPlace) }),
});

function shortHistory(line: Line, sessions: Int32Array, consequence: string): AnalysisWarning {
  const { symbol } = line.held.asset;
  const first = sessions[firstPriced(line)];
  const since = first === undefined ? "there are none" : `they begin on ${dayOf(first)}`;
  return {
    code: "short_history",
    asset: symbol,
    detail: `${symbol} has no prices for all of the window (${since}): ${consequence}`,
  };
}
