/**
 * A word on what has just happened, carried from the form that did it to the page that comes next.
 *
 * @module
 */

const MAX_CHARS = 1_000;

export const noted = (path: string, notice: string): string =>
  `${path}?${new URLSearchParams({ notice: notice.length <= MAX_CHARS ? notice : `${cut(notice)}…` })}`;

const cut = (notice: string): string => notice.slice(0, MAX_CHARS - 1).toWellFormed();

/** Text from an address: shown as text, and bounded. */
export const noticeIn = (query: URLSearchParams): string | undefined => query.get("notice")?.slice(0, MAX_CHARS);
