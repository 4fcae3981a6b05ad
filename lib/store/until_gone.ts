import type { Versioned } from "./collection.ts";

/** Removes an entity, read again each time, until nobody came between. */
export async function untilGone<T>(
  read: () => Promise<Versioned<T> | undefined>,
  remove: (entity: Versioned<T>) => Promise<boolean>,
): Promise<void> {
  for (let entity = await read(); entity !== undefined && !await remove(entity);) entity = await read();
}
