/**
 * How long and from which seed to fuzz: few runs and always the same unless the command line says otherwise, after `--`.
 *
 * @module
 */
import { parseArgs } from "node:util";

export interface Runs {
  readonly numRuns: number;
  readonly seed: number;
}

const SEED = 20_211_105;

/** `few` are those of the suite; `--runs` multiplies them. */
export function runs(few: number): Runs {
  const { values } = parseArgs({
    args: Deno.args,
    options: { runs: { type: "string", default: "1" }, seed: { type: "string" } },
    strict: false,
  });
  const times = Number(values.runs);
  const seed = values.seed === undefined ? (times === 1 ? SEED : Date.now() % 2 ** 31) : Number(values.seed);
  return { numRuns: Math.ceil(few * times), seed };
}
