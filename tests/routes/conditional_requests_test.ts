import assert from "node:assert/strict";
import { assertProblem, assertRefused, bodyOf, itemsOf, versionOf } from "../support/answers.ts";
import { addAssets, addCloses, addForeignPortfolio, addPortfolio, addUser } from "../support/factories.ts";
import { documentOf, exampleBodyOf, operationsOf } from "../support/operations.ts";
import { makeKey, person } from "../support/people.ts";
import { startService, type TestService } from "../support/service.ts";

const READS = [
  "/portfolios",
  "/portfolios/1",
  "/portfolios/1/sectors",
  "/portfolios/1/sectors?as_of=2021-11-05",
  "/assets",
  "/assets/AAPL",
  "/assets/AAPL/historic-values",
  "/historic-values?date=2021-11-05",
  "/market/status",
  "/market/days",
  "/jobs",
];

async function startWithPortfolio(): Promise<TestService> {
  const service = await startService();
  await addAssets(service, "AAPL", "GS");
  await addCloses(service, "AAPL", { "2021-11-05": "151.28" });
  await addPortfolio(service, { AAPL: "100" });
  return service;
}

async function etagOf(service: TestService, path: string): Promise<string> {
  const answer = await service.admin(path);
  assert.equal(answer.status, 200, path);
  const etag = answer.headers.get("etag");
  assert.match(etag ?? "", /^"[\x21\x23-\x7e]+"$/, `${path} has no strong entity tag`);
  return etag ?? "";
}

Deno.test("GET and HEAD: 304 without a body for whoever names the present tag, 200 for all others", async () => {
  await using service = await startWithPortfolio();
  for (const path of READS) {
    const etag = await etagOf(service, path);
    const fresh = [etag, `W/${etag}`, `"other", ${etag}`, `W/"other",${etag}`, ` ${etag} `, "*"];
    const stale = ['"other"', `"x${etag.slice(1)}`, etag.slice(1, -1), "", "W/*", `${etag.slice(0, -1)}`];
    for (const method of ["GET", "HEAD"]) {
      for (const ifNoneMatch of fresh) {
        const answer = await service.admin(path, { method, headers: { "if-none-match": ifNoneMatch } });
        assert.equal(answer.status, 304, `${method} ${path} ${ifNoneMatch}`);
        assert.equal(answer.headers.get("etag"), etag);
        assert.equal(answer.headers.get("content-type"), null);
        assert.equal(await answer.text(), "");
      }
      for (const ifNoneMatch of stale) {
        const answer = await service.admin(path, { method, headers: { "if-none-match": ifNoneMatch } });
        assert.equal(answer.status, 200, `${method} ${path} ${ifNoneMatch}`);
      }
    }
  }
});

Deno.test("a tag is not looked at where the request would be refused without it", async () => {
  await using service = await startWithPortfolio();
  await addForeignPortfolio(service);
  const headers = { "if-none-match": "*" };
  await assertProblem(await service.request("/portfolios/2", { headers }), "not-found");
  await assertProblem(await service.request("/portfolios/2/sectors", { headers }), "not-found");
  const future = await service.admin("/portfolios/1/sectors?as_of=2021-11-08", { headers });
  await assertProblem(future, "validation-failed");
  await assertProblem(await service.admin("/portfolios?limit=0", { headers }), "validation-failed");
});

const changes: [name: string, make: (service: TestService) => Promise<unknown>, changed: string[]][] = [
  [
    "a price",
    (service) => addCloses(service, "AAPL", { "2021-11-05": "151.29" }),
    [
      ...["/portfolios/1/sectors", "/portfolios/1/sectors?as_of=2021-11-05", "/assets", "/assets/AAPL"],
      ...["/assets/AAPL/historic-values", "/historic-values?date=2021-11-05", "/market/status"],
    ],
  ],
  [
    "a portfolio",
    (service) => service.admin("/portfolios/1", { method: "PATCH", body: { name: "Income" } }),
    ["/portfolios", "/portfolios/1", "/portfolios/1/sectors", "/portfolios/1/sectors?as_of=2021-11-05"],
  ],
  [
    "an investment",
    (service) => service.admin("/portfolios/1/investments/GS", { method: "PUT", body: { amount: "1" } }),
    ["/portfolios", "/portfolios/1", "/portfolios/1/sectors", "/portfolios/1/sectors?as_of=2021-11-05"],
  ],
  [
    "an asset",
    (service) => service.admin("/assets/AAPL", { method: "PATCH", body: { sector: "energy" } }),
    [
      ...["/portfolios/1/sectors", "/portfolios/1/sectors?as_of=2021-11-05", "/assets", "/assets/AAPL"],
      "/market/status",
    ],
  ],
  [
    "a job",
    (service) => service.admin("/jobs", { method: "POST", body: { name: "pull-market-day" } }),
    ["/market/status", "/jobs"],
  ],
];

for (const [name, make, changed] of changes) {
  Deno.test(`${name} changes the tags of what shows it, and of nothing else`, async () => {
    await using service = await startWithPortfolio();
    const before = new Map<string, string>();
    for (const path of READS) before.set(path, await etagOf(service, path));
    await make(service);
    const after: string[] = [];
    for (const path of READS) if (await etagOf(service, path) !== before.get(path)) after.push(path);
    assert.deepEqual(after, changed);
  });
}

Deno.test("a symbol changes the tags of the portfolios that say it, and not what If-Match goes by", async () => {
  await using service = await startWithPortfolio();
  const said = ["/portfolios/1", "/portfolios/1/investments", "/portfolios/1/sectors"];
  const before = new Map<string, string>();
  for (const path of said) before.set(path, await etagOf(service, path));
  const body = { symbol: "APPL", since: "2021-11-05" };
  assert.equal((await service.admin("/assets/AAPL/rename", { method: "POST", body })).status, 200);
  for (const path of said) {
    const answer = await service.admin(path, { headers: { "if-none-match": before.get(path) ?? "" } });
    assert.equal(answer.status, 200, path);
    assert.ok((await answer.text()).includes('"asset":"APPL"'), path);
  }
  const headers = { "if-match": before.get("/portfolios/1") ?? "" };
  const patched = await service.admin("/portfolios/1", { method: "PATCH", headers, body: { name: "Income" } });
  assert.equal(patched.status, 200, await patched.text());
  const again = await service.admin("/portfolios/1", { method: "PATCH", headers, body: { name: "Growth" } });
  await assertProblem(again, "version-mismatch");
});

Deno.test("a write answers the tag that the next read has", async () => {
  await using service = await startWithPortfolio();
  const writes: [path: string, method: string, body?: unknown][] = [
    ["/portfolios/1", "PATCH", { name: "Income" }],
    ["/portfolios/1/investments", "PUT", { investments: [{ asset: "GS", amount: "1" }] }],
    ["/portfolios/1/investments/AAPL", "PUT", { amount: "2" }],
    ["/portfolios/1/investments/GS", "DELETE"],
    ["/assets/AAPL", "PATCH", { name: "Apple" }],
  ];
  for (const [path, method, body] of writes) {
    const written = await service.admin(path, { method, body });
    const read = await service.admin(path.replace(/\/investments.*/, ""));
    assert.equal(written.headers.get("etag"), read.headers.get("etag"), `${method} ${path}`);
    assert.deepEqual(await bodyOf(written), await bodyOf(read));
  }
});

const WRITES: [path: string, resource: string, method: string, body?: unknown][] = [
  ["/portfolios/1", "/portfolios/1", "PATCH", { name: "Income" }],
  ["/portfolios/1/investments", "/portfolios/1", "PUT", { investments: [] }],
  ["/portfolios/1/investments/AAPL", "/portfolios/1", "PUT", { amount: "2" }],
  ["/portfolios/1/investments/AAPL", "/portfolios/1", "DELETE"],
  ["/portfolios/1", "/portfolios/1", "DELETE"],
  ["/assets/GS", "/assets/GS", "PATCH", { name: "Goldman" }],
  ["/assets/GS", "/assets/GS", "DELETE"],
];

for (const [path, resource, method, body] of WRITES) {
  Deno.test(`${method} ${path}: 412 with the present tag for another version, else done`, async () => {
    const send = (service: TestService, ifMatch: string) =>
      service.admin(path, { method, body, headers: { "if-match": ifMatch } });
    await using refusing = await startWithPortfolio();
    const present = await etagOf(refusing, resource);
    for (const ifMatch of ['"00000000000000000000"', `W/${present}`, present.slice(1, -1), "", `"a", "b"`, "W/*"]) {
      const before = await assertRefused(refusing, () => send(refusing, ifMatch), "version-mismatch");
      assert.match(String(before["detail"]), /^The present version is /, ifMatch);
    }
    const answer = await send(refusing, '"other"');
    assert.equal(answer.headers.get("etag"), versionOf(await refusing.admin(resource)));

    for (
      const form of [
        (etag: string) => etag,
        (etag: string) => etag.replace(/~[^"]*/, ""),
        () => "*",
        (etag: string) => `"other" , ${etag}`,
      ]
    ) {
      await using service = await startWithPortfolio();
      const done = await send(service, form(await etagOf(service, resource)));
      assert.ok(done.ok, await done.text());
    }
  });
}

Deno.test("If-Match: 412 for the version before, once another write came between", async () => {
  await using service = await startWithPortfolio();
  const first = await etagOf(service, "/portfolios/1");
  const patch = (name: string, ifMatch: string) =>
    service.admin("/portfolios/1", { method: "PATCH", body: { name }, headers: { "if-match": ifMatch } });
  const second = (await patch("Income", first)).headers.get("etag") ?? "";
  await assertRefused(service, () => patch("Other", first), "version-mismatch");
  assert.equal((await patch("Other", second)).status, 200);
});

Deno.test("If-Match: what is not there, or not to be known of, is 404 whatever the tag", async () => {
  await using service = await startWithPortfolio();
  for (const ifMatch of ["*", '"other"']) {
    const headers = { "if-match": ifMatch };
    await assertRefused(service, () => service.admin("/portfolios/9", { method: "DELETE", headers }), "not-found");
    await assertRefused(service, () => service.admin("/assets/XYZ", { method: "DELETE", headers }), "not-found");
  }
});

/** A store in which every write of an administrator finds what it is asked to change, under the ids that this answers. */
async function startWithEverything() {
  const service = await startWithPortfolio();
  const ann = await person(service, "usr_ann", "administrator");
  await addUser(service, "usr_1");
  await service.admin("/assets/AAPL/splits", {
    method: "PUT",
    body: { items: [{ execution_date: "2021-11-05", split_from: "1", split_to: "4" }] },
  });
  await service.admin("/assets/AAPL/dividends", {
    method: "PUT",
    body: { items: [{ ex_dividend_date: "2021-11-05", cash_amount: "0.22" }] },
  });
  const { id: keyId } = await makeKey(ann, ["portfolios:read"]);
  const [session] = await itemsOf(await ann.ask("/me/sessions"));
  const ids = { key_1: keyId, ses_1: String(session?.["id"]) };
  return { service, ann, pathOf: (path: string) => path.replace(/key_1|ses_1/, (id) => ids[id as keyof typeof ids]) };
}

Deno.test("every PUT, PATCH and DELETE of the document takes If-Match, and does nothing for another version", async () => {
  const { service, ann, pathOf } = await startWithEverything();
  await using _ = service;
  const document = await documentOf(service);
  const writes = (await operationsOf(service)).filter(({ method }) => ["PUT", "PATCH", "DELETE"].includes(method));
  assert.ok(writes.length >= 16);
  for (const operation of writes) {
    const { operationId, method, path, parameters = [], responses } = operation;
    assert.ok(parameters.some(({ name }) => name === "if-match"), `${operationId} does not declare If-Match`);
    assert.ok("412" in responses, `${operationId} does not declare 412`);
    const body = exampleBodyOf(document, operation);
    for (const ifMatch of ['"other"', 'W/"other"', '"a", "b"', "", "other"]) {
      const init = { method, headers: { "if-match": ifMatch }, ...(body !== undefined && { body }) };
      await assertRefused(service, () => ann.ask(pathOf(path), init), "version-mismatch");
    }
  }
});
