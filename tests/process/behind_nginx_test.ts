/** nginx as a cache before the server, and somebody who has signed in through it: who is given what. */
import assert from "node:assert/strict";
import { nginxProgram, startNginx } from "../support/nginx.ts";
import { CLIENT, startOidcProvider } from "../support/oidc_provider.ts";
import { userAgent } from "../support/user_agent.ts";
import { dataFolder, freePort, inProject, type Json, startServer, until } from "./server.ts";

const VIEWS = ["", "/investments", "/sectors", "/sectors.svg", "/risk", "/valuations", "/value.svg", "/report"];
const ORDERS = [
  ["stranger", "session", "key"],
  ["stranger", "key", "session"],
  ["session", "stranger", "key"],
  ["session", "key", "stranger"],
  ["key", "stranger", "session"],
  ["key", "session", "stranger"],
] as const;

type Asker = typeof ORDERS[number][number];

const cookieOf = (answer: Response): string =>
  answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ");

/** By the provider's own pages, as a browser does; answers the session's cookie. */
async function signIn(url: string, issuer: string): Promise<string> {
  const begun = await fetch(`${url}/auth/sign-in?provider=oidc`, { redirect: "manual" });
  await begun.body?.cancel();
  const back = await userAgent(issuer).signIn(begun.headers.get("location") ?? "", "ada");
  const answer = await fetch(back, { redirect: "manual", headers: { cookie: cookieOf(begun) } });
  assert.deepEqual([answer.status, answer.headers.get("x-cache")], [302, "MISS"], await answer.text());
  return /foliolens=[^;]+/.exec(cookieOf(answer))?.[0] ?? "";
}

Deno.test({
  name:
    "behind nginx as documented: strangers are given what was kept for strangers, and nobody else anything that was kept",
  ignore: nginxProgram === undefined,
}, async () => {
  await using folder = await dataFolder();
  const [port, behind] = [freePort(), freePort()];
  const url = `http://127.0.0.1:${port}`;
  await using oidc = await startOidcProvider({ redirectUri: `${url}/auth/callback/oidc` });
  await using server = await startServer({
    ...{ KV_URL: folder.kv, PORT: String(behind), PUBLIC_URL: url, TRUST_PROXY: "true" },
    ...{ OIDC_ISSUER: oidc.issuer, ...CLIENT },
  });
  await server.url();
  await using nginx = await startNginx(String(nginxProgram), {
    ...{ port, upstream: `http://127.0.0.1:${behind}`, folder: inProject(folder.path) },
  });
  await until("nginx to listen", () => fetch(`${url}/livez`).then((answer) => answer.text(), () => undefined));
  const cookie = await signIn(url, oidc.issuer);
  const session = { cookie, "sec-fetch-site": "same-origin" };

  async function make(path: string, body: unknown): Promise<Json> {
    const headers = { ...session, "content-type": "application/json" };
    const answer = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    const made = await answer.json();
    assert.equal(answer.status, 201, JSON.stringify(made));
    return made;
  }

  const { key } = await make("/api-keys", { name: "site", scopes: ["portfolios:read", "analysis:read"] });
  const askers: Record<Asker, Record<string, string>> = {
    ...{ stranger: {}, session: { cookie }, key: { authorization: `Bearer ${key}` } },
  };

  async function look(asker: Asker, path: string) {
    const answer = await fetch(`${url}${path}`, { headers: askers[asker] });
    const { status, headers } = answer;
    assert.deepEqual(headers.getSetCookie(), [], path);
    return {
      status,
      text: await answer.text(),
      isHit: headers.get("x-cache") !== "MISS",
      keeping: headers.get("cache-control"),
    };
  }

  async function inTurn(order: readonly Asker[], visibility: "public" | "private"): Promise<void> {
    const name = `${visibility} portfolio, ${order}`;
    const { id } = await make("/portfolios", { name, visibility, investments: [{ asset: "AAPL", amount: "7" }] });
    for (const path of VIEWS.map((view) => `/portfolios/${id}${view}`)) {
      for (const isFirst of [true, false]) {
        for (const asker of order) {
          const about = `${name}: ${asker}, ${path}, ${isFirst ? "first" : "again"}`;
          const { status, isHit, keeping } = await look(asker, path);
          const isStrangers = asker === "stranger" && visibility === "public";
          assert.equal(status, asker === "stranger" && !isStrangers ? 404 : 200, about);
          assert.equal(isHit, isStrangers && !isFirst, about);
          assert.match(keeping ?? "", isStrangers ? /s-maxage=30/ : /^(private, no-cache|no-store)$/, about);
        }
      }
    }
  }

  for (const visibility of ["public", "private"] as const) for (const order of ORDERS) await inTurn(order, visibility);
  for (const path of ["/me", "/portfolios", "/auth/sign-in", "/admin"]) {
    for (const asker of ["session", "stranger", "session"] as const) {
      assert.equal((await look(asker, path)).isHit, false, path);
    }
  }
  const kept = await nginx.kept();
  assert.ok(kept.includes("public portfolio"));
  for (const secret of ["private portfolio", cookie, key, "ada@example.com"]) assert.ok(!kept.includes(secret), secret);
});
