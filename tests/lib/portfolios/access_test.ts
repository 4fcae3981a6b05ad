import assert from "node:assert/strict";
import { STRANGER, SYSTEM } from "../../../lib/identity/actor.ts";
import { assertMayChange, maySee, owns } from "../../../lib/portfolios/access.ts";
import type { Portfolio, Visibility } from "../../../lib/store/portfolios.ts";
import { userActor } from "../../support/factories.ts";

const portfolio = (visibility: Visibility): Portfolio => ({
  ...{ id: 7, owner: "usr_owner", name: "Growth", currency: "USD", visibility, status: "active", investments: [] },
  ...{ createdAt: "2021-11-06T12:00:00.000Z", updatedAt: "2021-11-06T12:00:00.000Z" },
});

const owner = userActor("usr_owner");
const other = userActor("usr_other");
const viewer = userActor("usr_viewer", "viewer");
const administrator = SYSTEM;

Deno.test("a private portfolio is seen by its owner, by viewers and by administrators, a public one by anyone", () => {
  const seenBy = (visibility: Visibility) =>
    [STRANGER, other, owner, viewer, administrator].map((actor) => maySee(actor, portfolio(visibility)));
  assert.deepEqual(seenBy("private"), [false, false, true, true, true]);
  assert.deepEqual(seenBy("public"), [true, true, true, true, true]);
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
  const changes = { name: "Problem", type: "forbidden", detail: "A viewer reads everything and changes nothing" };
  assert.throws(() => assertMayChange(viewer, shared), changes);
  assert.throws(() => assertMayChange(viewer, { ...shared, owner: viewer.id }), changes);
});
