/**
 * As much of a browser as a sign-in needs at the provider: it keeps cookies, follows redirects and fills in forms.
 *
 * @module
 */

export interface UserAgent {
  /** Signs in there and agrees, and answers where the provider then sends the browser. */
  signIn(url: string, login: string): Promise<URL>;
  /** Signs in there and declines. */
  decline(url: string, login: string): Promise<URL>;
}

/** Follows what stays at the provider of `issuer`. */
export function userAgent(issuer: string): UserAgent {
  const cookies = new Map<string, string>();

  async function go(url: URL, init: RequestInit = {}): Promise<{ page: string; url: URL } | URL> {
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
    const answer = await fetch(url, { ...init, redirect: "manual", headers: { ...init.headers, cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    const page = await answer.text();
    const location = answer.headers.get("location");
    if (location === null) return { page, url };
    const next = new URL(location, url);
    return next.origin === issuer ? await go(next) : next;
  }

  async function fillIn(at: { page: string; url: URL }, fields: Record<string, string>) {
    const [, action = ""] = /<form[^>]*action="([^"]+)"/.exec(at.page) ?? [];
    const [, prompt = ""] = /name="prompt" value="([^"]+)"/.exec(at.page) ?? [];
    return await go(new URL(action, at.url), { method: "POST", body: new URLSearchParams({ prompt, ...fields }) });
  }

  async function logIn(url: string, login: string): Promise<{ page: string; url: URL }> {
    const first = await go(new URL(url));
    if (first instanceof URL) throw new Error(`Nobody was asked who they are: ${first}`);
    const next = await fillIn(first, { login, password: "any" });
    if (next instanceof URL) throw new Error(`Nobody was asked whether they agree: ${next}`);
    return next;
  }

  return {
    async signIn(url, login) {
      const back = await fillIn(await logIn(url, login), {});
      if (back instanceof URL) return back;
      throw new Error(`The provider goes on asking: ${back.page}`);
    },
    async decline(url, login) {
      const { page, url: at } = await logIn(url, login);
      const [, abort = ""] = /href="([^"]+\/abort)"/.exec(page) ?? [];
      const back = await go(new URL(abort, at));
      if (back instanceof URL) return back;
      throw new Error(`The provider goes on asking: ${back.page}`);
    },
  };
}
