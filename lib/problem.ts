/**
 * The one catalogue of errors (RFC 9457, Problem Details for HTTP APIs), used by verbs, handlers and the OpenAPI document.
 *
 * @module
 */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** For whoever looks the type up: when it is answered, and what to do. */
  readonly help: string;
}

export const PROBLEMS = {
  "malformed-request": {
    status: 400,
    title: "The request could not be read",
    help: "The body is not what its media type says, or nested too deeply. Correct it and send it again.",
  },
  "unauthorized": {
    status: 401,
    title: "Authentication is required",
    help: "Send a key that is known and valid as `Authorization: Bearer KEY`.",
  },
  "forbidden": {
    status: 403,
    title: "Not allowed",
    help: "The key is known, but this is not for whoever holds it.",
  },
  "not-found": {
    status: 404,
    title: "The resource does not exist",
    help: "There is nothing here, or nothing that you may know of.",
  },
  "method-not-allowed": {
    status: 405,
    title: "The method is not allowed",
    help: "The `Allow` header lists the methods of this resource.",
  },
  "request-timeout": {
    status: 408,
    title: "The request took too long to arrive",
    help: "Send the body faster, or in smaller parts; the detail names the limit.",
  },
  "conflict": {
    status: 409,
    title: "The request conflicts with the present state",
    help: "Something else has the name, is in use, or is under way. The detail says what.",
  },
  "version-mismatch": {
    status: 412,
    title: "The resource has changed",
    help: "`If-Match` named another version than the present one. Read the resource again and repeat the change.",
  },
  "payload-too-large": {
    status: 413,
    title: "The body is too large",
    help: "Send it in smaller parts; the detail names the limit.",
  },
  "uri-too-long": {
    status: 414,
    title: "The address is too long",
    help: "Shorten path and query; the detail names the limit.",
  },
  "unsupported-media-type": {
    status: 415,
    title: "The media type is not accepted",
    help: "Set `Content-Type` to a media type that the operation documents.",
  },
  "validation-failed": {
    status: 422,
    title: "The request is not valid",
    help: "It was read, but values in it are wrong: `errors` names each, by JSON pointer (RFC 6901) or parameter.",
  },
  "rate-limited": {
    status: 429,
    title: "Too many requests",
    help: "Wait `Retry-After` seconds.",
  },
  "bad-gateway": {
    status: 502,
    title: "Another service gave no usable answer",
    help:
      "What was asked of it could not be done with what it said. Try again; if it goes on, tell whoever runs this service.",
  },
  "unavailable": {
    status: 503,
    title: "Not available now",
    help: "Something that is needed does not answer, or is busy. Try again after `Retry-After` seconds.",
  },
  "internal": {
    status: 500,
    title: "Internal error",
    help: "A fault of ours. It has been logged under the request id.",
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemType = keyof typeof PROBLEMS;

/** One value that is wrong: by JSON pointer (RFC 6901) in a body, else by the parameter's name. */
export type ValueError =
  | { readonly pointer: string; readonly detail: string }
  | { readonly parameter: string; readonly detail: string };

export interface ProblemOptions extends ErrorOptions {
  readonly errors?: readonly ValueError[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** The only error that reaches a client: what it says is meant for the client's eyes. */
export class Problem extends Error {
  override name = "Problem";
  readonly errors: readonly ValueError[] | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(readonly type: ProblemType, readonly detail: string, options: ProblemOptions = {}) {
    super(`${type}: ${detail}`, options);
    this.errors = options.errors;
    this.headers = options.headers;
  }
}

/** For whoever runs the service: with what clients are not told. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return error instanceof Problem && cause instanceof Error ? `${message} (${cause.message})` : message;
}

/** Values that are wrong; each is named, also for who reads the detail alone. */
export const invalid = (errors: readonly ValueError[]): Problem =>
  new Problem("validation-failed", errors.map(inOneLine).join("; ").slice(0, 1_000), { errors });

function inOneLine(error: ValueError): string {
  const name = "parameter" in error ? error.parameter : error.pointer;
  return name === "" ? error.detail : `${name}: ${error.detail}`;
}

/** Joins the parts to a JSON pointer, escaped as RFC 6901 says. */
export const pointer = (...parts: readonly PropertyKey[]): string =>
  parts.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** Somebody else was faster each time: nothing was changed, and may be tried again at once. */
export const tooManyConflicts = (): Problem =>
  new Problem("unavailable", "Too many changes at once; nothing was changed", { headers: { "retry-after": "1" } });
