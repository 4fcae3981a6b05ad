import assert from "node:assert/strict";
import { finishedAnswers } from "../../routes/finished_answers.ts";
import { addAsset, addAssets, addCloses, addPortfolio } from "../support/factories.ts";
import { startService } from "../support/service.ts";

/** Answers over versions and a day that the test sets; what is asked there has been asked once. */
function answers(limitBytes?: number) {
  const present = { market: "1", portfolios: "1", identity: "1", day: "2021-11-05" };
  const kept = finishedAnswers({
    store: { version: (family) => present[family] },
    today: () => present.day,
    ...(limitBytes !== undefined && { limitBytes }),
  });
  for (const question of ["/a", "/b", "/c", "/large"]) {
    kept.keep(question, kept.versions(), answer("first"));
    assert.equal(kept.find(question), undefined);
  }
  return { ...kept, present };
}

const answer = (text: string) => ({
  response: () => new Response(text),
  bodyBytes: text.length,
  etag: '"1"',
  route: "/a",
});

Deno.test("an answer is given again as long as nothing has changed", () => {
  const { find, keep, versions, present } = answers();
  const [old, renewed] = [answer("old"), answer("new")];
  assert.equal(find("/a"), undefined);
  keep("/a", versions(), old);
  assert.equal(find("/a"), old);
  assert.equal(find("/b"), undefined);
  present.market = "2";
  assert.equal(find("/a"), undefined);
  keep("/a", versions(), renewed);
  assert.equal(find("/a"), renewed);
  present.day = "2021-11-06";
  assert.equal(find("/a"), undefined);
});

Deno.test("an answer is kept once its question is asked again", () => {
  const { find, former, keep, versions, counts } = answers();
  const [first, second, third] = ["first", "second", "third"].map(answer);
  assert.ok(first && second && third);
  keep("/new", versions(), first);
  assert.deepEqual([find("/new"), former("/new"), counts().entries], [undefined, undefined, 0]);
  keep("/new", versions(), second);
  assert.equal(find("/new"), second);
  keep("/new", versions(), third);
  assert.equal(find("/new"), third);
});

Deno.test("an answer that was made before a change is not kept after it", () => {
  for (const changed of ["market", "portfolios", "day"] as const) {
    const { find, former, keep, versions, present } = answers();
    const before = versions();
    present[changed] = "2021-11-06";
    keep("/a", before, answer("old"));
    assert.equal(find("/a"), undefined, changed);
    assert.equal(former("/a"), undefined, changed);
  }
});

Deno.test("an answer is looked at again after a change of some portfolio, and forgotten after one of the market or the day", () => {
  const { find, former, keep, versions, present, counts } = answers();
  const kept = answer("a");
  keep("/a", versions(), kept);
  present.portfolios = "2";
  assert.equal(find("/a"), undefined);
  assert.equal(former("/a"), kept);
  keep("/a", versions(), kept);
  assert.equal(find("/a"), kept);
  present.market = "2";
  assert.equal(former("/a"), undefined);
  keep("/a", versions(), kept);
  present.day = "2021-11-06";
  assert.equal(former("/a"), undefined);
  assert.equal(counts().entries, 0);
});

Deno.test("the oldest make room, and what was asked twice counts once", () => {
  // Two answers of 2 + 1,000 + 2,048 bytes each.
  const { find, keep, versions } = answers(6_200);
  const [a, b, c] = ["a", "b", "c"].map((letter) => answer(letter.repeat(1_000)));
  assert.ok(a && b && c);
  keep("/a", versions(), a);
  keep("/a", versions(), a);
  keep("/b", versions(), b);
  assert.deepEqual([find("/a"), find("/b")], [a, b]);
  keep("/c", versions(), c);
  assert.deepEqual([find("/a"), find("/b"), find("/c")], [undefined, b, c]);
});

Deno.test("an answer larger than there is room for is not kept, nor does it stay in the way", () => {
  const { find, keep, versions } = answers(6_200);
  keep("/large", versions(), answer("x".repeat(5_000)));
  assert.equal(find("/large"), undefined);
  const small = answer("a");
  keep("/a", versions(), small);
  assert.equal(find("/a"), small);
});

Deno.test("an answer that is given again is as it was, but for what each request is told of itself", async () => {
  await using service = await startService({ env: { RATE_LIMIT_PER_MINUTE: "100" } });
  await addAssets(service, "AAPL");
  await addPortfolio(service, { AAPL: "1" }, { visibility: "public" });
  const ask = async (id: string, from: string, method = "GET", tag = "none") => {
    const headers = { "x-request-id": id, "if-none-match": tag };
    const answer = await service.request("/portfolios/1/sectors", { method, from, headers });
    const { "x-request-id": told, ratelimit, ...rest } = Object.fromEntries(answer.headers);
    assert.equal(told, id);
    return { status: answer.status, left: ratelimit?.match(/r=(\d+)/)?.[1], rest, text: await answer.text() };
  };
  const made = await ask("made", "192.0.2.1");
  assert.deepEqual(await ask("kept", "192.0.2.1"), { ...made, left: "98" });
  assert.deepEqual(await ask("again", "192.0.2.1"), { ...made, left: "97" });
  assert.deepEqual(await ask("elsewhere", "192.0.2.2"), made);
  const { "content-length": length, ...head } = (await ask("head", "192.0.2.3", "HEAD")).rest;
  assert.deepEqual([head, length], [made.rest, String(made.text.length)]);
  const { "content-type": _, ...unchanged } = made.rest;
  const seen = await ask("seen", "192.0.2.4", "GET", made.rest["etag"]);
  assert.deepEqual(seen, { status: 304, left: "99", rest: unchanged, text: "" });
  assert.deepEqual(await ask("after", "192.0.2.5"), made);
});

Deno.test("a report is given again with the same bytes, and made anew after each write", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  await addPortfolio(service, { AAPL: "1" }, { visibility: "public" });
  const valueNow = async () => {
    const made = await service.request("/portfolios/1/sectors");
    const text = await made.text();
    for (let i = 0; i < 2; i++) {
      const again = await service.request("/portfolios/1/sectors");
      assert.equal(again.headers.get("etag"), made.headers.get("etag"));
      assert.equal(await again.text(), text);
    }
    return JSON.parse(text).market_value;
  };
  assert.equal(await valueNow(), "0");
  for (const close of ["150", "151.28", "150"]) {
    await addCloses(service, "AAPL", { "2021-11-05": close });
    assert.equal(await valueNow(), close);
  }
  await service.admin("/portfolios/1/investments/AAPL", { method: "PUT", body: { amount: "2" } });
  assert.equal(await valueNow(), "300");
});

Deno.test("a change of one portfolio leaves what is answered of another, and no answer outlives its own", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  await addCloses(service, "AAPL", { "2021-11-05": "150" });
  for (const name of ["Changed", "Left"]) await addPortfolio(service, { AAPL: "1" }, { name, visibility: "public" });
  const changes: [path: string, method: string, body: unknown, values: [string | undefined, string]][] = [
    ["/portfolios/1/investments/AAPL", "PUT", { amount: "2" }, ["300", "150"]],
    ["/portfolios/1", "PATCH", { visibility: "private" }, [undefined, "150"]],
    ["/portfolios/1", "PATCH", { visibility: "public" }, ["300", "150"]],
    ["/portfolios/1", "DELETE", undefined, [undefined, "150"]],
  ];
  const values = () =>
    Promise.all(
      [1, 2].map(async (id) => (await (await service.request(`/portfolios/${id}/sectors`)).json()).market_value),
    );
  const tag = async () => {
    const answer = await service.request("/portfolios/2/sectors");
    await answer.body?.cancel();
    return answer.headers.get("etag");
  };
  for (let i = 0; i < 2; i++) assert.deepEqual(await values(), ["150", "150"]);
  const before = await tag();
  for (const [path, method, body, expected] of changes) {
    await service.admin(path, { method, body });
    for (let i = 0; i < 3; i++) assert.deepEqual(await values(), expected, `${method} ${path}`);
    assert.equal(await tag(), before);
  }
});

Deno.test("a report that is read while prices are written is never kept as if it came after them", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  await addPortfolio(service, { AAPL: "1" }, { visibility: "public" });
  for (let close = 1; close <= 20; close++) {
    await Promise.all([
      addCloses(service, "AAPL", { "2021-11-05": String(close) }),
      service.request("/portfolios/1/sectors"),
      service.request("/portfolios/1/sectors"),
    ]);
    const { market_value } = await (await service.request("/portfolios/1/sectors")).json();
    assert.equal(market_value, String(close));
  }
});

Deno.test("what cash alone is worth is of the market's day, by which tags and kept answers go", async () => {
  await using service = await startService({ now: "2021-11-04T23:30:00.000Z" });
  await addAsset(service, { symbol: "USD", kind: "currency", currency: "USD" });
  await addPortfolio(service, { USD: "100" }, { visibility: "public" });
  const days = () =>
    Promise.all(["sectors", "performance"].map(async (path) => {
      const answer = await service.request(`/portfolios/1/${path}`);
      return (await answer.json()).as_of;
    }));
  assert.deepEqual(await days(), ["2021-11-04", "2021-11-04"]);
  // A day begins in UTC, and none in New York; what is asked for is made anew.
  await service.clock.advance(3_600_000);
  await addAssets(service, "AAPL");
  assert.deepEqual(await days(), ["2021-11-04", "2021-11-04"]);
  await service.clock.advance(4 * 3_600_000);
  assert.deepEqual(await days(), ["2021-11-05", "2021-11-05"]);
});
