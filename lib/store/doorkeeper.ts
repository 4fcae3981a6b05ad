/** Whether an id has been asked for before; from now on it has. */
export type Doorkeeper = (id: string) => boolean;

/** About as many as a full cache has entries. */
const REMEMBERED = 16_384;

/**
 * Lets into a cache what is asked for a second time. Much is asked for once: to keep it would cost its memory, the work of the
 * garbage collector, and the place of what is asked for again. This is the doorkeeper of TinyLFU (Einziger, Friedman and Manes,
 * "TinyLFU: A Highly Efficient Cache Admission Policy", 2017), with hashes in sets where they have a Bloom filter: it forgets
 * by generations, as the caches do. Who is taken for another is let in at once, which does no harm.
 *
 * Knows at least so many of the newest ids, and at most twice as many.
 */
export function doorkeeper(remembered: number = REMEMBERED): Doorkeeper {
  let [younger, older] = [new Set<number>(), new Set<number>()];

  return (id) => {
    const hash = hashOf(id);
    if (younger.has(hash)) return true;
    if (younger.size >= remembered) [younger, older] = [new Set(), younger];
    younger.add(hash);
    return older.has(hash);
  };
}

/** FNV-1a of the code units, 32 bits: numbers of a fixed size, however long the ids. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return hash;
}
