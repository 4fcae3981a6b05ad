/**
 * How a path finds its route. Hono's own choice would be a trie, too: its regular expressions do not take all of our paths.
 *
 * @module
 */
import type { Result, Router } from "hono/router";
import { TrieRouter } from "hono/router/trie-router";

/** Remembers what it found last: a request is matched for its route's name, and once more to be answered. */
export function rememberingRouter<T>(): Router<T> {
  const routes = new TrieRouter<T>();
  let last: { readonly method: string; readonly path: string; readonly found: Result<T> } | undefined;
  return {
    name: "remembering",
    add(method, path, handler) {
      routes.add(method, path, handler);
      last = undefined;
    },
    match(method, path) {
      if (last?.path !== path || last.method !== method) last = { method, path, found: routes.match(method, path) };
      return last.found;
    },
  };
}
