/** Work on one thing, one after another: so that a process does not lose races against itself. Others' races are lost as before. */
export type InTurn = <T>(thing: Deno.KvKey, work: () => Promise<T>) => Promise<T>;

export function turns(): InTurn {
  const last = new Map<string, Promise<unknown>>();

  return async (thing, work) => {
    const id = JSON.stringify(thing);
    const turn = (last.get(id) ?? Promise.resolve()).then(work);
    const ended = turn.catch(() => {});
    last.set(id, ended);
    try {
      return await turn;
    } finally {
      if (last.get(id) === ended) last.delete(id);
    }
  };
}
