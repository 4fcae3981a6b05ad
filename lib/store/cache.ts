/** Bounded, least-recently-used memory of what was read. Holds promises, so that many readers of one entry cost one read. */
export interface ReadCache {
  get<T>(id: string, read: () => Promise<T>): Promise<T>;
  forget(id: string): void;
  clear(): void;
}

export function readCache(maxEntries: number): ReadCache {
  const held = new Map<string, Promise<unknown>>();

  function get<T>(id: string, read: () => Promise<T>): Promise<T> {
    const hit = held.get(id) as Promise<T> | undefined;
    if (hit !== undefined) {
      held.delete(id);
      held.set(id, hit);
      return hit;
    }
    const reading = read();
    held.set(id, reading);
    reading.catch(() => {
      if (held.get(id) === reading) held.delete(id);
    });
    if (held.size > maxEntries) {
      const oldest = held.keys().next();
      if (!oldest.done) held.delete(oldest.value);
    }
    return reading;
  }

  return { get, forget: (id) => held.delete(id), clear: () => held.clear() };
}
