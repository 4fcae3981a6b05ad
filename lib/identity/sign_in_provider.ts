/**
 * Who vouches for users: what the sign-in asks of a provider, whatever protocol it speaks.
 *
 * @module
 */

export const PROVIDER_NAMES = ["oidc", "github"] as const;
export type ProviderName = typeof PROVIDER_NAMES[number];

/** What a sign-in sends along, to know its own answer again (RFC 9700, 2.1). */
export interface Exchange {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Somebody whom a provider has recognised. */
export interface Recognised {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  readonly name: string | null;
}

/** Both throw a `Problem` where the provider does not answer, or not as it should. */
export interface SignInProvider {
  readonly name: ProviderName;
  /** For the page that offers it. */
  readonly title: string;
  /** Where the browser is sent. */
  authorizationUrl(exchange: Exchange): Promise<URL>;
  /** Who came back, by the parameters of the callback. */
  recognise(callback: URLSearchParams, exchange: Exchange): Promise<Recognised>;
}
