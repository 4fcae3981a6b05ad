/**
 * The start of the only process on a store: whoever was at work there before is gone.
 *
 * @module
 */
import { type JobsContext, voidLeases } from "./ledger.ts";
import { emptyLines } from "./pacing.ts";

/** Makes due at once what ran, and lets nobody wait behind who stood in line. */
export async function takeOver(ctx: JobsContext): Promise<void> {
  await voidLeases(ctx);
  await emptyLines(ctx);
}
