/**
 * A KV server, opened by a task.
 *
 * @module
 */
export async function openKvServer(url: string, token: string | undefined): Promise<Deno.Kv> {
  // The one place where Deno looks for it.
  if (token !== undefined) Deno.env.set("DENO_KV_ACCESS_TOKEN", token);
  return await Deno.openKv(url);
}
