import { openStore, type Store } from "../../../lib/store/store.ts";
import type { KvServer } from "../../support/kv_connect_server.ts";
import { startService, type TestService } from "../../support/service.ts";

const ACCESS_TOKEN = "DENO_KV_ACCESS_TOKEN";

/** As a process of its own would open it. */
export const openProcess = async (server: KvServer): Promise<Store> =>
  await openStore(await openServersKv(server), { shared: true });

/** A whole service on it, beside others. */
export const startOnServer = (server: KvServer, env: Readonly<Record<string, string>> = {}): Promise<TestService> =>
  startService({
    open: async () => {
      const kv = await openServersKv(server);
      return { kv, store: await openStore(kv, { shared: true }) };
    },
    env: { DEMO_DATA: "false", ...env },
  });

export async function openServersKv({ url, token }: KvServer): Promise<Deno.Kv> {
  const before = Deno.env.get(ACCESS_TOKEN);
  Deno.env.set(ACCESS_TOKEN, token);
  try {
    return await Deno.openKv(url);
  } finally {
    if (before === undefined) Deno.env.delete(ACCESS_TOKEN);
    else Deno.env.set(ACCESS_TOKEN, before);
  }
}
