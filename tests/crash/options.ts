/**
 * How long, and which way: `deno task test:crash --seconds=600 --seed=7 --exhaustive`.
 *
 * @module
 */
import { parseArgs } from "node:util";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    seconds: { type: "string", default: "8" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    exhaustive: { type: "boolean", default: false },
  },
});

/** For how long servers are killed. */
export const SECONDS = Number(values.seconds);
/** Decides what is written and when it is cut off; not how far the server came by then. */
export const SEED = values.seed;
/** A night is cut off after every commit of it, and not after some. */
export const IS_EXHAUSTIVE = values.exhaustive;
