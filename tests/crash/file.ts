import { type Context, contextOn } from "../../lib/context.ts";
import { openStore } from "../../lib/store/store.ts";

/** Looks at a store that no process has open. */
export async function withFile(path: string, look: (ctx: Context) => Promise<void>): Promise<void> {
  const store = await openStore(await Deno.openKv(path), { shared: false });
  try {
    await look(contextOn(store, () => new Date(), "America/New_York"));
  } finally {
    store.close();
  }
}
