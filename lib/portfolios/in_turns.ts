/** What `work` makes of each, a few a turn, so that nothing else waits for all of them. */
export async function inTurns<T, R>(
  { nextTurn }: { readonly nextTurn: () => Promise<void> },
  items: readonly T[],
  work: (item: T, i: number) => R,
  itemsATurn = ITEMS_A_TURN,
): Promise<R[]> {
  const results: R[] = [];
  for (const [i, item] of items.entries()) {
    if (i > 0 && i % itemsATurn === 0) await nextTurn();
    results.push(work(item, i));
  }
  return results;
}

/** Of five years, some milliseconds of work. */
const ITEMS_A_TURN = 32;
