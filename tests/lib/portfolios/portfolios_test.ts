import assert from "node:assert/strict";
import type { ActorContext } from "../../../lib/context.ts";
import { type Actor, STRANGER, SYSTEM } from "../../../lib/identity/actor.ts";
import { removeInvestment, replaceInvestments, setInvestment } from "../../../lib/portfolios/investments.ts";
import {
  createPortfolio,
  deletePortfolio,
  listPortfolios,
  patchPortfolio,
  readPortfolio,
} from "../../../lib/portfolios/portfolios.ts";
import { dump } from "../../support/answers.ts";
import { addAssets, addUser, userActor } from "../../support/factories.ts";
import { startService, type TestService } from "../../support/service.ts";

const user = userActor;

const as = (service: TestService, actor: Actor): ActorContext => ({ ...service.services, actor });

const input = (name: string, visibility: "private" | "public" = "private") => ({
  ...{ name, currency: "USD", visibility, status: "active" as const, investments: [{ asset: "AAPL", amount: "1" }] },
});

async function startWithTwoOwners(): Promise<TestService> {
  const service = await startService();
  await addAssets(service, "AAPL");
  for (const id of ["usr_a", "usr_b"]) await addUser(service, id);
  await createPortfolio(as(service, user("usr_a")), input("Mine"));
  await createPortfolio(as(service, user("usr_b")), input("Mine"));
  await createPortfolio(as(service, user("usr_b")), input("Shared", "public"));
  return service;
}

const page = { status: "active", limit: 50, cursor: undefined } as const;

Deno.test("each user lists their own; only administrators list all", async () => {
  await using service = await startWithTwoOwners();
  const ids = async (actor: Actor, scope?: "own" | "public" | "all") =>
    (await listPortfolios(as(service, actor), { ...page, scope })).items.map(({ value }) => value.id);
  assert.deepEqual(await ids(user("usr_a")), [1]);
  assert.deepEqual(await ids(user("usr_b")), [2, 3]);
  assert.deepEqual(await ids(user("usr_b"), "public"), [3]);
  assert.deepEqual(await ids(user("usr_c")), []);
  assert.deepEqual(await ids(STRANGER), [3]);
  assert.deepEqual(await ids(SYSTEM, "all"), [1, 2, 3]);
  assert.deepEqual(await ids(user("usr_viewer", "viewer"), "all"), [1, 2, 3]);
  await assert.rejects(ids(user("usr_a"), "all"), { name: "Problem", type: "forbidden" });
});

Deno.test("what is private to somebody else is not found, whatever is asked of it; what is public is forbidden to change", async () => {
  await using service = await startWithTwoOwners();
  const before = await dump(service.kv);
  const ctx = as(service, user("usr_a"));
  const investment = { asset: "AAPL", amount: "2" };
  const asked = [
    (id: number) => patchPortfolio(ctx, id, { name: "Theirs" }, undefined),
    (id: number) => deletePortfolio(ctx, id, undefined),
    (id: number) => replaceInvestments(ctx, id, [investment], undefined),
    (id: number) => setInvestment(ctx, id, investment, undefined),
    (id: number) => removeInvestment(ctx, id, "AAPL", undefined),
  ];
  for (const ask of asked) {
    await assert.rejects(ask(2), { name: "Problem", type: "not-found", detail: "There is no portfolio 2" });
    await assert.rejects(ask(3), { name: "Problem", type: "forbidden" });
  }
  await assert.rejects(readPortfolio(ctx, 2), {
    name: "Problem",
    type: "not-found",
    detail: "There is no portfolio 2",
  });
  assert.equal((await readPortfolio(ctx, 3)).value.name, "Shared");
  assert.deepEqual(await dump(service.kv), before);
});

Deno.test("a stranger creates nothing", async () => {
  await using service = await startService();
  const before = await dump(service.kv);
  const create = createPortfolio(as(service, STRANGER), { ...input("Growth"), investments: [] });
  await assert.rejects(create, { name: "Problem", type: "unauthorized" });
  assert.deepEqual(await dump(service.kv), before);
});

Deno.test("an owner changes what is theirs, and a version that they have not seen is not touched", async () => {
  await using service = await startWithTwoOwners();
  const ctx = as(service, user("usr_a"));
  const seen = await readPortfolio(ctx, 1);
  const tag = `"${seen.versionstamp}"`;
  const renamed = await patchPortfolio(ctx, 1, { name: "Renamed" }, [tag]);
  assert.equal(renamed.value.name, "Renamed");
  await assert.rejects(patchPortfolio(ctx, 1, { name: "Again" }, [tag]), {
    name: "Problem",
    type: "version-mismatch",
    headers: { etag: `"${renamed.versionstamp}"` },
  });
  await deletePortfolio(ctx, 1, "*");
  await assert.rejects(readPortfolio(ctx, 1), { name: "Problem", type: "not-found" });
});
