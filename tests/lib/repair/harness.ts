import { parse } from "devalue";

/** Stores what {@link contentsOf} says, but for what is `undefined`, in an empty KV. */
export async function fill(kv: Deno.Kv, contents: ReadonlyMap<string, string | undefined>): Promise<void> {
  const change = kv.atomic();
  for (const [key, value] of contents) if (value !== undefined) change.set(JSON.parse(key), parse(value));
  await change.commit();
}
