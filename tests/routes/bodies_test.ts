import assert from "node:assert/strict";
import type { ProblemType } from "../../lib/problem.ts";
import { assertRefused, bodyOf } from "../support/answers.ts";
import { addAssets, addPortfolio } from "../support/factories.ts";
import { type Operation, operationsOf } from "../support/operations.ts";
import { ADMIN_KEY, startService, type TestService } from "../support/service.ts";

const MIB = 1024 * 1024;
const JSON_TYPE = { "content-type": "application/json" };

async function startWithPortfolio(): Promise<TestService> {
  const service = await startService();
  await addAssets(service, "AAPL");
  await addPortfolio(service, { AAPL: "1" });
  return service;
}

/** Every operation that takes a body, and how much of one. */
async function takersOf(service: TestService): Promise<(Operation & { limit: number })[]> {
  const takers = (await operationsOf(service)).filter(({ requestBody }) => requestBody !== undefined);
  assert.ok(takers.length >= 8);
  return takers.map((taker) => ({ ...taker, limit: taker.path.endsWith("/historic-values") ? 8 * MIB : MIB }));
}

type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

function send(
  service: TestService,
  { method, path }: Operation,
  body: Body | undefined,
  headers: HeadersInit = JSON_TYPE,
) {
  const sent = new Headers(headers);
  sent.set("authorization", `Bearer ${ADMIN_KEY}`);
  // A text would bring a media type of its own.
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const init = { method, headers: sent, ...(bytes !== undefined && { body: bytes, duplex: "half" }) };
  return service.request(path, init);
}

async function refusedByAll(
  body: Body | undefined,
  type: ProblemType,
  headers: HeadersInit = JSON_TYPE,
  detail?: RegExp,
) {
  await using service = await startWithPortfolio();
  const isEmpty = body === undefined || body === "";
  for (const taker of await takersOf(service)) {
    // What may come without a body takes an empty one for none.
    if (isEmpty && !taker.requestBody?.required) continue;
    const problem = await assertRefused(service, () => send(service, taker, body, headers), type);
    if (detail !== undefined) assert.match(String(problem["detail"]), detail, taker.operationId);
  }
}

const nested = (levels: number): string => `{"name":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;

Deno.test("no body: 400, whether a media type is named or not", async () => {
  await refusedByAll(undefined, "malformed-request", {}, /^A body is required$/);
  await refusedByAll("", "malformed-request", {}, /^A body is required$/);
  await refusedByAll(undefined, "malformed-request");
  await refusedByAll("", "malformed-request");
  await refusedByAll(" \n", "malformed-request");
});

Deno.test("no media type, or another one: 415", async () => {
  await refusedByAll("{}", "unsupported-media-type", {}, /^None was named; send application\/json/);
  const types = [
    ...["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"],
    ...["application/jsonp", "application/merge-patch+json", "application/vnd.api+json", "json", ",", "*/*"],
  ];
  for (const type of types) await refusedByAll("{}", "unsupported-media-type", { "content-type": type });
});

Deno.test("JSON is read whatever the case and the parameters of its media type", async () => {
  const types = [
    "application/json",
    "APPLICATION/JSON",
    "application/json; charset=utf-8",
    "Application/Json;charset=UTF-8",
  ];
  for (
    const type of [
      ...types,
      "application/json ; charset=utf-8",
      "application/json;",
      'application/json; charset="utf-8"',
    ]
  ) {
    await using service = await startWithPortfolio();
    const patch = { method: "PATCH", path: "/portfolios/1" } as Operation;
    const answer = await send(service, patch, '{"name":"Income"}', { "content-type": type });
    assert.equal((await bodyOf(answer))["name"], "Income", type);
    const put = { method: "PUT", path: "/assets/AAPL/historic-values" } as Operation;
    const bars = await send(service, put, '{"items":[{"date":"2021-11-05","close":"1"}]}', { "content-type": type });
    assert.equal((await bodyOf(bars))["written"], 1, type);
  }
});

Deno.test("broken JSON: 400, and what was thrown is not shown", async () => {
  const broken = [
    "{",
    '{"name":}',
    "{'name':1}",
    '{"name":"a",}',
    "{}{}",
    "undefined",
    "NaN",
    "\u0000",
    '{"a":"\n"}',
    "[1,",
  ];
  for (const body of broken) {
    await refusedByAll(body, "malformed-request", JSON_TYPE, /^Malformed JSON in request body$/);
  }
});

Deno.test("bytes that are no UTF-8: 400", async () => {
  const quoted = (...bytes: number[]) => new Uint8Array([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, ...bytes, 0x22, 0x7d]);
  for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82]]) {
    await refusedByAll(quoted(...bytes), "malformed-request", JSON_TYPE, /^The body is not UTF-8$/);
  }
});

Deno.test("a mark at the start of the text is not part of it", async () => {
  await using service = await startWithPortfolio();
  const answer = await send(
    service,
    { method: "PATCH", path: "/portfolios/1" } as Operation,
    '\ufeff{"name":"Income"}',
  );
  assert.equal((await bodyOf(answer))["name"], "Income");
});

Deno.test("64 levels are read, 65 are 400, and so are 20,000 and half a million", async () => {
  const tooDeep = /^The body is nested more than 64 levels deep$/;
  await refusedByAll(nested(64), "validation-failed");
  await refusedByAll(nested(65), "malformed-request", JSON_TYPE, tooDeep);
  await refusedByAll(nested(20_000), "malformed-request", JSON_TYPE, tooDeep);
  await refusedByAll(
    `{"name":${'{"a":'.repeat(20_000)}1${"}".repeat(20_001)}`,
    "malformed-request",
    JSON_TYPE,
    tooDeep,
  );
  await refusedByAll("[".repeat(500_000), "malformed-request", JSON_TYPE, tooDeep);
});

Deno.test("brackets in texts are no levels, and a text ends where it ends", async () => {
  await using service = await startWithPortfolio();
  const patch = { method: "PATCH", path: "/portfolios/1" } as Operation;
  const name = `\\"${"[".repeat(70)}\\\\`;
  assert.equal((await bodyOf(await send(service, patch, `{"name":"${name}"}`)))["name"], JSON.parse(`"${name}"`));
  const after = `{"name":"\\\\","x":${"[".repeat(64)}${"]".repeat(64)}}`;
  await assertRefused(service, () => send(service, patch, after), "malformed-request");
});

Deno.test("a body of the largest size is read, and one byte more is 413", async () => {
  await using service = await startWithPortfolio();
  for (const taker of await takersOf(service)) {
    const largest = "{}".padEnd(taker.limit, " ");
    const read = await send(service, taker, largest);
    // Read, and then found to be about nothing that is there, or not valid.
    assert.ok([200, 202, 404, 422].includes(read.status), `${taker.operationId}: ${read.status}`);
    const problem = await assertRefused(service, () => send(service, taker, `${largest} `), "payload-too-large");
    assert.equal(problem["detail"], `The body is larger than ${taker.limit} bytes`);
  }
});

Deno.test("a body that says to be too large is 413 before it is read", async () => {
  await using service = await startWithPortfolio();
  for (const taker of await takersOf(service)) {
    let pulled = 0;
    const body = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(++pulled)) }, {
      highWaterMark: 0,
    });
    const headers = { ...JSON_TYPE, "content-length": String(taker.limit + 1) };
    await assertRefused(service, () => send(service, taker, body, headers), "payload-too-large");
    assert.equal(pulled, 0, taker.operationId);
  }
});

Deno.test("a stream without a length is read up to the limit, and then let go of", async () => {
  await using service = await startWithPortfolio();
  const chunk = new TextEncoder().encode(" ".repeat(64 * 1024));
  for (const taker of await takersOf(service)) {
    let [pulled, isCancelled] = [0, false];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(chunk);
      },
      cancel: () => void (isCancelled = true),
    }, { highWaterMark: 0 });
    await assertRefused(service, () => send(service, taker, body), "payload-too-large");
    assert.deepEqual([pulled, isCancelled], [taker.limit / chunk.length + 1, true], taker.operationId);
  }
});

Deno.test("a stream that breaks off: 400", async () => {
  await using service = await startWithPortfolio();
  for (const taker of await takersOf(service)) {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (pulled++ === 0) controller.enqueue(new TextEncoder().encode('{"name"'));
        else controller.error(new Error("The connection was closed"));
      },
    });
    await assertRefused(service, () => send(service, taker, body), "malformed-request");
  }
});

Deno.test("many things that are wrong: a short answer names the first of them", async () => {
  await using service = await startWithPortfolio();
  const items = (count: number) => `[${Array(count).fill("{}").join()}]`;
  const bodies: [taker: Pick<Operation, "method" | "path">, body: string][] = [
    [{ method: "POST", path: "/portfolios" }, `{"name":"x","investments":${items(300_000)}}`],
    [{ method: "PUT", path: "/assets/AAPL/historic-values" }, `{"items":${items(10_000)}}`],
    [{ method: "POST", path: "/portfolios" }, `{${Array.from({ length: 50_000 }, (_, i) => `"k${i}":1`).join()}}`],
  ];
  for (const [taker, body] of bodies) {
    const problem = await assertRefused(service, () => send(service, taker as Operation, body), "validation-failed");
    assert.ok((problem["errors"] as unknown[]).length <= 100);
    assert.ok(JSON.stringify(problem).length < 20_000);
  }
});
