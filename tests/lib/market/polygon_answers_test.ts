/** What each answer of the provider means, to each question alike. */

import assert from "node:assert/strict";
import type { Outcome } from "../../../lib/market/provider.ts";
import type { Fault } from "../../support/provider_stand_in_faults.ts";
import { callWith, polygonAt, QUESTIONS, reasonOf, standInWith } from "./polygon_harness.ts";

const UPGRADE = "Please upgrade your plan at https://massive.com/pricing";
const notAuthorized = (message: string) => ({ status: "NOT_AUTHORIZED", message });

const answers: readonly [number, unknown, Outcome<unknown>["type"], RegExp][] = [
  [400, { status: "ERROR", error: "Could not parse the time parameter: 'date'" }, "rejected", /Could not parse/],
  [401, { status: "ERROR", error: "Unknown API Key" }, "bad_key", /Unknown API Key/],
  [401, { status: "ERROR", message: "Unknown API Key" }, "bad_key", /Unknown API Key/],
  [401, "", "bad_key", /no body/],
  [403, notAuthorized(`Attempted to request today's data before end of day. ${UPGRADE}`), "not_yet", /end of day/],
  [403, notAuthorized(`Your plan doesn't include this data timeframe. ${UPGRADE}`), "too_old", /timeframe/],
  [403, { error: `Your plan doesn't include this data timeframe. ${UPGRADE}` }, "too_old", /timeframe/],
  [403, notAuthorized(`You are not entitled to this data. ${UPGRADE}`), "not_entitled", /not entitled/],
  [403, notAuthorized("Something new"), "not_entitled", /Something new/],
  [403, "<html>blocked</html>", "not_entitled", /an HTML page/],
  [404, { status: "NOT_FOUND", message: "Data not found." }, "not_found", /Data not found/],
  [404, "404 page not found", "not_found", /404 page not found/],
  [405, "", "rejected", /405/],
  [408, "", "passing_fault", /408/],
  [429, { status: "ERROR", error: "You've exceeded the maximum requests per minute" }, "rate_limited", /exceeded/],
  [429, "", "rate_limited", /no body/],
  [500, "", "passing_fault", /^HTTP 500: no body$/],
  [502, "<html>Bad gateway</html>", "passing_fault", /an HTML page/],
  [503, { status: "ERROR", error: "try again" }, "passing_fault", /try again/],
  [202, {}, "malformed", /202/],
  [300, "", "malformed", /300/],
  [200, "", "malformed", /not JSON: no body/],
  [200, "<html>Welcome</html>", "malformed", /an HTML page/],
  [200, "null", "malformed", /not what is documented/],
  [200, 5, "malformed", /not what is documented/],
  [200, { status: "ERROR", error: "A bad day" }, "malformed", /A bad day/],
  [200, { results: [] }, "malformed", /not what is documented/],
  [200, { status: "OK", results: 5 }, "malformed", /not what is documented/],
];

for (const [name, ask] of Object.entries(QUESTIONS)) {
  Deno.test(`${name}: what each answer means`, async () => {
    await using standIn = standInWith({ switches: { callsPerMinute: 0 } });
    for (const [status, body, type, expected] of answers) {
      standIn.faults.add({ type: "status", status, body });
      assert.match(reasonOf(await ask(polygonAt(standIn), callWith()), type), expected);
    }
  });

  Deno.test(`${name}: faults on the way, of which none brings the key into a reason`, async () => {
    await using standIn = standInWith({ switches: { callsPerMinute: 0 } });
    const faults: [Fault, Outcome<unknown>["type"]][] = [
      [{ type: "broken_connection" }, "passing_fault"],
      [{ type: "html" }, "passing_fault"],
      [{ type: "truncated_json" }, "malformed"],
      [{ type: "redirect", location: "http://elsewhere.invalid/" }, "malformed"],
      [{ type: "oversized_body", bytes: 5_000 }, "malformed"],
      [{ type: "wrong_content_type" }, "ok"],
      [{ type: "duplicate_rows" }, "ok"],
    ];
    const polygon = polygonAt(standIn, { bodyLimitBytes: 5_000 });
    for (const [fault, type] of faults) {
      standIn.faults.add(fault);
      const outcome = await ask(polygon, callWith());
      if (type === "ok") assert.equal(outcome.type, "ok", fault.type);
      else reasonOf(outcome, type);
    }
    standIn.faults.add({ type: "hang" });
    reasonOf(await ask(polygonAt(standIn, { timeoutMs: 40 }), callWith()), "passing_fault");
  });

  Deno.test(`${name}: a slot for each request; what it throws is passed on, and no request goes out`, async () => {
    await using standIn = standInWith();
    const callsAtSlot: number[] = [];
    const slot = async () => void callsAtSlot.push(await Promise.resolve(standIn.calls.length));
    assert.equal((await ask(polygonAt(standIn), callWith({ slot }))).type, "ok");
    assert.deepEqual(callsAtSlot, [0]);
    const broken = () => Promise.reject(new Error("the store is gone"));
    await assert.rejects(ask(polygonAt(standIn), callWith({ slot: broken })), /the store is gone/);
    assert.equal(standIn.calls.length, 1);
  });

  Deno.test(`${name}: over the pace, with a wrong key, or cancelled`, async () => {
    await using standIn = standInWith({ switches: { callsPerMinute: 1, retryAfter: "seconds" } });
    await ask(polygonAt(standIn), callWith());
    const tooMany = await ask(polygonAt(standIn), callWith());
    reasonOf(tooMany, "rate_limited");
    assert.equal("retryAfterMs" in tooMany && tooMany.retryAfterMs, 60_000);
    reasonOf(await ask(polygonAt(standIn, { apiKey: "another" }), callWith()), "bad_key");
    const signal = AbortSignal.abort(new Error("shutting down"));
    assert.match(reasonOf(await ask(polygonAt(standIn), callWith({ signal })), "passing_fault"), /shutting down/);
  });
}

Deno.test("lists without rows are empty, however they are written", async () => {
  await using standIn = standInWith({
    ...{ bars: [], splits: [], dividends: [], assets: [], holidays: [] },
    switches: { callsPerMinute: 0 },
  });
  for (const emptyResults of ["missing", "empty", "null"] as const) {
    standIn.switches.emptyResults = emptyResults;
    for (const name of ["marketDay", "range", "splits", "dividends", "search", "holidays"]) {
      assert.deepEqual(await QUESTIONS[name]?.(polygonAt(standIn), callWith()), { type: "empty" }, name);
    }
  }
});

Deno.test("details without results are malformed, symbol changes without events are empty", async () => {
  await using standIn = standInWith();
  const asked = async (name: string, body: unknown) => {
    standIn.faults.add({ type: "status", status: 200, body });
    return (await QUESTIONS[name]?.(polygonAt(standIn), callWith()))?.type;
  };
  assert.equal(await asked("details", { status: "OK" }), "malformed");
  assert.equal(await asked("symbolChanges", { status: "OK" }), "empty");
  assert.equal(await asked("symbolChanges", { status: "OK", results: { name: "Apple", events: null } }), "empty");
});
