import type { Collection, Id } from "../../lib/store/collection.ts";
import type { Store } from "../../lib/store/store.ts";

/** Entities by the thousand with all their pointers, for a store that has none of them; `perOperation` have to fit into one. */
export async function putAll<T extends object, I extends Id>(
  store: Store,
  into: Collection<T, I>,
  entities: readonly T[],
  perOperation: number,
): Promise<void> {
  const { name, schemaVersion, idOf } = into.options;
  for (let at = 0; at < entities.length; at += perOperation) {
    const change = store.change();
    for (const entity of entities.slice(at, at + perOperation)) {
      change.set([name, idOf(entity)], { v: schemaVersion, ...entity });
      for (const { key, id } of into.entriesOf(entity)) change.set(key, id);
    }
    await change.commit();
  }
}
