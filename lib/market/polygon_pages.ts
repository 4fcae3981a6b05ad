/**
 * All the rows that answer one call, page by page.
 *
 * @module
 */
import { type Body, readBody } from "./polygon_bodies.ts";
import { failureFor } from "./polygon_failures.ts";
import { request, type Transport } from "./polygon_request.ts";
import type { Call, Failure } from "./provider.ts";

export interface Paging {
  readonly body: Body;
  /** How many pages an answer may have. */
  readonly pageLimit: number;
  /** Whether the first page is enough. */
  readonly isCut: boolean;
}

/** The first failure on the way is the answer: half of the rows would pass for all of them. */
export async function askForRows(
  transport: Transport,
  firstPath: string,
  { body, pageLimit, isCut }: Paging,
  call: Call,
): Promise<readonly unknown[] | Failure> {
  let rows: readonly unknown[] = [];
  const asked = new Set<string>();
  for (let path = pathIn(firstPath) ?? firstPath;;) {
    const answer = await request(transport, path, call);
    if (answer.type !== "answered") return answer;
    if (answer.status !== 200) return failureFor(answer);
    const page = readBody(answer.text, body);
    if ("type" in page) return page;
    rows = rows.length === 0 ? page.rows : rows.concat(page.rows);

    asked.add(path);
    if (page.nextUrl === undefined || isCut) return rows;
    const next = pathIn(page.nextUrl);
    if (next === undefined) return { type: "malformed", reason: `the next page is at "${page.nextUrl}"` };
    // A cursor that comes again leads nowhere: what can be had has been read.
    if (asked.has(next)) return rows;
    if (asked.size >= pageLimit) return tooManyPages(pageLimit);
    path = next;
  }
}

/** Path and query of a page's address, whatever host it names: only our own base is sent the key. */
function pathIn(address: string): string | undefined {
  const url = URL.parse(address, "http://any.host");
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  if (url.searchParams.has("apiKey")) url.searchParams.delete("apiKey");
  return url.pathname + url.search;
}

const tooManyPages = (pageLimit: number): Failure => ({
  type: "rejected",
  reason: `the answer has more than ${pageLimit} pages: ask for a shorter span`,
});
