/**
 * Sign-in with any OpenID Connect provider, found by discovery (OpenID Connect Core 1.0, Discovery 1.0).
 *
 * @module
 */
import * as oauth from "oauth4webapi";
import { authorizationUrl, exchangeCode, type OAuthClient, orProblem, requestOptions, userInfo } from "./oauth.ts";
import type { Recognised, SignInProvider } from "./sign_in_provider.ts";

export interface OidcOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly fetch: typeof fetch;
  readonly now: () => Date;
}

const DISCOVERED_FOR_MS = 3_600_000;

export function oidcProvider({ issuer, now, ...client }: OidcOptions): SignInProvider {
  let discovered: { server: Promise<oauth.AuthorizationServer>; atMs: number } | undefined;

  async function discover(): Promise<oauth.AuthorizationServer> {
    const response = await oauth.discoveryRequest(new URL(issuer), requestOptions(client.fetch, issuer));
    return await oauth.processDiscoveryResponse(new URL(issuer), response);
  }

  async function oauthClient(): Promise<OAuthClient> {
    const nowMs = now().getTime();
    if (discovered === undefined || nowMs - discovered.atMs >= DISCOVERED_FOR_MS) {
      const finding = { server: discover(), atMs: nowMs };
      finding.server.catch(() => discovered = discovered === finding ? undefined : discovered);
      discovered = finding;
    }
    return { ...client, server: await discovered.server, scope: "openid email profile" };
  }

  return {
    name: "oidc",
    title: new URL(issuer).hostname,
    authorizationUrl: (exchange) => orProblem(async () => authorizationUrl(await oauthClient(), exchange)),
    recognise: (callback, exchange) =>
      orProblem(async () => {
        const found = await oauthClient();
        const tokens = await exchangeCode(found, callback, exchange, { requireIdToken: true });
        return await recognised(found, tokens);
      }),
  };
}

/** By the identity token, and what it leaves out by the user info. */
async function recognised(client: OAuthClient, tokens: oauth.TokenEndpointResponse): Promise<Recognised> {
  const token = oauth.getValidatedIdTokenClaims(tokens);
  if (token === undefined) throw new Error("There is no identity token");
  const isWhole = token["email"] !== undefined || client.server.userinfo_endpoint === undefined;
  const claims: Readonly<Record<string, unknown>> = isWhole
    ? token
    : { ...token, ...await userInfo(client, tokens.access_token, token.sub) };
  const { email, email_verified: isEmailVerified, name } = claims;
  return {
    issuer: client.server.issuer,
    subject: token.sub,
    email: typeof email === "string" ? email : null,
    isEmailVerified: isEmailVerified === true,
    name: typeof name === "string" ? name : null,
  };
}
