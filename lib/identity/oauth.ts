/**
 * The authorization code flow with PKCE, state and issuer checks (RFC 9700, RFC 9207), as both providers use it.
 *
 * @module
 */
import * as oauth from "oauth4webapi";
import { Problem } from "../problem.ts";
import type { Exchange } from "./sign_in_provider.ts";

export interface OAuthClient {
  readonly server: oauth.AuthorizationServer;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
  readonly fetch: typeof fetch;
}

const TIMEOUT_MS = 10_000;
const BODY_LIMIT_BYTES = 1024 * 1024;
/** How far the clocks of this machine and the provider may be apart. */
const CLOCK_TOLERANCE_SECONDS = 30;

/** How a provider is asked: bounded in time and size; in clear only where its issuer is, which then is on this machine. */
export const requestOptions = (fetch: typeof globalThis.fetch, issuer: string) => ({
  [oauth.customFetch]: boundedFetch(fetch),
  [oauth.allowInsecureRequests]: issuer.startsWith("http:"),
});

function boundedFetch(fetch: typeof globalThis.fetch): (url: string, init?: object) => Promise<Response> {
  return async (url, init) => {
    const response = await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { status, headers } = response;
    return new Response(await bounded(response), { status, headers });
  };
}

async function bounded({ body }: Response): Promise<Uint8Array<ArrayBuffer> | null> {
  if (body === null) return null;
  let left = BODY_LIMIT_BYTES;
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      left -= chunk.byteLength;
      if (left < 0) return controller.error(new RangeError(`The answer is longer than ${BODY_LIMIT_BYTES} bytes`));
      controller.enqueue(chunk);
    },
  });
  return await new Response(body.pipeThrough(limit)).bytes();
}

const clientOf = ({ clientId }: OAuthClient): oauth.Client => ({
  client_id: clientId,
  [oauth.clockTolerance]: CLOCK_TOLERANCE_SECONDS,
});

export async function authorizationUrl(
  { server, clientId, scope }: OAuthClient,
  { redirectUri, state, nonce, codeVerifier }: Exchange,
): Promise<URL> {
  const url = new URL(server.authorization_endpoint ?? "");
  const parameters = {
    ...{ client_id: clientId, response_type: "code", redirect_uri: redirectUri, scope, state, nonce },
    ...{ code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier), code_challenge_method: "S256" },
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

/** Exchanges the code of a callback; an identity token is checked where one is asked for. */
export async function exchangeCode(
  client: OAuthClient,
  callback: URLSearchParams,
  exchange: Exchange,
  { requireIdToken }: { readonly requireIdToken: boolean },
): Promise<oauth.TokenEndpointResponse> {
  const { server, clientSecret } = client;
  const parameters = oauth.validateAuthResponse(server, clientOf(client), callback, exchange.state);
  const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  const options = requestOptions(client.fetch, server.issuer);
  const authenticate = methods.includes("client_secret_basic") ? oauth.ClientSecretBasic : oauth.ClientSecretPost;
  const response = await oauth.authorizationCodeGrantRequest(
    ...[server, clientOf(client), authenticate(clientSecret), parameters] as const,
    ...[exchange.redirectUri, exchange.codeVerifier, options] as const,
  );
  const expected = requireIdToken ? { expectedNonce: exchange.nonce, requireIdToken } : {};
  const tokens = await oauth.processAuthorizationCodeResponse(server, clientOf(client), response, expected);
  // TLS would do (OpenID Connect Core 1.0, 3.1.3.7), but a proxy on the way may end it.
  if (requireIdToken) await oauth.validateApplicationLevelSignature(server, response, options);
  return tokens;
}

export async function userInfo(
  client: OAuthClient,
  accessToken: string,
  subject: string,
): Promise<oauth.UserInfoResponse> {
  const { server } = client;
  const options = requestOptions(client.fetch, server.issuer);
  const response = await oauth.userInfoRequest(server, clientOf(client), accessToken, options);
  return await oauth.processUserInfoResponse(server, clientOf(client), subject, response);
}

/** What `ask` answers; what went wrong, as a problem that says no secret and keeps only the kind of its cause. */
export async function orProblem<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw problemOf(error, kindOf(error));
  }
}

function problemOf(error: unknown, cause: string): Problem {
  if (error instanceof oauth.AuthorizationResponseError) return declined(error.error, cause);
  if (error instanceof oauth.ResponseBodyError && error.error === "invalid_grant") {
    return new Problem("malformed-request", "The provider does not know this sign-in any more", { cause });
  }
  if (isNoAnswer(error)) {
    const headers = { "retry-after": "30" };
    return new Problem("unavailable", "The provider does not answer", { cause, headers });
  }
  return new Problem("bad-gateway", "The provider's answer cannot be used", { cause });
}

function declined(error: string, cause: string): Problem {
  if (error === "access_denied") return new Problem("forbidden", "The sign-in was declined at the provider", { cause });
  return new Problem("bad-gateway", "The provider could not go on with the sign-in", { cause });
}

/** What `fetch` throws, and a time-out. */
const isNoAnswer = (error: unknown): boolean =>
  (error instanceof TypeError && !("code" in error)) ||
  (error instanceof DOMException && error.name === "TimeoutError");

/** The messages and causes of a failed exchange may quote tokens. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = "code" in error ? ` ${String(error.code)}` : "";
  const said = error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError
    ? ` ${error.error.slice(0, 100)}`
    : "";
  return `${error.name}${code}${said}`;
}
