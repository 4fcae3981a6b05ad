/**
 * Where one is in a list: what was asked of it, carried by the pages of what is in it, so that they lead back there.
 *
 * @module
 */

/** Said of nothing but what was chosen. */
export const placeIn = (query: URLSearchParams): URLSearchParams =>
  new URLSearchParams([...query].filter(([, value]) => value !== ""));

/** A list, as it was asked for. */
export const listAt = (path: string, list: URLSearchParams): string => list.size > 0 ? `${path}?${list}` : path;

/** A page that leads back to its list: it is told the query alone, so that it leads nowhere else. */
export const fromList = (path: string, list: URLSearchParams): string =>
  list.size > 0 ? `${path}?${new URLSearchParams({ list: String(list) })}` : path;
