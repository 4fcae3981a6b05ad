import type { Child } from "hono/jsx";
import type { UserActor } from "../lib/identity/actor.ts";
import type { SignInProviders } from "../lib/identity/sign_in_providers.ts";
import type { Problem } from "../lib/problem.ts";
import type { SiteFiles } from "./site_files.ts";
import { Frame } from "./site_page.tsx";

/** Offers those who can vouch for a user; says so where there is nobody, or nothing to do. */
export async function signInPage(
  files: SiteFiles,
  { providers, returnTo, publicUrl, user, problem }: SignInPage,
) {
  const query = (name: string) => new URLSearchParams({ provider: name, return_to: returnTo });
  return await framed(
    files,
    "Sign in",
    user === undefined
      ? <p class="lead">Your portfolios are yours alone, unless you make one public.</p>
      : (
        <p class="lead">
          You are signed in as <code>{user.id}</code>. <a href={returnTo}>Go on</a>
        </p>
      ),
    providers.size === 0
      ? (
        <p>
          Nobody is configured who could vouch for users here. Whoever runs this service can set{" "}
          <code>OIDC_ISSUER</code> or{" "}
          <code>GITHUB_CLIENT_ID</code>. Until then administrators sign in with a key: that of{" "}
          <code>ADMIN_API_KEY</code>, or the one that the set-up link showed, which the start prints.
        </p>
      )
      : (
        <p class="actions">
          {[...providers.values()].map(({ name, title }) => (
            <a class="button first" href={`${publicUrl}/auth/sign-in?${query(name)}`}>Sign in with {title}</a>
          ))}
        </p>
      ),
    <KeyForm returnTo={returnTo} problem={problem} />,
  );
}

const KeyForm = ({ returnTo, problem }: Pick<SignInPage, "returnTo" | "problem">) => (
  <form method="post" action="/auth/sign-in" class="card" aria-label="Sign in with a key">
    <h2>With an administrator's key</h2>
    {problem !== undefined && <p class="error" role="alert" id="key-error">{problem.detail}.</p>}
    <input type="hidden" name="return_to" value={returnTo} />
    <div class="field">
      <label for="key">Key</label>
      <input
        id="key"
        type="password"
        name="key"
        required
        autocomplete="current-password"
        aria-invalid={problem === undefined ? undefined : "true"}
        aria-describedby={problem === undefined ? "key-hint" : "key-error key-hint"}
      />
      <p class="hint" id="key-hint">It needs every scope. The session ends with it, and after twelve hours.</p>
    </div>
    <button class="first" type="submit">Sign in</button>
  </form>
);

interface SignInPage {
  readonly providers: SignInProviders;
  readonly returnTo: string;
  readonly publicUrl: string;
  readonly user: UserActor | undefined;
  /** Why a key was not taken. */
  readonly problem: Problem | undefined;
}

/** Asks before anything is done, since whatever previews a link opens it too. */
export async function setUpPage(files: SiteFiles, secret: string, who: string | undefined) {
  return await framed(
    files,
    "Set up Foliolens",
    <p class="lead">
      This makes {who === undefined ? "a first administrator, with an API key" : <code>{who}</code>}{" "}
      {who === undefined ? "that is shown once" : "the first administrator"}.
    </p>,
    <form method="post" action="/auth/set-up">
      <input type="hidden" name="token" value={secret} />
      <button class="button first" type="submit">Set up</button>
    </form>,
  );
}

export async function setUpDonePage(files: SiteFiles, { userId, key }: { userId: string; key: string | undefined }) {
  return await framed(
    files,
    "Foliolens is set up",
    <p class="lead">
      <code>{userId}</code> is an administrator.
    </p>,
    key === undefined ? <p>The link works no more.</p> : (
      <p>
        The key, which is shown this once: <code id="key">{key}</code>
      </p>
    ),
    <p class="actions">
      <a class="button first" href={key === undefined ? "/admin" : "/auth/sign-in?return_to=/admin"}>
        {key === undefined ? "To the administration" : "Sign in with the key"}
      </a>
    </p>,
  );
}

async function framed(files: SiteFiles, title: string, ...children: Child[]) {
  return (
    <Frame
      title={`${title}: Foliolens`}
      description={title}
      styles={[await files.href("site.css"), await files.href("forms.css")]}
    >
      <main class="home">
        <h1>{title}</h1>
        {children}
      </main>
    </Frame>
  );
}
