/** The store does not grow with the nights: what is over goes when its time has come, with all that points at it. */
import assert from "node:assert/strict";
import { addDays } from "../../../lib/day.ts";
import { writeBars } from "../../../lib/history/write.ts";
import { claimKey } from "../../../lib/idempotency/claim.ts";
import { bodyOf } from "../../support/answers.ts";
import { addUser } from "../../support/factories.ts";
import { person } from "../../support/people.ts";
import { startService } from "../../support/service.ts";
import { assetBar, faultsIn } from "../history/harness.ts";
import { asset } from "../store/harness.ts";

const DAY_MS = 86_400_000;

/** By first part of their keys, how many entries there are. */
async function countsIn(kv: Deno.Kv): Promise<Record<string, number>> {
  const keys = await Array.fromAsync(kv.list({ prefix: [] }), ({ key }) => String(key[0]));
  return Object.fromEntries(Array.from(Map.groupBy(keys, (first) => first), ([first, all]) => [first, all.length]));
}

Deno.test("what cannot be read holds up nothing of another kind, and the job names it", async () => {
  await using service = await startService({ env: { AUDIT_KEPT_DAYS: "10" }, now: "2021-01-01T12:00:00.000Z" });
  const { services, clock, kv, worker } = service;
  await claimKey(services, { actorId: "usr_a", key: "1", request: "", secret: "x" });
  await clock.advance(20 * DAY_MS);
  await kv.set(["audit", "2021-01-02T00:00:00.000Z"], { v: 9 });
  await bodyOf(await service.admin("/jobs", { method: "POST", body: { name: "clean-up" } }), 202);
  await worker.runDue();
  assert.deepEqual(await Array.fromAsync(kv.list({ prefix: ["idempotency"] })), []);
  const { state, error } = await bodyOf<{ state: string; error: string }>(await service.admin("/jobs/clean-up:store"));
  assert.equal(state, "failed");
  assert.match(error, /^\["audit", "2021-01-02T00:00:00.000Z"\] cannot be read: it has schema version 9/);
});

Deno.test("a log that cannot be read goes with its job, and holds up nothing", async () => {
  await using service = await startService({ env: { JOBS_KEPT_DAYS: "10" }, now: "2021-01-01T12:00:00.000Z" });
  const { services, clock, kv, worker } = service;
  const run = async (body: { name: string; args?: object }) => {
    await bodyOf(await service.admin("/jobs", { method: "POST", body }), 202);
    await worker.runDue();
  };
  await run({ name: "refresh-asset", args: { symbol: "A" } });
  await kv.set(["job_logs", "refresh-asset:A"], { v: 9 });
  await claimKey(services, { actorId: "usr_a", key: "1", request: "", secret: "x" });
  await clock.advance(20 * DAY_MS);
  await run({ name: "clean-up" });
  const left = await kv.getMany([["jobs", "refresh-asset:A"], ["job_logs", "refresh-asset:A"]]);
  assert.deepEqual(left.map(({ value }) => value), [null, null]);
  assert.deepEqual(await Array.fromAsync(kv.list({ prefix: ["idempotency"] })), []);
  assert.equal((await bodyOf(await service.admin("/jobs/clean-up:store")))["state"], "succeeded");
});

Deno.test("sixty nights under a steady load: from the time on after which things go, the store grows no more", async () => {
  const env = { JOBS_KEPT_DAYS: "10", AUDIT_KEPT_DAYS: "15", CORRECTIONS_KEPT_DAYS: "20" };
  await using service = await startService({ env, now: "2021-01-01T12:00:00.000Z" });
  const { services, store, clock, kv } = service;
  await services.assets.insert(store.change().set(["sequences", "assets"], 1), asset(1)).commit();
  await addUser(service, "usr_a");
  const counts: Record<string, number>[] = [];
  for (let night = 0; night < 60; night++) {
    await clock.advance(DAY_MS);
    await writeBars(services, [assetBar(1, "2020-12-31", 100 + night)]);
    await bodyOf(await service.admin("/assets/A1", { method: "PATCH", body: { name: `Name ${night}` } }), 200);
    const args = { from: addDays("2020-01-01", night), to: addDays("2020-01-01", night) };
    await bodyOf(await service.admin("/jobs", { method: "POST", body: { name: "backfill", args } }), 202);
    await person(service, "usr_a");
    await claimKey(services, { actorId: "usr_a", key: `${night}`, request: "", secret: "x" });
    await service.keepTime();
    await service.worker.runDue();
    counts.push(await countsIn(kv));
  }
  const [before, after] = [counts[39], counts[59]];
  assert.deepEqual(after, before);
  assert.ok((before?.["jobs"] ?? 0) >= 10 && (before?.["superseded"] ?? 0) >= 19, JSON.stringify(before));
  assert.deepEqual(await faultsIn(services), []);
});
