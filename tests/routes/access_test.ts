import assert from "node:assert/strict";
import { type Actor, STRANGER, SYSTEM, type UserActor } from "../../lib/identity/actor.ts";
import { Problem, PROBLEMS } from "../../lib/problem.ts";
import { type Scope, SCOPES } from "../../lib/store/api_keys.ts";
import { type Role, ROLES } from "../../lib/store/users.ts";
import { type AccessRule, assertAllowed, requires, WHO } from "../../routes/access.ts";
import { userActor } from "../support/factories.ts";

const withKey = (role: Role, ...scopes: Scope[]): UserActor => ({
  ...userActor("usr_a", role),
  by: { type: "api_key", id: "key_a", scopes },
});

/** What a rule has an actor answered: 0 where it lets them in. */
function refusal(rule: AccessRule, actor: Actor): number {
  try {
    assertAllowed(rule, actor);
    return 0;
  } catch (error) {
    assert.ok(error instanceof Problem);
    return PROBLEMS[error.type].status;
  }
}

const ALL: readonly Scope[] = SCOPES;

Deno.test("who may pass: a stranger, a user, a viewer and an administrator in person", () => {
  const people = [STRANGER, ...ROLES.map((role) => userActor("usr_a", role)), SYSTEM];
  const answers = Object.fromEntries(WHO.map((who) => [who, people.map((actor) => refusal({ who }, actor))]));
  assert.deepEqual(answers, {
    anyone: [0, 0, 0, 0, 0],
    signed_in: [401, 0, 0, 0, 0],
    account: [401, 0, 0, 0, 0],
    viewer: [401, 403, 0, 0, 0],
    administrator: [401, 403, 403, 0, 0],
  });
});

Deno.test("a key passes with one of the scopes that the rule names, and with none for those that name none", () => {
  const rule: AccessRule = { who: "signed_in", scopes: ["analysis:read", "portfolios:read"] };
  const passing = ALL.filter((scope) => refusal(rule, withKey("user", scope)) === 0);
  assert.deepEqual(passing, ["portfolios:read", "analysis:read"]);
  assert.equal(refusal(rule, withKey("user")), 403);
  assert.equal(refusal({ who: "signed_in" }, withKey("user")), 0);
  assert.equal(refusal({ who: "anyone", scopes: ["portfolios:read"] }, withKey("user", "portfolios:write")), 403);
});

Deno.test("an account and what administrators do are for keys with the scope admin alone", () => {
  const others = ALL.filter((scope) => scope !== "admin");
  for (const who of ["account", "viewer", "administrator"] as const) {
    assert.equal(refusal({ who }, withKey("administrator", "admin")), 0, who);
    assert.equal(refusal({ who }, withKey("user", ...others)), 403, who);
  }
});

Deno.test("a viewer changes no portfolio, by session or by key", () => {
  const rule: AccessRule = { who: "signed_in", scopes: ["portfolios:write"] };
  assert.equal(refusal(rule, userActor("usr_a", "viewer")), 403);
  assert.equal(refusal(rule, withKey("viewer", "portfolios:write")), 403);
  assert.equal(refusal({ who: "signed_in", scopes: ["portfolios:read"] }, userActor("usr_a", "viewer")), 0);
});

Deno.test("the document shows the alternatives: no credential, a key with one of the scopes, a session", () => {
  assert.deepEqual(requires({ who: "anyone", scopes: ["analysis:read", "portfolios:read"] }).security, [
    {},
    { bearer: ["analysis:read"] },
    { bearer: ["portfolios:read"] },
    { cookie: [] },
  ]);
  assert.deepEqual(requires({ who: "administrator" }).security, [{ bearer: ["admin"] }, { cookie: [] }]);
});
