import assert from "node:assert/strict";
import { assertProblem, assertRefused, bodyOf, type Json } from "../support/answers.ts";
import { addAssets, addForeignPortfolio, addPortfolio } from "../support/factories.ts";
import { startService, type TestService } from "../support/service.ts";

const json = (method: string, body: string) => ({ method, body, headers: { "content-type": "application/json" } });

const held = async (service: TestService, path = "/portfolios/1"): Promise<unknown> =>
  (await bodyOf(await service.admin(path)))["investments"];

const AMOUNTS: [sent: string, kept: string][] = [
  ['"10"', "10"],
  ["10", "10"],
  ["12.5", "12.5"],
  ["1e3", "1000"],
  ["1e-8", "0.00000001"],
  ["-3", "-3"],
  ['"-0.00000001"', "-0.00000001"],
  ['"5."', "5"],
  ['".5"', "0.5"],
  ['"007.500"', "7.5"],
  ['"123456789012345678.12345678"', "123456789012345678.12345678"],
  ["123456789.123456", "123456789.123456"],
  ["100000000000000000", "100000000000000000"],
];

Deno.test("PUT /portfolios/{id}/investments/{symbol}: 200 with the amount, exactly, in plain notation", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  await addPortfolio(service, {});
  for (const [sent, amount] of AMOUNTS) {
    const answer = await service.admin("/portfolios/1/investments/AAPL", json("PUT", `{"amount":${sent}}`));
    assert.deepEqual((await bodyOf(answer))["investments"], [{ asset: "AAPL", amount }], sent);
    assert.deepEqual(await held(service), [{ asset: "AAPL", amount }]);
  }
});

const DIGITS = "has more than 18 digits before the point or 8 after it";
const AS_STRING = "has more digits than a JSON number keeps; send it as a string";
const NO_DECIMAL = "must be a decimal, as a string or a number";

const BAD_AMOUNTS: [sent: string, detail: string][] = [
  ['"0"', "must not be 0"],
  ["0", "must not be 0"],
  ['"-0.000"', "must not be 0"],
  ['"0.000000001"', `0.000000001 ${DIGITS}`],
  ["1e-9", `0.000000001 ${DIGITS}`],
  ['"12345678901234567890"', `12345678901234567890 ${DIGITS}`],
  ['"-1234567890123456789"', `1234567890123456789 ${DIGITS}`],
  ["12345678901234567890", `12345678901234567000 ${DIGITS}`],
  ["0.30000000000000004", `0.30000000000000004 ${DIGITS}`],
  ["12345678.12345678", `12345678.12345678 ${AS_STRING}`],
  ["9007199254740993", `9007199254740992 ${AS_STRING}`],
  ['"1e3"', '"1e3" is not a decimal; write it like "12.5"'],
  ['"+5"', '"+5" is not a decimal; write it like "12.5"'],
  ['""', '"" is not a decimal; write it like "12.5"'],
  ['" 1"', '" 1" is not a decimal; write it like "12.5"'],
  ['"1,5"', '"1,5" is not a decimal; write it like "12.5"'],
  ['"\u0661"', '"\u0661" is not a decimal; write it like "12.5"'],
  ['"."', '"." is not a decimal; write it like "12.5"'],
  ['"NaN"', '"NaN" is not a decimal; write it like "12.5"'],
  ['"0x10"', '"0x10" is not a decimal; write it like "12.5"'],
  [`"${"1".repeat(65)}"`, `"${"1".repeat(64)}" is not a decimal; write it like "12.5"`],
  ["1e400", NO_DECIMAL],
  ["-1e400", NO_DECIMAL],
  ["null", NO_DECIMAL],
  ["true", NO_DECIMAL],
  ["[]", NO_DECIMAL],
  ["{}", NO_DECIMAL],
];

Deno.test("an amount that is none: 422 with its pointer wherever it is sent, and nothing is stored", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL", "GS");
  await addPortfolio(service, { GS: "1" });
  for (const [sent, detail] of BAD_AMOUNTS) {
    const investments = `"investments":[{"asset":"GS","amount":"1"},{"asset":"AAPL","amount":${sent}}]`;
    const asked = [
      ["POST", "/portfolios", `{"name":"Other",${investments}}`, "/investments/1/amount"],
      ["PUT", "/portfolios/1/investments", `{${investments}}`, "/investments/1/amount"],
      ["PUT", "/portfolios/1/investments/AAPL", `{"amount":${sent}}`, "/amount"],
    ] as const;
    for (const [method, path, body, pointer] of asked) {
      const put = () => service.admin(path, json(method, body));
      await assertRefused(service, put, "validation-failed", [{ pointer, detail }]);
    }
  }
});

Deno.test("an amount that is not given: 422", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  await addPortfolio(service, {});
  const put = () => service.admin("/portfolios/1/investments/AAPL", { method: "PUT", body: {} });
  await assertRefused(service, put, "validation-failed", [{ pointer: "/amount", detail: NO_DECIMAL }]);
});

Deno.test("an asset that is unknown, no symbol or there twice: 422 with the pointer of each", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL", "aapl");
  await addPortfolio(service, { AAPL: "1" });
  const bad = [{ asset: "AAPL", amount: "1" }, { asset: "Aapl", amount: "1" }, { asset: "aapl", amount: "1" }];
  const investments = [...bad, { asset: "AAPL", amount: "2" }, { asset: "XYZ", amount: "1" }];
  const errors = [
    { pointer: "/investments/1/asset", detail: "There is no asset Aapl" },
    { pointer: "/investments/3/asset", detail: "AAPL stands at place 0 already" },
    { pointer: "/investments/4/asset", detail: "There is no asset XYZ" },
  ];
  const post = () => service.admin("/portfolios", { method: "POST", body: { name: "Other", investments } });
  await assertRefused(service, post, "validation-failed", errors);
  const put = () => service.admin("/portfolios/1/investments", { method: "PUT", body: { investments } });
  await assertRefused(service, put, "validation-failed", errors);

  for (const asset of ["", "A B", "A/B", "A".repeat(21), "\u0410APL", "..", "__proto__", 7, null]) {
    const body = { investments: [{ asset, amount: "1" }] };
    const problem = await assertRefused(
      service,
      () => service.admin("/portfolios/1/investments", { method: "PUT", body }),
      "validation-failed",
    );
    assert.deepEqual((problem["errors"] as Json[]).map(({ pointer }) => pointer), ["/investments/0/asset"]);
  }
});

Deno.test("PUT /portfolios/{id}/investments: 200 with what was sent and nothing else, in its order", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL", "GS", "BA");
  await addPortfolio(service, { AAPL: "1", GS: "2" });
  await service.clock.advance(1_000);
  const body = { investments: [{ asset: "BA", amount: "3" }, { asset: "AAPL", amount: "1" }] };
  const answer = await service.admin("/portfolios/1/investments", { method: "PUT", body });
  const replaced = await bodyOf(answer.clone());
  assert.deepEqual(replaced["investments"], body.investments);
  assert.equal(replaced["updated_at"], "2021-11-06T12:00:01.000Z");
  const read = await service.admin("/portfolios/1");
  assert.equal(answer.headers.get("etag"), read.headers.get("etag"));
  assert.deepEqual(await held(service), body.investments);

  await bodyOf(await service.admin("/portfolios/1/investments", { method: "PUT", body: { investments: [] } }));
  assert.deepEqual(await held(service), []);
});

Deno.test("PUT /portfolios/{id}/investments: 422 without the list, for unknown fields and for 501 investments", async () => {
  await using service = await startService();
  await addPortfolio(service, {});
  const asset = (i: number) => ({ asset: `A${i}`, amount: "1" });
  const tooMany = Array.from({ length: 501 }, (_, i) => asset(i));
  const bodies: [body: unknown, pointers: string[]][] = [
    [{}, ["/investments"]],
    [{ investments: null }, ["/investments"]],
    [{ investments: [1] }, ["/investments/0"]],
    [{ investments: [{ ...asset(1), price: "1" }], name: "x" }, ["/investments/0/price", "/name"]],
    [{ investments: tooMany }, ["/investments"]],
  ];
  for (const [body, pointers] of bodies) {
    const put = () => service.admin("/portfolios/1/investments", { method: "PUT", body });
    const problem = await assertRefused(service, put, "validation-failed");
    assert.deepEqual((problem["errors"] as Json[]).map(({ pointer }) => pointer), pointers);
  }
});

Deno.test("500 investments are taken in, valued and let go of again", async () => {
  await using service = await startService();
  const symbols = Array.from({ length: 500 }, (_, i) => `A${i}`);
  await addAssets(service, ...symbols);
  const investments = symbols.map((asset) => ({ asset, amount: "1" }));
  await bodyOf(await service.admin("/portfolios", { method: "POST", body: { name: "Wide", investments } }), 201);
  assert.deepEqual(await held(service), investments);
  const report = await bodyOf<{ unpriced: Json[] }>(await service.admin("/portfolios/1/sectors"));
  assert.equal(report.unpriced.length, 500);

  await addAssets(service, "B");
  const put = () => service.admin("/portfolios/1/investments/B", { method: "PUT", body: { amount: "1" } });
  await assertRefused(service, put, "validation-failed");
  const reversed = investments.toReversed();
  await bodyOf(await service.admin("/portfolios/1/investments", { method: "PUT", body: { investments: reversed } }));
  assert.deepEqual(await held(service), reversed);
  assert.equal((await service.admin("/portfolios/1", { method: "DELETE" })).status, 204);
  assert.equal((await service.admin("/assets/A7", { method: "DELETE" })).status, 204);
});

Deno.test("500 investments in the place of 500 others: 422, since no one step holds so many changes", async () => {
  await using service = await startService();
  const symbols = Array.from({ length: 1_000 }, (_, i) => `A${i}`);
  await addAssets(service, ...symbols);
  const investments = symbols.map((asset) => ({ asset, amount: "1" }));
  const put = (from: number, to: number) =>
    service.admin("/portfolios/1/investments", { method: "PUT", body: { investments: investments.slice(from, to) } });
  await addPortfolio(service, {});
  await bodyOf(await put(0, 500));
  const detail = "changes more investments than one atomic operation holds; change some of them first";
  await assertRefused(service, () => put(500, 1_000), "validation-failed", [{ pointer: "/investments", detail }]);
  await bodyOf(await put(400, 900));
  await bodyOf(await put(500, 1_000));
  assert.deepEqual(await held(service), investments.slice(500));
});

Deno.test("PUT /portfolios/{id}/investments/{symbol}: a new one at the end, a known one in its place", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL", "GS", "X:BTCUSD");
  await addPortfolio(service, { AAPL: "1", GS: "2" });
  await bodyOf(await service.admin("/portfolios/1/investments/X:BTCUSD", { method: "PUT", body: { amount: "0.5" } }));
  await bodyOf(await service.admin("/portfolios/1/investments/AAPL", { method: "PUT", body: { amount: "-7" } }));
  await bodyOf(await service.admin("/portfolios/1/investments/X%3ABTCUSD", { method: "PUT", body: { amount: "0.6" } }));
  assert.deepEqual(await held(service), [
    { asset: "AAPL", amount: "-7" },
    { asset: "GS", amount: "2" },
    { asset: "X:BTCUSD", amount: "0.6" },
  ]);
});

Deno.test("PUT and DELETE /portfolios/{id}/investments/{symbol}: 404 for what is not there", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL", "GS");
  await addPortfolio(service, { AAPL: "1" });
  const put = { method: "PUT", body: { amount: "1" } };
  const asked: [path: string, init: { method: string; body?: unknown }][] = [
    ["/portfolios/2/investments/AAPL", put],
    ["/portfolios/1/investments/XYZ", put],
    ["/portfolios/1/investments/aapl", put],
    ["/portfolios/1/investments/A%20B", put],
    ["/portfolios/1/investments/%ff", put],
    [`/portfolios/1/investments/${"A".repeat(21)}`, put],
    ["/portfolios/1/investments/GS", { method: "DELETE" }],
    ["/portfolios/1/investments/XYZ", { method: "DELETE" }],
    ["/portfolios/0/investments/AAPL", { method: "DELETE" }],
  ];
  for (const [path, init] of asked) await assertRefused(service, () => service.admin(path, init), "not-found");
});

Deno.test("DELETE /portfolios/{id}/investments/{symbol}: 200 with the portfolio that is left", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL", "GS");
  await addPortfolio(service, { AAPL: "1", GS: "2" });
  const answer = await service.admin("/portfolios/1/investments/AAPL", { method: "DELETE" });
  assert.deepEqual((await bodyOf(answer))["investments"], [{ asset: "GS", amount: "2" }]);
  await assertProblem(await service.admin("/portfolios/1/investments/AAPL", { method: "DELETE" }), "not-found");
});

Deno.test("the administrator changes what belongs to somebody else, and it stays theirs", async () => {
  await using service = await startService();
  await addAssets(service, "AAPL");
  const id = await addForeignPortfolio(service);
  const path = `/portfolios/${id}/investments/AAPL`;
  const answer = await bodyOf(await service.admin(path, { method: "PUT", body: { amount: "1" } }));
  assert.deepEqual([answer["owner"], answer["investments"]], ["usr_other", [{ asset: "AAPL", amount: "1" }]]);
});
