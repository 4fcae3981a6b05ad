/**
 * Parts of what a listing selects.
 *
 * @module
 */

/** Comes before every other part of a key. */
export const LOWEST = new Uint8Array();

export const startOf = (selector: Deno.KvListSelector): Deno.KvKey =>
  "start" in selector ? selector.start : [...selector.prefix, LOWEST];

/** What of a selection comes after a key of it. */
export function behind(selector: Deno.KvListSelector, key: Deno.KvKey): Deno.KvListSelector {
  const start = [...key, LOWEST];
  return "end" in selector ? { start, end: selector.end } : { prefix: selector.prefix, start };
}

/** What of it comes before. */
export const ahead = (selector: Deno.KvListSelector, key: Deno.KvKey): Deno.KvListSelector => ({
  start: startOf(selector),
  end: key,
});
