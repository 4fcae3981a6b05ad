import type { Change } from "../../lib/store/change.ts";
import type { Collection, Id } from "../../lib/store/collection.ts";
import type { Store } from "../../lib/store/store.ts";

/** Entities by the thousand with all their pointers, for a store that has none of them; `perOperation` have to fit into one. */
export async function putAll<T extends object, I extends Id>(
  store: Store,
  into: Collection<T, I>,
  entities: readonly T[],
  perOperation: number,
): Promise<void> {
  for (let at = 0; at < entities.length; at += perOperation) {
    const change = store.change();
    // An operation takes few checks, and nobody else writes.
    const unchecked: Change = { ...change, check: () => unchecked };
    for (const entity of entities.slice(at, at + perOperation)) into.insert(unchecked, entity);
    await change.commit();
  }
}
