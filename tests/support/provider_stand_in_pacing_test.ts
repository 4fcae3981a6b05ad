import assert from "node:assert/strict";
import fc from "fast-check";
import { createPacing } from "./provider_stand_in_pacing.ts";
import { DEFAULT_SWITCHES, type Switches } from "./provider_stand_in_route.ts";
import { startProviderStandIn } from "./provider_stand_in.ts";

/** Asks at these seconds of a minute that starts at 0, and answers which calls were granted. */
function granted(switches: Partial<Switches>, seconds: readonly number[]): boolean[] {
  const pace = createPacing();
  return seconds.map((second) =>
    pace(new Date(second * 1000), "id", { ...DEFAULT_SWITCHES, ...switches }) === undefined
  );
}

Deno.test("fixed window: the count starts anew with the minute", () => {
  const switches = { callsPerMinute: 2, pacingWindow: "fixed" } as const;
  assert.deepEqual(granted(switches, [57, 58, 59, 59.999, 60, 61, 62]), [true, true, false, false, true, true, false]);
});

Deno.test("sliding window: a call frees its place a minute later, and a refused one takes none", () => {
  const switches = { callsPerMinute: 2, pacingWindow: "sliding" } as const;
  assert.deepEqual(
    granted(switches, [57, 58, 59, 60, 116.999, 117, 117.5, 118]),
    [true, true, false, false, false, true, false, true],
  );
});

Deno.test("0 calls a minute: no pacing", () => {
  assert.deepEqual(granted({ callsPerMinute: 0 }, Array(100).fill(1)), Array(100).fill(true));
});

Deno.test("no window holds more calls than the plan has", () => {
  const seconds = fc.array(fc.nat(200), { maxLength: 60 }).map((list) => list.toSorted((a, b) => a - b));
  fc.assert(fc.property(seconds, fc.integer({ min: 1, max: 6 }), (list, callsPerMinute) => {
    const sliding = granted({ callsPerMinute, pacingWindow: "sliding" }, list);
    const times = list.filter((_, index) => sliding[index]);
    for (const start of times) {
      assert.ok(times.filter((time) => time >= start && time < start + 60).length <= callsPerMinute);
    }
    const fixed = granted({ callsPerMinute, pacingWindow: "fixed" }, list);
    const minutes = list.filter((_, index) => fixed[index]).map((second) => Math.floor(second / 60));
    for (const minute of minutes) {
      assert.ok(minutes.filter((other) => other === minute).length <= callsPerMinute);
    }
  }));
});

Deno.test("429: JSON or empty, with Retry-After as seconds, as a date, or without", async () => {
  await using standIn = startProviderStandIn({
    now: () => new Date("2024-03-09T08:00:20.500Z"),
    switches: { callsPerMinute: 1, pacingWindow: "fixed" },
  });
  const ask = () => fetch(`${standIn.url}/v1/marketstatus/upcoming?apiKey=${standIn.apiKey}`);
  await (await ask()).body?.cancel();
  const cases = [
    ["none", null],
    ["seconds", "40"],
    ["date", "Sat, 09 Mar 2024 08:01:00 GMT"],
  ] as const;
  for (const [retryAfter, expected] of cases) {
    standIn.switches.retryAfter = retryAfter;
    const response = await ask();
    assert.equal(response.status, 429);
    assert.equal(response.headers.get("retry-after"), expected);
    const { status, error } = await response.json();
    assert.equal(status, "ERROR");
    assert.match(error, /^You've exceeded the maximum requests per minute/);
  }
  standIn.switches.rateLimitBody = "empty";
  const response = await ask();
  assert.deepEqual([response.status, await response.text()], [429, ""]);
});

Deno.test("the clock moves, and the call is granted again", async () => {
  let nowMs = Date.parse("2024-03-09T08:00:00Z");
  await using standIn = startProviderStandIn({ now: () => new Date(nowMs) });
  const statuses: number[] = [];
  for (const waitMs of [0, 0, 0, 0, 0, 0, 59_999, 1]) {
    nowMs += waitMs;
    const response = await fetch(`${standIn.url}/v1/marketstatus/now?apiKey=${standIn.apiKey}`);
    await response.body?.cancel();
    statuses.push(response.status);
  }
  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429, 429, 200]);
});
