export type Ask = (path: string, init?: Omit<RequestInit, "body"> & { body?: unknown }) => Promise<Response>;

/** Asks with these headers, unless others are given; an object as `body` is sent as JSON. */
export function asking(
  request: (path: string, init?: RequestInit) => Promise<Response>,
  own: Readonly<Record<string, string>>,
): Ask {
  return (path, { body, headers, ...init } = {}) => {
    const sent = new Headers({ ...own, ...Object.fromEntries(new Headers(headers)) });
    const isJson = typeof body === "object" && body !== null;
    if (isJson && !sent.has("content-type")) sent.set("content-type", "application/json");
    return request(path, {
      ...init,
      headers: sent,
      ...(body !== undefined && { body: isJson ? JSON.stringify(body) : String(body) }),
    });
  };
}
