import { parse } from "devalue";

/** Stores what {@link contentsOf} says, in an empty KV. */
export async function fill(kv: Deno.Kv, contents: ReadonlyMap<string, string>): Promise<void> {
  const change = kv.atomic();
  for (const [key, value] of contents) change.set(JSON.parse(key), parse(value));
  await change.commit();
}
