import assert from "node:assert/strict";
import fc from "fast-check";
import type { Call, Provider } from "../../../lib/market/provider.ts";
import { callWith, fetchOf, KEY, offered, polygonAt, reasonOf, standInWith, valueOf } from "./polygon_harness.ts";

const BASE = "http://provider.invalid/proxy";
const splits = (provider: Provider, call: Call = callWith()) =>
  offered(provider.splits)({ from: "2000-01-01", to: "2024-03-08" }, call);

/** So many splits, one a day. */
function standInWithSplits(count: number, maxPageRows: number) {
  const first = Temporal.PlainDate.from("2000-01-01");
  return standInWith({
    splits: Array.from(
      { length: count },
      (_, day) => ({ symbol: "A", date: first.add({ days: day }).toString(), ratio: 2 }),
    ),
    switches: { callsPerMinute: 0, maxPageRows },
  });
}

Deno.test("page by page: every row once, a slot before each page, and the key for nobody else", async () => {
  await using standIn = standInWithSplits(7, 3);
  standIn.switches.nextUrlHost = "another";
  const callsAtSlot: number[] = [];
  const slot = async () => void callsAtSlot.push(await Promise.resolve(standIn.calls.length));
  const hosts = new Set<string>();
  const watched: typeof fetch = (input, init) => {
    hosts.add(new URL(String(input)).origin);
    return fetch(input, init);
  };
  const all = valueOf(await splits(polygonAt(standIn, { fetch: watched }), callWith({ slot })));
  assert.equal(new Set(all.map(({ executionDate }) => executionDate)).size, 7);
  assert.equal(all.length, 7);
  assert.deepEqual(callsAtSlot, [0, 1, 2]);
  assert.deepEqual([...hosts], [standIn.url]);
  for (const { headers, search } of standIn.calls) {
    assert.equal(headers.get("authorization"), `Bearer ${KEY}`);
    assert.doesNotMatch(search, /apiKey/i);
  }
});

Deno.test("a full page more is still read where the provider's page is smaller than what was asked for", async () => {
  await using standIn = standInWithSplits(6, 3);
  assert.equal(valueOf(await splits(polygonAt(standIn))).length, 6);
  assert.equal(standIn.calls.length, 2);
});

Deno.test("a page that fails fails all: half of the rows would pass for all of them", async () => {
  await using standIn = standInWithSplits(6, 3);
  const failures = [
    [{ type: "status", status: 429, body: "" }, "rate_limited"],
    [{ type: "status", status: 500, body: "" }, "passing_fault"],
    [{ type: "truncated_json" }, "malformed"],
  ] as const;
  for (const [fault, type] of failures) {
    standIn.faults.add({ type: "wrong_content_type" });
    standIn.faults.add(fault);
    reasonOf(await splits(polygonAt(standIn)), type);
  }
});

Deno.test("cancelled between two pages", async () => {
  await using standIn = standInWithSplits(6, 3);
  const controller = new AbortController();
  const slot = () => {
    if (standIn.calls.length === 1) controller.abort(new Error("lease lost"));
    return Promise.resolve();
  };
  const outcome = await splits(polygonAt(standIn), callWith({ signal: controller.signal, slot }));
  assert.match(reasonOf(outcome, "passing_fault"), /lease lost/);
  assert.equal(standIn.calls.length, 1);
});

Deno.test("a cursor that comes again ends the pages", async () => {
  await using standIn = standInWithSplits(6, 3);
  standIn.faults.add({ type: "repeated_cursor" }, { times: Infinity });
  assert.equal(valueOf(await splits(polygonAt(standIn))).length, 3);
  assert.equal(standIn.calls.length, 1);

  const to = (cursor: string) => ({
    status: "OK",
    results: [{}],
    next_url: `https://api.polygon.io/x?cursor=${cursor}`,
  });
  const fetch = fetchOf(to("a"), to("b"), to("a"));
  assert.equal(valueOf(await splits(polygonAt({ url: BASE }, { fetch }))).length, 3);
  assert.equal(fetch.urls.length, 3);
});

Deno.test("rejected: more pages than there may be", async () => {
  await using standIn = standInWithSplits(6, 2);
  assert.equal(valueOf(await splits(polygonAt(standIn, { pageLimit: 3 }))).length, 6);
  const reason = reasonOf(await splits(polygonAt(standIn, { pageLimit: 2 })), "rejected");
  assert.equal(reason, "the answer has more than 2 pages: ask for a shorter span");
});

Deno.test("the next page is asked of our own base, path and all, and without a key in the URL", async () => {
  const cases: [string, string | undefined][] = [
    ["https://api.polygon.io/stocks/v1/splits?cursor=abc", "/stocks/v1/splits?cursor=abc"],
    ["http://169.254.169.254/latest?cursor=abc", "/latest?cursor=abc"],
    [`https://api.massive.com/x?cursor=a%2Fb&apiKey=${KEY}`, "/x?cursor=a%2Fb"],
    ["//elsewhere.invalid/x", "/x"],
    ["https://elsewhere.invalid//other.invalid/x", "//other.invalid/x"],
    ["mailto:@elsewhere.invalid/", undefined],
    ["https://", undefined],
    ["file:///etc/passwd", undefined],
  ];
  for (const [next_url, path] of cases) {
    const fetch = fetchOf({ status: "OK", results: [{}], next_url }, { status: "OK", results: [{}] });
    const outcome = await splits(polygonAt({ url: BASE }, { fetch }));
    if (path === undefined) assert.match(reasonOf(outcome, "malformed"), /^the next page is at/);
    assert.deepEqual(fetch.urls.slice(1), path === undefined ? [] : [BASE + path], next_url);
  }
});

Deno.test("no next_url leads anywhere but to our own base, and the pages come to an end", async () => {
  const address = fc.oneof(
    fc.webUrl({ withQueryParameters: true }),
    fc.string(),
    fc.string().map((text) => `x:${text}`),
  );
  await fc.assert(fc.asyncProperty(fc.array(address, { minLength: 1, maxLength: 5 }), async (addresses) => {
    const fetch = fetchOf(...addresses.map((next_url) => ({ status: "OK", results: [{}], next_url })));
    const outcome = await splits(polygonAt({ url: BASE }, { fetch, pageLimit: 10 }));
    assert.ok(["ok", "malformed", "rejected"].includes(outcome.type));
    assert.ok(fetch.urls.length <= 10);
    for (const url of fetch.urls) {
      assert.ok(url.startsWith(`${BASE}/`), url);
      assert.equal(new URL(url).origin, "http://provider.invalid");
    }
  }));
});
