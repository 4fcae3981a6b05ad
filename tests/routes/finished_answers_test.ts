import assert from "node:assert/strict";
import { finishedAnswers } from "../../routes/finished_answers.ts";
import { addAssets, addCloses, addPortfolio } from "../support/factories.ts";
import { startService } from "../support/service.ts";

/** Answers over versions and a day that the test sets. */
function answers(limitBytes?: number) {
  const present = { version: "1", day: "2021-11-05" };
  const kept = finishedAnswers({
    store: { version: () => present.version },
    today: () => present.day,
    ...(limitBytes !== undefined && { limitBytes }),
  });
  return { ...kept, present };
}

const answer = (text: string) => ({ text, type: "application/json", etag: '"1"', route: "/a" });

Deno.test("an answer is given again as long as nothing has changed", () => {
  const { find, keep, version, present } = answers();
  assert.equal(find("/a"), undefined);
  keep("/a", version(), answer("a"));
  assert.deepEqual(find("/a"), answer("a"));
  assert.equal(find("/b"), undefined);
  present.version = "2";
  assert.equal(find("/a"), undefined);
  keep("/a", version(), answer("new"));
  present.day = "2021-11-06";
  assert.equal(find("/a"), undefined);
});

Deno.test("an answer that was made before a change is not kept after it", () => {
  const { find, keep, version, present } = answers();
  const before = version();
  present.version = "2";
  keep("/a", before, answer("old"));
  assert.equal(find("/a"), undefined);
});

Deno.test("the oldest make room, and what was asked twice counts once", () => {
  // Two answers of 2 * (2 + 100 + 16 + 3) bytes each.
  const { find, keep, version } = answers(500);
  const [a, b, c] = ["a", "b", "c"].map((letter) => answer(letter.repeat(100)));
  assert.ok(a && b && c);
  keep("/a", version(), a);
  keep("/a", version(), a);
  keep("/b", version(), b);
  assert.deepEqual([find("/a"), find("/b")], [a, b]);
  keep("/c", version(), c);
  assert.deepEqual([find("/a"), find("/b"), find("/c")], [undefined, b, c]);
});

Deno.test("an answer larger than there is room for is not kept, nor does it stay in the way", () => {
  const { find, keep, version } = answers(500);
  keep("/large", version(), answer("x".repeat(1_000)));
  assert.equal(find("/large"), undefined);
  keep("/a", version(), answer("a"));
  assert.deepEqual(find("/a"), answer("a"));
});

Deno.test("a report is given again with the same bytes, and made anew after each write", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  await addPortfolio(service, { AAPL: "1" }, { visibility: "public" });
  const valueNow = async () => {
    const [first, second] = [
      await service.request("/portfolios/1/sectors"),
      await service.request("/portfolios/1/sectors"),
    ];
    assert.equal(first.headers.get("etag"), second.headers.get("etag"));
    const text = await first.text();
    assert.equal(await second.text(), text);
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
