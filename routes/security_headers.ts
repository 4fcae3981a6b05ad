/**
 * What an answer lets a browser do, by its kind: one plain object of headers each.
 *
 * @module
 */
export type HeaderFields = Readonly<Record<string, string>>;

const COMMON = {
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/**
 * Whatever may be read with a key may be read from any origin, and the cookie is of use to none but ours. The same to all origins, so
 * that no answer varies by it.
 */
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers":
    "ETag, Location, Link, Allow, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate, X-Request-Id",
};

/** Kept short: each header costs a request about as much as all of its routing. */
const API = {
  ...COMMON,
  ...CORS,
  "cache-control": "private, no-cache",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

const PAGE = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  // Without a referrer the `Origin` of a form is null, and there is nothing else to know our pages by where a browser sends no
  // `Sec-Fetch-Site`, as on plain http. No page says its path to anybody.
  "referrer-policy": "strict-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
};

const HSTS_SECONDS = 365 * 24 * 60 * 60;

/** Of what the API answers, a refusal too. `publicUrl` is where users find it. */
export const apiHeaders = (publicUrl: string): HeaderFields =>
  publicUrl.startsWith("https:") ? { ...API, "strict-transport-security": `max-age=${HSTS_SECONDS}` } : API;

/** Of a page or a file that pages load: those of the API, but for no other origin. */
export function pageHeaders(headers: HeaderFields): HeaderFields {
  const own = Object.entries(headers).filter(([name]) => !name.startsWith("access-control-"));
  return { ...Object.fromEntries(own), ...PAGE };
}

/** What a page of ours may do: nothing, but for the kinds of thing that it names. */
export function pagePolicy(allowed: HeaderFields = {}): HeaderFields {
  const directives = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    ...allowed,
  };
  return { "content-security-policy": Object.entries(directives).map((pair) => pair.join(" ")).join("; ") };
}

const PREFLIGHT_SECONDS = 7_200;

/** Of the answer to a preflight of the Fetch standard. */
export const preflightHeaders = (methods: string): HeaderFields => ({
  "access-control-allow-methods": methods,
  "access-control-allow-headers": "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-Request-Id",
  "access-control-max-age": String(PREFLIGHT_SECONDS),
});
