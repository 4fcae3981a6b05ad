/**
 * A word on what has just happened, carried from the form that did it to the page that comes next: in a cookie, since an address
 * could be made up by anybody.
 *
 * @module
 */
import { cookiesFor } from "../cookies.ts";
import type { Shown } from "./visit.ts";

const MAX_CHARS = 1_000;
/** A cookie holds 4,096 bytes, with its name and what else is said of it (RFC 6265, 6.1). */
const MAX_BYTES = 3_600;
/** As long as it may take to the next page. */
const MAX_AGE_SECONDS = 60;

export const noted = (location: string, notice: string): Shown => ({ location, notice });

/** The `Set-Cookie` header that carries a notice, or nothing more. */
export const noticeCookie = (publicUrl: string, notice: string | undefined): string => {
  const { notice: cookie } = cookiesFor(publicUrl);
  return notice === undefined ? cookie.clear() : cookie.write(shortened(notice), MAX_AGE_SECONDS);
};

export const noticeIn = (publicUrl: string, cookieHeader: string | undefined): string | undefined =>
  cookiesFor(publicUrl).notice.read(cookieHeader ?? null) ?? undefined;

function shortened(notice: string): string {
  let kept = notice.toWellFormed();
  for (let chars = MAX_CHARS; kept.length > MAX_CHARS || encodeURIComponent(kept).length > MAX_BYTES; chars -= 50) {
    kept = `${notice.slice(0, chars - 1).toWellFormed()}…`;
  }
  return kept;
}
