import assert from "node:assert/strict";
import { type Actor, STRANGER } from "../../../lib/identity/actor.ts";
import { assertMayChange, maySee, owns } from "../../../lib/portfolios/access.ts";
import type { Portfolio, Visibility } from "../../../lib/store/portfolios.ts";

const portfolio = (visibility: Visibility): Portfolio => ({
  ...{ id: 7, owner: "usr_owner", name: "Growth", currency: "USD", visibility, status: "active", investments: [] },
  ...{ createdAt: "2021-11-06T12:00:00.000Z", updatedAt: "2021-11-06T12:00:00.000Z" },
});

/** Roles below the administrator's, which keys and users do not have yet. */
const user = (id: string): Actor => ({ type: "user", id, role: "user" }) as unknown as Actor;

const owner = user("usr_owner");
const other = user("usr_other");
const administrator: Actor = { type: "user", id: "usr_system", role: "administrator" };

Deno.test("a private portfolio is seen by its owner and by administrators, a public one by anyone", () => {
  const seenBy = (visibility: Visibility) =>
    [STRANGER, other, owner, administrator].map((actor) => maySee(actor, portfolio(visibility)));
  assert.deepEqual(seenBy("private"), [false, false, true, true]);
  assert.deepEqual(seenBy("public"), [true, true, true, true]);
});

Deno.test("an administrator does not own what belongs to somebody else", () => {
  assert.deepEqual([STRANGER, other, owner, administrator].map((actor) => owns(actor, portfolio("public"))), [
    ...[false, false, true, false],
  ]);
});

Deno.test("a portfolio is changed by its owner and by administrators; others are told why not", () => {
  const shared = portfolio("public");
  assertMayChange(owner, shared);
  assertMayChange(administrator, shared);
  assert.throws(() => assertMayChange(STRANGER, shared), { name: "Problem", type: "unauthorized" });
  assert.throws(() => assertMayChange(other, shared), {
    name: "Problem",
    type: "forbidden",
    detail: "Portfolio 7 belongs to somebody else",
  });
});
