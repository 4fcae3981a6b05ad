import assert from "node:assert/strict";
import { type Claim, type ClaimContext, claimKey, PENDING_VERSION } from "../../../lib/idempotency/claim.ts";
import type { Answer, Asked } from "../../../lib/idempotency/record.ts";
import type { StoreOptions } from "../../../lib/store/store.ts";
import { openTestStore } from "../store/harness.ts";

const START = Date.parse("2026-11-20T08:00:00Z");
const HOUR_MS = 3_600_000;
const ASKED: Asked = { actorId: "usr_a", key: "k", request: "POST /things {}", secret: "the credential" };
const THING = ["things", 1];

async function opened(options: Partial<StoreOptions> = {}) {
  const { store, kv, ...rest } = await openTestStore(options);
  let nowMs = START;
  const as = (processId: string): ClaimContext => ({ store, now: () => new Date(nowMs), processId });
  return { ...rest, store, kv, as, advance: (ms: number) => void (nowMs += ms) };
}

const answer = (body = "made"): Answer => ({ status: 201, headers: { etag: `"${PENDING_VERSION}"` }, body });

function isClaim(known: Answer | Claim): asserts known is Claim {
  assert.ok("settle" in known, "It was answered already");
}

function isAnswer(known: Answer | Claim): asserts known is Answer {
  assert.ok("status" in known, "It was claimed anew");
}

const conflict = { name: "Problem", type: "conflict" };

Deno.test("what is made and its answer are committed together; the answer names the version of that commit", async () => {
  using test = await opened();
  const claim = await claimKey(test.as("a"), ASKED);
  isClaim(claim);
  const versionstamp = await claim.settle(test.store.change().check(THING, null).set(THING, "made"), answer());
  assert.ok(claim.isSettled());
  assert.equal((await test.kv.get(THING)).versionstamp, versionstamp);
  const known = await claimKey(test.as("b"), ASKED);
  isAnswer(known);
  assert.deepEqual(known, { status: 201, headers: { etag: `"${versionstamp}"` }, body: "made" });
});

Deno.test("where a check of the change fails, neither is stored, and it may be tried again", async () => {
  using test = await opened();
  await test.kv.set(THING, "of somebody else");
  const claim = await claimKey(test.as("a"), ASKED);
  isClaim(claim);
  assert.equal(await claim.settle(test.store.change().check(THING, null).set(THING, "made"), answer()), undefined);
  assert.ok(!claim.isSettled());
  await assert.rejects(claimKey(test.as("a"), ASKED), conflict);
  assert.ok(await claim.settle(test.store.change().set(THING, "made"), answer()));
});

Deno.test("one at a time: the next is told to wait, and of another request that it is one", async () => {
  using test = await opened();
  isClaim(await claimKey(test.as("a"), ASKED));
  await assert.rejects(claimKey(test.as("a"), ASKED), { ...conflict, headers: { "retry-after": "1" } });
  const other = { name: "Problem", type: "validation-failed" };
  await assert.rejects(claimKey(test.as("a"), { ...ASKED, request: "POST /things {1}" }), other);
  isClaim(await claimKey(test.as("a"), { ...ASKED, key: "l" }));
  isClaim(await claimKey(test.as("a"), { ...ASKED, actorId: "usr_b" }));
});

Deno.test("on a file, what another process claimed is void at once: it has ended", async () => {
  using test = await opened();
  const lost = await claimKey(test.as("a"), ASKED);
  isClaim(lost);
  isClaim(await claimKey(test.as("b"), ASKED));
  await assert.rejects(lost.settle(test.store.change().set(THING, "made twice"), answer()), conflict);
  assert.equal((await test.kv.get(THING)).value, null);
});

Deno.test("on a KV server, a claim lapses after a minute; who lost it makes nothing any more", async () => {
  using test = await opened({ shared: true });
  const lost = await claimKey(test.as("a"), ASKED);
  isClaim(lost);
  test.advance(59_999);
  await assert.rejects(claimKey(test.as("b"), ASKED), conflict);
  test.advance(1);
  const next = await claimKey(test.as("b"), ASKED);
  isClaim(next);
  await assert.rejects(lost.settle(test.store.change().set(THING, "made twice"), answer()), conflict);
  await lost.finish(answer("late"));
  await lost.release();
  assert.ok(await next.settle(test.store.change().set(THING, "made"), answer()));
  assert.equal((await test.kv.get(THING)).value, "made");
});

Deno.test("released: the next one starts anew, with another request even", async () => {
  using test = await opened();
  const claim = await claimKey(test.as("a"), ASKED);
  isClaim(claim);
  await claim.release();
  isClaim(await claimKey(test.as("a"), { ...ASKED, request: "another" }));
});

Deno.test("an answer is given for 24 hours by the stored time, whether or not KV has forgotten it", async () => {
  using test = await opened();
  const claim = await claimKey(test.as("a"), ASKED);
  isClaim(claim);
  await claim.finish({ status: 422, headers: {}, body: "no" });
  test.advance(24 * HOUR_MS - 1);
  isAnswer(await claimKey(test.as("a"), ASKED));
  test.advance(1);
  isClaim(await claimKey(test.as("a"), { ...ASKED, request: "another" }));
});

Deno.test("an answer of the largest size is kept, a larger one without its body; neither is too large for KV", async () => {
  using test = await opened();
  for (const [key, size] of [["small", 60 * 1024 - 200], ["large", 61 * 1024], ["huge", 10_000_000]] as const) {
    const claim = await claimKey(test.as("a"), { ...ASKED, key });
    isClaim(claim);
    await claim.finish({ status: 201, headers: { location: "/things/1" }, body: "é".repeat(size / 2) });
    const known = await claimKey(test.as("a"), { ...ASKED, key });
    isAnswer(known);
    assert.deepEqual([known.status, known.headers], [201, { location: "/things/1" }]);
    assert.equal(known.body?.length, key === "small" ? Math.floor(size / 2) : undefined);
  }
});

Deno.test("the store holds neither the answer nor the key nor the credential in clear", async () => {
  using test = await opened();
  const asked = { ...ASKED, key: "idempotency-key-of-the-client" };
  const claim = await claimKey(test.as("a"), asked);
  isClaim(claim);
  await claim.finish(answer("flk_secret"));
  const [entry] = await Array.fromAsync(test.kv.list({ prefix: ["idempotency"] }));
  const text = JSON.stringify(
    entry,
    (_, value) => value instanceof Uint8Array ? new TextDecoder().decode(value) : value,
  );
  for (const secret of ["flk_secret", asked.key, asked.secret, "usr_a"]) assert.ok(!text.includes(secret), secret);
  await assert.rejects(claimKey(test.as("a"), { ...asked, secret: "another credential" }));
});

Deno.test("a value that is no record is no answer", async () => {
  using test = await opened();
  const claim = await claimKey(test.as("a"), ASKED);
  isClaim(claim);
  await claim.finish(answer());
  const [entry] = await Array.fromAsync(test.kv.list<Record<string, unknown>>({ prefix: ["idempotency"] }));
  assert.ok(entry);
  await test.kv.set(entry.key, { ...entry.value, v: 2 });
  await assert.rejects(claimKey(test.as("a"), ASKED), { name: "UnreadableEntry" });
});
