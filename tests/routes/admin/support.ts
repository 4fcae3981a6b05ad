/**
 * The admin site as tests ask it: pages as text, and forms as a browser sends them.
 *
 * @module
 */
import type { Ask } from "../../support/asking.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };

export type Values = Readonly<Record<string, string | readonly string[]>>;

export const postTo = (ask: Ask, path: string, values: Values = {}): Promise<Response> => {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) for (const one of [value].flat()) body.append(name, String(one));
  return ask(path, { method: "POST", body: String(body), headers: FORM });
};

export const pageOf = async (ask: Ask, path: string): Promise<string> => await (await ask(path)).text();

/** The value of an input, by the pointer that names it. */
export const inputIn = (html: string, name: string): string | undefined =>
  new RegExp(`name="${name}"[^>]* value="([^"]*)"`).exec(html)?.[1]?.replaceAll("&quot;", '"');

/** What the next page will say of what was done. */
export function noticeOf(answer: Response): string | null {
  const [, notice] = /^foliolens-notice=([^;]*)/.exec(answer.headers.getSetCookie()[0] ?? "") ?? [];
  return notice === undefined ? null : decodeURIComponent(notice);
}
