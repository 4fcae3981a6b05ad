import type { Config } from "../config.ts";
import { githubProvider } from "./github.ts";
import { oidcProvider } from "./oidc.ts";
import type { ProviderName, SignInProvider } from "./sign_in_provider.ts";

export type SignInProviders = ReadonlyMap<string, SignInProvider>;

type ProviderConfig = Pick<
  Config,
  "OIDC_ISSUER" | "OIDC_CLIENT_ID" | "OIDC_CLIENT_SECRET" | "GITHUB_CLIENT_ID" | "GITHUB_CLIENT_SECRET"
>;

/** Those that the configuration names; it names each whole or not at all. */
export function configuredProviders(
  config: ProviderConfig,
  given: { readonly fetch: typeof fetch; readonly now: () => Date },
): SignInProviders {
  const found = new Map<ProviderName, SignInProvider>();
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET } = config;
  if (issuer !== undefined && OIDC_CLIENT_ID !== undefined && OIDC_CLIENT_SECRET !== undefined) {
    found.set("oidc", oidcProvider({ ...given, issuer, clientId: OIDC_CLIENT_ID, clientSecret: OIDC_CLIENT_SECRET }));
  }
  if (GITHUB_CLIENT_ID !== undefined && GITHUB_CLIENT_SECRET !== undefined) {
    const credentials = { clientId: GITHUB_CLIENT_ID, clientSecret: GITHUB_CLIENT_SECRET };
    found.set("github", githubProvider({ ...credentials, fetch: given.fetch }));
  }
  return found;
}
