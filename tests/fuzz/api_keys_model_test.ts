/**
 * API keys as people make, use and revoke them, side by side with a model of a few lines: a key opens what its scopes and its
 * user's role let it, from when it is made until it is revoked, has expired or its user is gone, and never again; so does the
 * session that a browser was given for it.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { SCOPES } from "../../lib/store/api_keys.ts";
import { verify } from "../../lib/verify/mod.ts";
import { bodyOf, itemsOf } from "../support/answers.ts";
import { type Ask, asking } from "../support/asking.ts";
import { person, withKey } from "../support/people.ts";
import { startService, type TestService } from "../support/service.ts";
import { runs } from "./runs.ts";
import { step } from "./step.ts";

type User = "usr_ada" | "usr_eve" | "usr_root";
type Role = "user" | "viewer" | "administrator";

interface Key {
  readonly id: string;
  readonly owner: User;
  readonly scopes: readonly string[];
  readonly expiresAtMs: number;
}

/** Somebody who asks, by a session of their own, by a key, or by the session that they were given for one. */
interface Asker {
  readonly text: string;
  readonly ask: Ask;
  readonly user: User;
  /** In the model's list of keys. */
  readonly key?: number;
  readonly secret?: string;
  readonly isSession: boolean;
  readonly endsAtMs: number;
}

interface Model {
  nowMs: number;
  readonly roles: Map<User, Role>;
  readonly keys: Key[];
  readonly revoked: Set<number>;
  readonly askers: Asker[];
  names: number;
}

interface Real {
  readonly service: TestService;
}

interface Rule {
  readonly who: "anyone" | "signed_in" | "account" | "viewer" | "administrator";
  readonly scope?: string;
}

const MAX_KEYS = 50;
/** The oldest makes room for one more, of those that were opened at once any. */
const MAX_SESSIONS = 5;
const HOUR_MS = 3_600_000;
const KEY_SESSION_MS = 12 * HOUR_MS;
const OURS = { "sec-fetch-site": "same-origin" };

const isOver = ({ nowMs, roles, revoked }: Model, { user, key, endsAtMs }: Asker): boolean =>
  endsAtMs <= nowMs || !roles.has(user) || (key !== undefined && revoked.has(key));

/** What an asker may by a rule: 401, 403, or nothing that is in the way. */
function refusal(model: Model, asker: Asker, { who, scope = who === "signed_in" ? undefined : "admin" }: Rule) {
  // A browser whose session is over is a stranger; a key that opens nothing is told so everywhere.
  if (isOver(model, asker)) return asker.isSession && who === "anyone" ? undefined : 401;
  const { role, scopes } = powers(model, asker);
  if (scope !== undefined && !scopes.includes(scope)) return 403;
  if (scope === "metrics:read" && !asker.isSession) return undefined;
  if (who === "administrator" && role !== "administrator") return 403;
  if (who === "viewer" && role === "user") return 403;
  return role === "viewer" && scope === "portfolios:write" ? 403 : undefined;
}

/** A key without the scope `admin` makes an administrator nobody but a user; one with it reads the metrics, too. */
function powers({ roles, keys }: Model, { user, key, isSession }: Asker): { role: Role; scopes: readonly string[] } {
  const role = roles.get(user) ?? "user";
  if (isSession || key === undefined) return { role, scopes: SCOPES };
  const scopes = (keys[key]?.scopes ?? []).filter((scope) => isFor(role, scope));
  if (role !== "administrator") return { role, scopes };
  return scopes.includes("admin") ? { role, scopes: [...scopes, "metrics:read"] } : { role: "user", scopes };
}

/** Of which users the keys may have a scope. */
const isFor = (role: Role, scope: string): boolean =>
  scope === "admin" ? role === "administrator" : scope !== "metrics:read" || role !== "user";

const present = ({ keys, revoked, roles }: Model, owner: User): Key[] =>
  keys.filter((key, i) => key.owner === owner && !revoked.has(i) && roles.has(owner));

const anyAsker = fc.nat();
const anyKey = fc.nat();
const chosen = <T>(items: readonly T[], n: number): T => items[n % items.length] ?? assert.fail("nothing to choose");

/** Somebody makes a key of their own, if they may. */
async function makeKey(
  model: Model,
  { service }: Real,
  asker: Asker,
  { scopes, hours }: { readonly scopes: readonly string[]; readonly hours: number | null },
): Promise<void> {
  const expiresAtMs = hours === null ? Infinity : model.nowMs + hours * HOUR_MS;
  const body = {
    name: "key",
    scopes,
    expires_at: hours === null ? null : new Date(expiresAtMs).toISOString(),
  };
  const answer = await asker.ask("/api-keys", { method: "POST", body });
  const { role, scopes: own } = powers(model, asker);
  const mayGive = scopes.every((scope) => own.includes(scope) && isFor(role, scope));
  const wrong = refusal(model, asker, { who: "account" }) ??
    (!mayGive ? 403 : expiresAtMs <= model.nowMs ? 422 : undefined) ??
    (present(model, asker.user).length >= MAX_KEYS ? 409 : undefined);
  assert.equal(answer.status, wrong ?? 201, `${asker.text}: ${await answer.clone().text()}`);
  if (wrong !== undefined) return;
  const { id, key } = await bodyOf<{ id: string; key: string }>(answer, 201);
  const no = model.keys.push({ id, owner: asker.user, scopes, expiresAtMs }) - 1;
  model.askers.push({
    ...{ text: `key ${no}`, ask: withKey(service, { key }), user: asker.user, key: no, secret: key },
    ...{ isSession: false, endsAtMs: expiresAtMs },
  });
}

const create = fc.record({
  asker: anyAsker,
  scopes: fc.oneof(fc.subarray([...SCOPES], { minLength: 1 }), fc.constant([...SCOPES])),
  hours: fc.constantFrom(null, null, -1, 0, 1, 5),
}).map(({ asker: n, scopes, hours }) =>
  step<Model, Real>(
    `${n} makes a key of ${scopes} for ${hours} hours`,
    (model, real) => makeKey(model, real, chosen(model.askers, n), { scopes, hours }),
  )
);

/** With `admin`, or it could make none at all. */
const lacking = fc.subarray(["portfolios:read", "portfolios:write", "analysis:read"], { maxLength: 2 })
  .map((scopes) => [...scopes, "admin"]);

/** Which few sequences come to: only a key of an administrator may make keys, and few of those lack anything. */
const overreach = fc.record({ scopes: lacking, wanted: fc.subarray([...SCOPES], { minLength: 1 }) }).map((
  { scopes, wanted },
) =>
  step<Model, Real>(`root makes a key of ${scopes}, which makes one of ${wanted}`, async (model, real) => {
    const root = model.askers.find(({ user, isSession }) => user === "usr_root" && isSession) ?? assert.fail();
    const before = model.askers.length;
    await makeKey(model, real, root, { scopes, hours: null });
    const [key] = model.askers.slice(before);
    if (key !== undefined) await makeKey(model, real, key, { scopes: wanted, hours: null });
  })
);

/** By its user, or by an administrator. */
const revoke = fc.record({ asker: anyAsker, key: anyKey, path: fc.constantFrom("/api-keys", "/user-api-keys") }).map(
  ({ asker: n, key: k, path }) =>
    step<Model, Real>(`${n} revokes ${k} at ${path}`, async (model) => {
      const asker = chosen(model.askers, n);
      const no = model.keys.length === 0 ? undefined : k % model.keys.length;
      const key = no === undefined ? undefined : model.keys[no];
      const answer = await asker.ask(`${path}/${key?.id ?? "key_none"}`, { method: "DELETE" });
      const isOwn = path === "/api-keys";
      const isThere = key !== undefined && present(model, key.owner).includes(key) &&
        (!isOwn || key.owner === asker.user);
      const expected = refusal(model, asker, { who: isOwn ? "account" : "administrator" }) ?? (isThere ? 204 : 404);
      assert.equal(answer.status, expected, `${asker.text}: ${await answer.text()}`);
      if (expected === 204 && no !== undefined) model.revoked.add(no);
    }),
);

/** What a credential is used for, and whom that is open to. */
const USES: readonly (readonly [path: string, rule: Rule, body?: (model: Model) => object])[] = [
  ["/portfolios?limit=1", { who: "anyone", scope: "portfolios:read" }],
  ["/portfolios", { who: "signed_in", scope: "portfolios:write" }, (model) => ({
    ...{ name: `Portfolio ${model.names++}`, investments: [] },
  })],
  ["/analysis/metrics", { who: "anyone", scope: "analysis:read" }, () => ({ returns: [0.1, 0.2] })],
  ["/users", { who: "viewer" }],
  ["/metrics", { who: "viewer", scope: "metrics:read" }],
  ["/market/quarantine", { who: "viewer" }],
  ["/me/sessions", { who: "account" }],
  ["/me", { who: "signed_in" }],
];

const use = fc.record({ asker: anyAsker, what: fc.nat(USES.length - 1) }).map(({ asker: n, what }) => {
  const [path, rule, bodyFor] = chosen(USES, what);
  return step<Model, Real>(`${n} asks ${path}`, async (model) => {
    const asker = chosen(model.askers, n);
    const answer = await asker.ask(path, bodyFor && { method: "POST", body: bodyFor(model) });
    const isMade = path === "/portfolios";
    assert.equal(
      answer.status,
      refusal(model, asker, rule) ?? (isMade ? 201 : 200),
      `${asker.text}: ${path}: ${await answer.clone().text()}`,
    );
    if (path === "/me" && answer.ok) assert.equal((await answer.json()).id, asker.user);
  });
});

const list = anyAsker.map((n) =>
  step<Model, Real>(`${n} lists keys`, async (model) => {
    const asker = chosen(model.askers, n);
    const answer = await asker.ask("/api-keys?limit=200");
    const wrong = refusal(model, asker, { who: "account" });
    assert.equal(answer.status, wrong ?? 200);
    if (wrong !== undefined) return;
    const seen = (await itemsOf(answer)).map(({ id, scopes }) => `${id} ${scopes}`).toSorted();
    assert.deepEqual(seen, present(model, asker.user).map(({ id, scopes }) => `${id} ${scopes}`).toSorted());
  })
);

const sessionsOf = ({ askers, revoked }: Model, user: User): number =>
  askers.filter((one) => one.isSession && one.user === user && !(one.key !== undefined && revoked.has(one.key))).length;

/** A browser is given a session for a key that may all. */
const signIn = anyKey.map((k) =>
  step<Model, Real>(`a browser signs in by ${k}`, async (model, { service }) => {
    const byKey = model.askers.filter(({ secret }) => secret !== undefined);
    const { secret = "", ...asker } = chosen(byKey, k);
    if (sessionsOf(model, asker.user) >= MAX_SESSIONS) return;
    const body = String(new URLSearchParams({ key: secret, return_to: "/" }));
    const headers = { ...OURS, "content-type": "application/x-www-form-urlencoded" };
    const answer = await service.request("/auth/sign-in", { method: "POST", headers, body });
    const { role, scopes } = powers(model, asker);
    const mayAll = role === "administrator" && SCOPES.every((scope) => scopes.includes(scope));
    const expected = isOver(model, asker) ? 401 : mayAll ? 303 : 403;
    assert.equal(answer.status, expected, `${asker.text}: ${await answer.text()}`);
    if (expected !== 303) return;
    const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    model.askers.push({
      ...{ ...asker, text: `session by ${asker.text}`, ask: asking(service.request, { ...OURS, cookie }) },
      ...{ isSession: true, endsAtMs: Math.min(asker.endsAtMs, model.nowMs + KEY_SESSION_MS) },
    });
  })
);

const changeRole = fc.constantFrom<Role>("user", "viewer", "administrator", "administrator").map((role) =>
  step<Model, Real>(`eve is ${role} now`, async (model, { service }) => {
    const answer = await service.admin("/users/usr_eve", { method: "PATCH", body: { role } });
    assert.equal(answer.status, model.roles.has("usr_eve") ? 200 : 404);
    if (answer.ok) model.roles.set("usr_eve", role);
  })
);

const removeUser = fc.constant(
  step<Model, Real>("eve is gone", async (model, { service }) => {
    const answer = await service.admin("/users/usr_eve", { method: "DELETE" });
    assert.equal(answer.status, model.roles.delete("usr_eve") ? 204 : 404);
  }),
);

const pass = fc.constantFrom(60_000, HOUR_MS, 3 * HOUR_MS).map((ms) =>
  step<Model, Real>(`${ms / 60_000} minutes pass`, async (model, { service }) => {
    await service.clock.advance(ms);
    model.nowMs += ms;
  })
);

async function start(): Promise<{ model: Model; real: Real }> {
  const service = await startService();
  const roles = new Map<User, Role>([["usr_ada", "user"], ["usr_eve", "administrator"], ["usr_root", "administrator"]]);
  const askers: Asker[] = [];
  for (const [user, role] of roles) {
    const { ask } = await person(service, user, role);
    askers.push({ text: `session of ${user}`, ask, user, isSession: true, endsAtMs: Infinity });
  }
  const never = { key: `flk_${"A".repeat(43)}` };
  askers.push({
    ...{ text: "a key that never was", ask: withKey(service, never), secret: never.key },
    ...{ user: "usr_root", isSession: false, endsAtMs: 0 },
  });
  const nowMs = service.clock.now().getTime();
  return { model: { nowMs, roles, keys: [], revoked: new Set(), askers, names: 0 }, real: { service } };
}

Deno.test("keys of many hands open what a model of them says, as long as it says", async () => {
  const often = [create, create, overreach, use, use, use, use, use, revoke, list, signIn, pass, changeRole];
  const kinds = [...often, ...often, removeUser];
  await fc.assert(
    fc.asyncProperty(fc.commands(kinds, { maxCommands: 150, size: "max" }), async (commands) => {
      const { model, real } = await start();
      await using service = real.service;
      await fc.asyncModelRun(() => ({ model, real }), commands);
      assert.deepEqual(await Array.fromAsync(verify(service.services)), []);
    }),
    runs(4),
  );
});
