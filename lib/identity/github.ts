/**
 * Sign-in with GitHub, which speaks OAuth but not OpenID Connect: who came back is asked of its API.
 *
 * @module
 */
import * as oauth from "oauth4webapi";
import { z } from "zod";
import { Problem } from "../problem.ts";
import { authorizationUrl, exchangeCode, type OAuthClient, orProblem, requestOptions } from "./oauth.ts";
import type { Recognised, SignInProvider } from "./sign_in_provider.ts";

export interface GithubOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly fetch: typeof fetch;
}

const ISSUER = "https://github.com/login/oauth";
const API = "https://api.github.com";

const userSchema = z.object({ id: z.int().positive(), login: z.string(), name: z.string().nullish() });
const emailsSchema = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));

export function githubProvider(options: GithubOptions): SignInProvider {
  const server = {
    issuer: ISSUER,
    authorization_endpoint: `${ISSUER}/authorize`,
    token_endpoint: `${ISSUER}/access_token`,
    token_endpoint_auth_methods_supported: ["client_secret_post"],
  };
  const client: OAuthClient = { ...options, server, scope: "read:user user:email" };

  async function ask<T>(path: string, accessToken: string, schema: z.ZodType<T>): Promise<T> {
    const headers = new Headers({ accept: "application/vnd.github+json", "user-agent": "Foliolens" });
    const url = new URL(`${API}${path}`);
    const response = await oauth.protectedResourceRequest(
      ...[accessToken, "GET", url, headers, null, requestOptions(options.fetch, ISSUER)] as const,
    );
    if (response.status !== 200) throw new Problem("bad-gateway", `GitHub answered ${response.status}`);
    return schema.parse(await response.json());
  }

  async function recognised(accessToken: string): Promise<Recognised> {
    const { id, login, name } = await ask("/user", accessToken, userSchema);
    const emails = await ask("/user/emails", accessToken, emailsSchema);
    const primary = emails.find((address) => address.primary && address.verified);
    return {
      ...{ issuer: ISSUER, subject: String(id), email: primary?.email ?? null },
      ...{ isEmailVerified: primary !== undefined, name: name ?? login },
    };
  }

  return {
    name: "github",
    title: "GitHub",
    authorizationUrl: (exchange) => orProblem(() => authorizationUrl(client, exchange)),
    recognise: (callback, exchange) =>
      orProblem(async () => {
        const tokens = await exchangeCode(client, callback, exchange, { requireIdToken: false });
        return await recognised(tokens.access_token);
      }),
  };
}
