/**
 * Signing in: to the provider and back, and a session for whom it recognises.
 *
 * A user is known by the provider's own name for them, its issuer and subject, and never by an e-mail address: an address can
 * change hands, and not every provider proves it. Whoever comes by another provider is another user.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { Problem, tooManyConflicts } from "../problem.ts";
import { assertReturnPath } from "./return_path.ts";
import { openSession, stageEndOf } from "./sessions.ts";
import type { SignInProvider } from "./sign_in_provider.ts";
import type { SignInProviders } from "./sign_in_providers.ts";
import { closeSignIn, exchangeBy, openSignIn } from "./sign_in_transaction.ts";
import { stageRecognisedUser } from "./recognised_user.ts";

export interface SignInContext extends Context {
  readonly publicUrl: string;
  readonly signInProviders: SignInProviders;
  /** In lower case. */
  readonly adminEmails: ReadonlySet<string>;
}

const MAX_CONFLICTS = 50;

const redirectUri = (ctx: SignInContext, provider: string): string => `${ctx.publicUrl}/auth/callback/${provider}`;

export interface BegunSignIn {
  /** Where the browser is sent. */
  readonly url: URL;
  /** What it has to bring back. */
  readonly secret: string;
}

/** Throws `malformed-request` for a path that leads elsewhere. */
export async function beginSignIn(
  ctx: SignInContext,
  { provider: name, returnTo }: { readonly provider: string; readonly returnTo: string },
): Promise<BegunSignIn> {
  const provider = providerNamed(ctx, name);
  assertReturnPath(returnTo);
  const secret = await openSignIn(ctx, { provider: name, returnTo });
  return { url: await provider.authorizationUrl(exchangeBy(secret, redirectUri(ctx, name))), secret };
}

export interface Callback {
  readonly provider: string;
  readonly parameters: URLSearchParams;
  /** What the browser has kept of the sign-in. */
  readonly secret: string | null;
  /** That of its session so far, which ends. */
  readonly session: string | null;
  readonly userAgent: string;
}

export interface SignedIn {
  /** Of the new session, for the browser. */
  readonly session: string;
  readonly returnTo: string;
}

export async function completeSignIn(ctx: SignInContext, callback: Callback): Promise<SignedIn> {
  const { provider: name, parameters, secret } = callback;
  const provider = providerNamed(ctx, name);
  const { returnTo } = await closeSignIn(ctx, name, parameters.get("state") ?? "", secret);
  const recognised = await provider.recognise(parameters, exchangeBy(secret ?? "", redirectUri(ctx, name)));
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
    const change = ctx.store.change();
    const userId = await stageRecognisedUser(ctx, change, recognised);
    await stageEndOf(ctx, change, callback.session);
    const session = await openSession(ctx, change, { userId, userAgent: callback.userAgent });
    if (await change.commit() !== undefined) return { session, returnTo };
  }
  throw tooManyConflicts();
}

function providerNamed(ctx: SignInContext, name: string): SignInProvider {
  const provider = ctx.signInProviders.get(name);
  if (provider === undefined) throw new Problem("not-found", "Sign-in with this provider is not configured");
  return provider;
}
