/**
 * What holds for every operation of the API, whatever it does: who may call it, and how it is asked.
 *
 * @module
 */
import assert from "node:assert/strict";
import { WHO } from "../../routes/access.ts";
import { assertProblem, assertRefused, dump } from "../support/answers.ts";
import { startFull } from "../support/full_store.ts";
import { operationAt } from "../support/openapi_response.ts";
import { allOperationsOf, documentOf, type Operation, operationsOf } from "../support/operations.ts";
import { ADMIN_KEY, startService } from "../support/service.ts";

/** Bodies that a route would refuse, if it came to look at them. */
const BROKEN: RequestInit[] = [
  { body: "{", headers: { "content-type": "application/json" } },
  { body: "x".repeat(9 * 1024 * 1024), headers: { "content-type": "text/plain" } },
  { body: "{}", headers: { "content-type": "application/json" } },
];

const isRead = ({ method }: Operation): boolean => method === "GET";
/** Each reading of the metrics counts those before it. */
const isSteady = ({ path }: Operation): boolean => path !== "/metrics";

/** Told of what is sent, and stores nothing. */
const isComputation = ({ path }: Operation): boolean => path.startsWith("/analysis/");

Deno.test("a stranger is told to sign in, whatever the body is and whether or not there is anything", async () => {
  await using service = await startFull();
  const closed = (await operationsOf(service)).filter((operation) => operation["x-access"] !== "anyone");
  assert.ok(closed.length >= 14);
  for (const { method, path } of closed) {
    const missing = path.replace("/1", "/999").replace("AAPL", "NONE").replace("2021-11-05", "2021-11-04");
    const impossible = path.replace("/1", "/abc").replace("AAPL", "A%20B");
    for (const asked of [path, `${path}/`, missing, impossible, `${path}?unknown=1`]) {
      for (const init of method === "GET" ? [{}] : [{}, ...BROKEN]) {
        const ask = () => service.request(asked, { ...init, method });
        const problem = await assertRefused(service, ask, "unauthorized");
        assert.match(String(problem["detail"]), /key/);
      }
    }
  }
});

Deno.test("every change asks who is there, and every read that does not is meant to be open", async () => {
  await using service = await startService();
  for (const operation of await operationsOf(service)) {
    const access = operation["x-access"];
    assert.ok(WHO.some((who) => who === access), operation.operationId);
    if (!isRead(operation) && !isComputation(operation)) assert.notEqual(access, "anyone", operation.operationId);
  }
  const open = (await operationsOf(service)).filter((operation) => operation["x-access"] === "anyone");
  assert.deepEqual(open.filter(({ operationId }) => operationId.toLowerCase().includes("job")), []);
});

const CREDENTIALS: [authorization: string, detail: RegExp][] = [
  [`Bearer ${ADMIN_KEY}x`, /^The key is not known$/],
  [`Bearer ${ADMIN_KEY.slice(1)}`, /^The key is not known$/],
  [`Bearer ${ADMIN_KEY.toUpperCase()}`, /^The key is not known$/],
  ["Bearer null", /^The key is not known$/],
  [`Basic ${btoa(`admin:${ADMIN_KEY}`)}`, /is not of the form `Bearer KEY`$/],
  [ADMIN_KEY, /is not of the form `Bearer KEY`$/],
  ["Bearer", /is not of the form `Bearer KEY`$/],
  ["Bearer ", /is not of the form `Bearer KEY`$/],
  [`Bearer ${ADMIN_KEY} ${ADMIN_KEY}`, /is not of the form `Bearer KEY`$/],
  [`Bearer ${ADMIN_KEY}, Bearer ${ADMIN_KEY}`, /is not of the form `Bearer KEY`$/],
  [`Bearer\t${ADMIN_KEY}`, /is not of the form `Bearer KEY`$/],
  ["", /is not of the form `Bearer KEY`$/],
];

Deno.test("a credential that is not known is 401 everywhere, also where none was needed", async () => {
  await using service = await startFull();
  const before = await dump(service.kv);
  const paths = (await operationsOf(service)).map(({ method, path }) => ({ method, path }));
  const all = [...paths, { method: "GET", path: "/" }, { method: "GET", path: "/nothing" }, {
    method: "HEAD",
    path: "/assets",
  }];
  for (const { method, path } of all) {
    for (const [authorization, detail] of CREDENTIALS) {
      const answer = await service.request(path, { method, headers: { authorization } });
      assert.equal(answer.status, 401, `${method} ${path} ${authorization}`);
      assert.equal(answer.headers.get("www-authenticate"), 'Bearer realm="foliolens"');
      if (method === "HEAD") continue;
      const problem = await assertProblem(answer, "unauthorized");
      assert.match(String(problem["detail"]), detail);
      assert.ok(!JSON.stringify(problem).includes(ADMIN_KEY));
    }
  }
  assert.deepEqual(await dump(service.kv), before);
});

Deno.test("the scheme's case and the spaces around the key do not matter", async () => {
  await using service = await startService();
  for (const authorization of [`bearer ${ADMIN_KEY}`, `BEARER   ${ADMIN_KEY}`, ` Bearer ${ADMIN_KEY} `]) {
    assert.equal((await service.request("/jobs", { headers: { authorization } })).status, 200, authorization);
  }
});

Deno.test("what explorers fill in by themselves, examples and defaults, is answered", async () => {
  await using service = await startFull();
  const { components } = await documentOf(service);
  for (const { path, parameters = [] } of (await allOperationsOf(service)).filter(isRead)) {
    if (path.startsWith("/auth/")) continue;
    const optional = parameters.filter((parameter) => parameter.in === "query" && !parameter.required);
    const filled = optional.flatMap(({ name, schema }) => {
      const named = components.schemas[String(schema["$ref"]).split("/").at(-1) ?? ""];
      const { example, default: byDefault } = { ...named, ...schema };
      return example === undefined && byDefault === undefined ? [] : [`${name}=${example ?? byDefault}`];
    });
    const asked = `${path}${path.includes("?") ? "&" : "?"}${filled.join("&")}`;
    assert.equal((await service.admin(asked)).status, 200, asked);
  }
});

Deno.test("a trailing slash is answered the same", async () => {
  await using service = await startFull();
  for (const { path } of (await operationsOf(service)).filter(isRead).filter(isSteady)) {
    const [plain, slashed] = [await service.admin(path), await service.admin(path.replace(/(?=\?|$)/, "/"))];
    assert.equal(plain.status, 200, path);
    assert.equal(slashed.status, 200, path);
    assert.equal(slashed.headers.get("etag"), plain.headers.get("etag"), path);
    assert.equal(await slashed.text(), await plain.text());
  }
  assert.equal((await service.request("/docs/")).status, 200);
  assert.equal((await service.request("/openapi.json/")).status, 200);
});

Deno.test("two slashes are another path", async () => {
  await using service = await startFull();
  for (
    const path of [
      "//portfolios",
      "/portfolios//1",
      "/portfolios/1//sectors",
      "/portfolios/1/sectors//",
      "/portfolios//",
    ]
  ) {
    await assertProblem(await service.admin(path), "not-found");
  }
});

Deno.test("HEAD: the status, the headers and the length of GET, without a body", async () => {
  await using service = await startFull();
  const paths = (await operationsOf(service)).filter(isRead).filter(isSteady).map(({ path }) => path);
  for (const path of [...paths, "/", "/docs", "/openapi.json", "/portfolios/9", "/portfolios/1/sectors?as_of=x"]) {
    const headers = { "x-request-id": "same" };
    const [get, head] = [
      await service.admin(path, { headers }),
      await service.admin(path, { method: "HEAD", headers }),
    ];
    assert.equal(head.status, get.status, path);
    // Of a GET the server counts the length while it sends.
    const length = String((await get.bytes()).length);
    assert.deepEqual(Object.fromEntries(head.headers), {
      ...Object.fromEntries(get.headers),
      "content-length": length,
    }, path);
    assert.equal(await head.text(), "");
  }
});

Deno.test("a method that a path does not know: 405 with those that it knows", async () => {
  await using service = await startFull();
  const document = await documentOf(service);
  const before = await dump(service.kv);
  const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "get2"];
  for (const path of new Set((await operationsOf(service)).map((operation) => operation.path.replace(/\?.*/, "")))) {
    const allowed = methods.filter((method) => operationAt(document, method, path) !== undefined);
    for (const method of methods.filter((name) => !allowed.includes(name))) {
      for (const asked of [path, `${path}/`]) {
        const answer = await service.admin(asked, { method });
        assert.equal(answer.status, 405, `${method} ${asked}`);
        assert.deepEqual(answer.headers.get("allow")?.split(", ").toSorted(), [...allowed, "OPTIONS"].toSorted(), path);
        if (method !== "HEAD") await assertProblem(answer, "method-not-allowed");
      }
    }
  }
  assert.deepEqual(await dump(service.kv), before);
});

Deno.test("OPTIONS: 204 with the methods, and a preflight is answered for every origin and header of ours", async () => {
  await using service = await startFull();
  const expected: [path: string, methods: string][] = [
    ["/portfolios", "GET, HEAD, POST"],
    ["/portfolios/", "GET, HEAD, POST"],
    ["/portfolios/1", "GET, HEAD, PATCH, DELETE"],
    ["/portfolios/1/investments/AAPL", "PUT, DELETE"],
    ["/assets/X%3ABTCUSD/historic-values", "GET, HEAD, PUT"],
    ["/openapi.json", "GET, HEAD"],
  ];
  for (const [path, methods] of expected) {
    const plain = await service.request(path, { method: "OPTIONS" });
    assert.equal(plain.status, 204);
    assert.equal(plain.headers.get("allow"), `${methods}, OPTIONS`, path);
    assert.equal(plain.headers.get("access-control-allow-methods"), null);
    const headers = {
      origin: "https://example.com",
      "access-control-request-method": "PUT",
      authorization: "Bearer x",
    };
    const preflight = await service.request(path, { method: "OPTIONS", headers });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
    assert.equal(preflight.headers.get("access-control-allow-credentials"), null);
    assert.equal(preflight.headers.get("access-control-allow-methods"), `${methods}, OPTIONS`);
    const allowed = preflight.headers.get("access-control-allow-headers")?.toLowerCase().split(", ") ?? [];
    for (const header of ["authorization", "content-type", "if-match", "if-none-match", "x-request-id"]) {
      assert.ok(allowed.includes(header), header);
    }
  }
});

Deno.test("a parameter that an operation does not know is refused by each", async () => {
  await using service = await startFull();
  for (const { method, path, requestBody } of await operationsOf(service)) {
    const taken = requestBody?.content["application/json"]?.schema;
    for (const name of ["unknown", "Limit", "__proto__", "constructor", "toString"]) {
      const asked = `${path}${path.includes("?") ? "&" : "?"}${name}=1`;
      const body = taken === undefined ? {} : { body: {} };
      const problem = await assertRefused(
        service,
        () => service.admin(asked, { method, ...body }),
        "validation-failed",
      );
      const errors = problem["errors"] as Record<string, unknown>[];
      assert.deepEqual(errors, [{ parameter: name, detail: `"${name}" is not known here` }], `${method} ${asked}`);
    }
  }
});

Deno.test("garbage in a path: 404 or what stands there, never a failure of ours", async () => {
  await using service = await startFull();
  const garbage = [
    "%",
    "%%",
    "%f",
    "%ff",
    "%00",
    "%c0%ae",
    "%ed%a0%80",
    "%2e%2e",
    "%2F",
    "%5C",
    "\\",
    "'",
    '"',
    "<",
    "{",
    "é",
    "\u{1f4b0}",
  ];
  for (const { method, path } of await operationsOf(service)) {
    const [pathname = ""] = path.split("?");
    const segments = pathname.split("/");
    for (const place of segments.keys()) {
      if (place === 0) continue;
      for (const text of garbage) {
        const asked = segments.with(place, text).join("/");
        const answer = await service.admin(asked, { method: method === "DELETE" ? "GET" : method });
        assert.ok(answer.status < 500, `${method} ${asked}: ${answer.status}`);
      }
    }
  }
});
