/**
 * Rows in quarantine that leave an asset at an older price, and what is said of them.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { dateOfId, quarantineCollection, type QuarantineEntry, waitingBars } from "../store/quarantine.ts";
import { sideBySide } from "./side_by_side.ts";

/** By asset number: the ids of its bars that wait, by rising date. */
export type WaitingRows = ReadonlyMap<number, readonly string[]>;

/** Assets that are looked up at once. */
const WIDTH = 4;

/** Of now, or of an instant. What came out by itself since, such as a jump that a split explains, has left no trace. */
export async function waitingRows(
  { store }: Pick<Context, "store">,
  assetNos: readonly number[],
  knownAt: Date | undefined,
): Promise<WaitingRows> {
  if (knownAt === undefined) return await waitingBars(store);
  const ids = await sideBySide(assetNos, WIDTH, async (assetNo) => {
    const entries = await Array.fromAsync(quarantineCollection(store).each({ by: "asset", value: [assetNo] }));
    return entries.filter(({ value }) => value.kind === "bar" && waitedAt(value, knownAt)).map(({ value }) => value.id);
  });
  return new Map(assetNos.map((assetNo, i) => [assetNo, ids[i] ?? []]));
}

/** By whole seconds, as bars count. */
function waitedAt({ recordedAt, decision }: QuarantineEntry, instant: Date): boolean {
  const isUpTo = (at: string) => Math.floor(Date.parse(at) / 1_000) <= Math.floor(instant.getTime() / 1_000);
  return isUpTo(recordedAt) && !(decision !== null && isUpTo(decision.at));
}

/** `id` is of a row that is newer than the price that is used. */
export const heldBackWarning = (symbol: string, id: string, priceDate: string) => ({
  code: "stale_price" as const,
  asset: symbol,
  detail: `${symbol}: the row of ${
    dateOfId(id)
  } is in quarantine (${id}); its last good price, of ${priceDate}, is used`,
});
