import assert from "node:assert/strict";
import type { Fault } from "../../support/provider_stand_in_faults.ts";
import { callWith, FRIDAY, KEY, polygonAt, reasonOf, standInWith } from "./polygon_harness.ts";

const MEBIBYTE = 1024 * 1024;

Deno.test("the key is sent as a bearer token, and stands in no URL", async () => {
  await using standIn = standInWith();
  const polygon = polygonAt(standIn);
  for (const market of ["stocks", "crypto", "fx"] as const) await polygon.marketDay(market, FRIDAY, callWith());
  assert.deepEqual(standIn.calls.map(({ path, search }) => path + search), [
    `/v2/aggs/grouped/locale/us/market/stocks/${FRIDAY}?adjusted=false&include_otc=false`,
    `/v2/aggs/grouped/locale/global/market/crypto/${FRIDAY}?adjusted=false`,
    `/v2/aggs/grouped/locale/global/market/fx/${FRIDAY}?adjusted=false`,
  ]);
  for (const { headers, status } of standIn.calls) {
    assert.equal(headers.get("authorization"), `Bearer ${KEY}`);
    assert.equal(status, 200);
  }
});

Deno.test("a slot is awaited before the request goes out", async () => {
  await using standIn = standInWith();
  const callsAtSlot: number[] = [];
  const slot = async () => {
    await Promise.resolve();
    callsAtSlot.push(standIn.calls.length);
  };
  const polygon = polygonAt(standIn);
  await polygon.marketDay("stocks", FRIDAY, callWith({ slot }));
  await polygon.marketDay("stocks", FRIDAY, callWith({ slot }));
  assert.deepEqual(callsAtSlot, [0, 1]);
});

Deno.test("what a slot throws is the caller's own, and no request goes out", async () => {
  await using standIn = standInWith();
  const slot = () => Promise.reject(new Error("the store is gone"));
  await assert.rejects(polygonAt(standIn).marketDay("stocks", FRIDAY, callWith({ slot })), /the store is gone/);
  assert.equal(standIn.calls.length, 0);
});

Deno.test("passing_fault: cancelled before the slot was asked for, while it was awaited, and by the slot itself", async () => {
  await using standIn = standInWith();
  const polygon = polygonAt(standIn);
  const never = () => Promise.reject(new Error("asked for a slot"));
  const early = callWith({ signal: AbortSignal.abort(new Error("shutting down")), slot: never });
  assert.match(reasonOf(await polygon.marketDay("stocks", FRIDAY, early), "passing_fault"), /cancelled: shutting down/);

  for (const how of ["pending", "rejecting"] as const) {
    const controller = new AbortController();
    const slot = () => {
      controller.abort(new Error("lease lost"));
      return how === "pending" ? new Promise<void>(() => {}) : Promise.reject(controller.signal.reason);
    };
    const outcome = await polygon.marketDay("stocks", FRIDAY, callWith({ signal: controller.signal, slot }));
    assert.match(reasonOf(outcome, "passing_fault"), /cancelled: lease lost/);
  }
  assert.equal(standIn.calls.length, 0);
});

Deno.test("passing_fault: cancelled while the body comes", async () => {
  await using standIn = standInWith();
  standIn.faults.add({ type: "slow_drip" });
  const controller = new AbortController();
  const fetchThenCancel: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    controller.abort(new Error("lease lost"));
    return response;
  };
  const outcome = await polygonAt(standIn, { fetch: fetchThenCancel })
    .marketDay("stocks", FRIDAY, callWith({ signal: controller.signal }));
  assert.match(reasonOf(outcome, "passing_fault"), /cancelled: lease lost/);
});

const broken: [Fault, RegExp][] = [
  [{ type: "hang" }, /no complete answer within 40 ms/],
  [{ type: "slow_drip" }, /no complete answer within 40 ms/],
  [{ type: "html", status: 503 }, /HTTP 503: an HTML page/],
];
for (const [fault, expected] of broken) {
  Deno.test(`passing_fault: ${fault.type}`, async () => {
    await using standIn = standInWith();
    standIn.faults.add(fault);
    const outcome = await polygonAt(standIn, { timeoutMs: 40 }).marketDay("stocks", FRIDAY, callWith());
    assert.match(reasonOf(outcome, "passing_fault"), expected);
  });
}

Deno.test("passing_fault: the connection breaks in the middle, or there is none", async () => {
  const standIn = standInWith();
  try {
    standIn.faults.add({ type: "broken_connection" });
    const outcome = await polygonAt(standIn).marketDay("stocks", FRIDAY, callWith());
    assert.match(reasonOf(outcome, "passing_fault"), /^no connection, or a broken one/);
  } finally {
    await standIn.stop();
  }
  reasonOf(await polygonAt(standIn).marketDay("stocks", FRIDAY, callWith()), "passing_fault");
});

Deno.test("malformed: JSON that stops half-way", async () => {
  await using standIn = standInWith();
  standIn.faults.add({ type: "truncated_json" });
  const reason = reasonOf(await polygonAt(standIn).marketDay("stocks", FRIDAY, callWith()), "malformed");
  assert.match(reason, /^the answer is not JSON/);
});

Deno.test("malformed: a redirect, which is not followed, because the key would go along", async () => {
  await using elsewhere = standInWith();
  await using standIn = standInWith();
  standIn.faults.add({ type: "redirect", location: `${elsewhere.url}/?apiKey=${KEY}` });
  const reason = reasonOf(await polygonAt(standIn).marketDay("stocks", FRIDAY, callWith()), "malformed");
  assert.equal(reason, `HTTP 302: a redirect to ${elsewhere.url}/?apiKey=[key]`);
  assert.equal(elsewhere.calls.length, 0);
});

Deno.test("malformed: a body that is small on the wire and large when decompressed", async () => {
  await using standIn = standInWith();
  standIn.faults.add({ type: "oversized_body", bytes: 9 * MEBIBYTE });
  const reason = reasonOf(await polygonAt(standIn).marketDay("stocks", FRIDAY, callWith()), "malformed");
  assert.equal(reason, `the answer is longer than ${8 * MEBIBYTE} bytes`);

  standIn.faults.add({ type: "oversized_body", bytes: 2000 });
  reasonOf(await polygonAt(standIn, { bodyLimitBytes: 1000 }).marketDay("stocks", FRIDAY, callWith()), "malformed");
});

Deno.test("empty: a large body that is within the limit", async () => {
  await using standIn = standInWith();
  standIn.faults.add({ type: "oversized_body", bytes: 7 * MEBIBYTE });
  assert.deepEqual(await polygonAt(standIn).marketDay("stocks", FRIDAY, callWith()), { type: "empty" });
});

Deno.test("a reason is one bounded line without control characters, whatever was sent", async () => {
  await using standIn = standInWith();
  const text = `line\r\n\u001b[31mred\u202e ${KEY} ${"long ".repeat(50_000)}`;
  standIn.faults.add({ type: "status", status: 500, body: { error: text } });
  standIn.faults.add({ type: "status", status: 500, body: text });
  for (let n = 0; n < 2; n++) {
    const reason = reasonOf(await polygonAt(standIn).marketDay("stocks", FRIDAY, callWith()), "passing_fault");
    assert.ok(reason.length <= 300, `${reason.length}`);
    assert.doesNotMatch(reason, /[\p{Cc}\p{Cf}]/u);
    assert.match(reason, /^HTTP 500: .*\[31mred \[key\] long/);
  }
});
