import assert from "node:assert/strict";
import { loadDemo } from "../../../fixtures/load.ts";
import { bodyOf, dump, itemsOf } from "../../support/answers.ts";
import { addAsset, addCloses, addForeignPortfolio, addPortfolio } from "../../support/factories.ts";
import { makeKey, person } from "../../support/people.ts";
import { startService, type TestService } from "../../support/service.ts";
import { inputIn, noticeOf, pageOf, postTo } from "./support.ts";

async function demo(): Promise<TestService> {
  const service = await startService();
  await loadDemo(service.services);
  return service;
}

Deno.test("users: found, given a role, and everything of theirs beside them", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  await person(service, "usr_bob");
  const { prefix } = await makeKey(ada, ["portfolios:read"]);
  await bodyOf(await ada.ask("/portfolios", { method: "POST", body: { name: "Hers", investments: [] } }), 201);
  const found = await pageOf(service.admin, "/admin/users?q=USR_A");
  assert.match(found, /<a href="\/admin\/users\/usr_ada\?list=q%3DUSR_A">/);
  assert.doesNotMatch(found, /usr_bob/);

  const page = await pageOf(service.admin, "/admin/users/usr_ada");
  for (const text of ["Hers", String(prefix), "/admin/portfolios?owner=usr_ada", "/admin/user-sessions?user=usr_ada"]) {
    assert.ok(page.includes(text), text);
  }
  const etag = inputIn(page, "_etag") ?? "";
  const change = { "_form": "0", "_etag": etag, "_then": "stay", "/role": "viewer" };
  assert.equal((await postTo(service.admin, "/admin/users/usr_ada", change)).status, 303);
  assert.equal((await bodyOf(await service.admin("/users/usr_ada")))["role"], "viewer");
  const second = await postTo(service.admin, "/admin/users/usr_ada", { ...change, "/role": "administrator" });
  assert.equal(second.status, 412);
  assert.match(await second.text(), /Somebody else has changed this.*<dt>Role<\/dt><dd>viewer<\/dd>/s);
  const history = await pageOf(service.admin, "/admin/users/usr_ada/history");
  assert.match(history, /change role.*\/role.*<del>user<\/del>.*<ins>viewer<\/ins>/s);
});

Deno.test("an asset is given another symbol, and is found under that", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "FB" });
  const page = await pageOf(service.admin, "/admin/assets/FB");
  assert.match(page, /<h2>Another symbol<\/h2>.*name="\/since"[^>]*>|type="date"[^>]*name="\/since"/s);
  const form = { "_form": "1", "_etag": inputIn(page, "_etag") ?? "", "_then": "stay", "/symbol": "META" };
  const wrong = await postTo(service.admin, "/admin/assets/FB", { ...form, "/since": "" });
  assert.equal(wrong.status, 422);
  assert.match(await wrong.text(), /id="\/since!"/);
  const renamed = await postTo(service.admin, "/admin/assets/FB", { ...form, "/since": "2021-10-28" });
  assert.equal(renamed.headers.get("location"), "/admin/assets/META");
  assert.match(await pageOf(service.admin, "/admin/assets/META"), /<dt>Formerly<\/dt><dd>FB before 2021-10-28/);
});

Deno.test("a user is deleted after being told what else goes", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  await makeKey(ada, ["portfolios:read"]);
  await bodyOf(await ada.ask("/portfolios", { method: "POST", body: { name: "Hers", investments: [] } }), 201);
  const page = await pageOf(service.admin, "/admin/users/usr_ada/delete");
  assert.match(page, /Their portfolios go with them: 1 active, 0 inactive.*1 API key, 1 session\./s);
  const gone = await postTo(service.admin, "/admin/users/usr_ada/delete", { _etag: inputIn(page, "_etag") ?? "" });
  assert.equal(gone.status, 303);
  assert.equal((await service.admin("/users/usr_ada")).status, 404);
  assert.match(await pageOf(service.admin, "/admin/users/usr_ada/history"), /delete user/);
});

Deno.test("keys and sessions: listed by whose they are, revoked one by one and several at once after a question", async () => {
  await using service = await startService();
  const ada = await person(service, "usr_ada");
  const bob = await person(service, "usr_bob");
  const keys = [await makeKey(ada, ["portfolios:read"]), await makeKey(ada, ["portfolios:write"])];
  const list = await pageOf(service.admin, "/admin/user-api-keys?user=usr_ada");
  for (const { id, key } of keys) {
    assert.ok(list.includes(`/admin/user-api-keys/${id}`));
    assert.ok(!list.includes(key));
  }
  const action = { action: "delete", id: keys.map(({ id }) => id) };
  const asked = await postTo(service.admin, "/admin/actions/user-api-keys", action);
  assert.equal(asked.status, 200);
  assert.match(await asked.text(), /Revoke 2 of API keys\?.*name="sure" value="yes".*Revoke all 2/s);
  assert.equal((await itemsOf(await ada.ask("/api-keys"))).length, 2);
  const done = await postTo(service.admin, "/admin/actions/user-api-keys", { ...action, sure: "yes" });
  assert.equal(noticeOf(done), "Revoke: 2 done");
  assert.deepEqual(await itemsOf(await ada.ask("/api-keys")), []);

  const [session] = await itemsOf(await service.admin("/user-sessions?user=usr_bob"));
  const path = `/admin/user-sessions/${session?.["id"]}`;
  assert.match(await pageOf(service.admin, `${path}/delete`), /usr_bob has to sign in again/);
  assert.equal((await postTo(service.admin, `${path}/delete`)).status, 303);
  assert.equal((await bob.ask("/me")).status, 401);
  assert.match(await pageOf(service.admin, `${path}/history`), /end session/);
});

Deno.test("nothing ticked: nothing is done", async () => {
  await using service = await startService();
  const answer = await postTo(service.admin, "/admin/actions/user-api-keys", { action: "delete" });
  assert.equal(noticeOf(answer), "Nothing was ticked");
});

Deno.test("an asset may have a symbol that is a word of the site's own paths", async () => {
  await using service = await startService();
  for (const symbol of ["add", "actions", "assets", "history"]) {
    const added = await postTo(service.admin, "/admin/add/assets", { "/symbol": symbol, "/name": `Called ${symbol}` });
    assert.equal(added.headers.get("location"), "/admin/assets");
    const page = await pageOf(service.admin, `/admin/assets/${symbol}`);
    const change = { "_form": "0", "_etag": inputIn(page, "_etag") ?? "", "/name": "Renamed" };
    assert.equal((await postTo(service.admin, `/admin/assets/${symbol}`, change)).status, 303);
    assert.equal((await bodyOf(await service.request(`/assets/${symbol}`)))["name"], "Renamed");
    assert.match(await pageOf(service.admin, `/admin/assets/${symbol}/history`), /change asset/);
    const split = { "/execution_date": "2020-08-31", "/split_from": "1", "/split_to": "3" };
    assert.equal((await postTo(service.admin, `/admin/add/assets/${symbol}/splits`, split)).status, 303);
    assert.match(await pageOf(service.admin, `/admin/assets/${symbol}/splits`), /2020-08-31/);
    assert.equal((await postTo(service.admin, `/admin/assets/${symbol}/delete`)).status, 303);
  }
});

Deno.test("portfolios: by owner, by how the name begins, from either end, inactive ones, as CSV, and their history", async () => {
  await using service = await demo();
  await addPortfolio(service, { AAPL: "1.5" }, { name: "Growth" });
  await addPortfolio(service, {}, { name: "Asleep", status: "inactive" });
  await addForeignPortfolio(service, { name: "Green" });
  const names = async (query: string) => {
    const page = await pageOf(service.admin, `/admin/portfolios?${query}`);
    return ["Growth", "Asleep", "Green"].filter((name) => page.includes(`<td class="">${name}</td>`));
  };
  assert.deepEqual(await names(""), ["Growth", "Green"]);
  assert.deepEqual(await names("q=gr"), ["Growth", "Green"]);
  assert.deepEqual(await names("q=gre&owner="), ["Green"]);
  assert.deepEqual(await names("owner=usr_system"), ["Growth"]);
  assert.deepEqual(await names("status=inactive"), ["Asleep"]);
  const first = await pageOf(service.admin, "/admin/portfolios");
  assert.match(first, /aria-sort="ascending"><a href="\/admin\/portfolios\?order=desc">/);
  const last = await pageOf(service.admin, "/admin/portfolios?order=desc");
  assert.match(last, /aria-sort="descending"/);
  assert.ok(last.indexOf("Green") < last.indexOf("Growth"));

  const [{ id }] = (await itemsOf(await service.admin("/portfolios?scope=all&q=growth"))) as [{ id: number }];
  const csv = await service.admin(`/admin/portfolios/${id}/csv`);
  assert.match(csv.headers.get("content-disposition") ?? "", new RegExp(`filename="portfolios-${id}.csv"`));
  assert.equal(await csv.text(), "asset,amount\r\nAAPL,1.5\r\n");
  const foreign = (await itemsOf(await service.admin("/portfolios?scope=all&q=green")))[0]?.["id"];
  await bodyOf(await service.admin(`/portfolios/${foreign}`, { method: "PATCH", body: { visibility: "public" } }));
  assert.match(await pageOf(service.admin, `/admin/portfolios/${foreign}/history`), /\/visibility.*private.*public/s);
});

Deno.test("assets: by kind and status, and what was done to one, also after it is gone", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "FUND", kind: "fund" });
  await addAsset(service, { symbol: "OLD", status: "delisted" });
  const list = (query: string) => pageOf(service.admin, `/admin/assets?${query}`);
  assert.match(await list("kind=fund"), /FUND/);
  assert.doesNotMatch(await list("kind=fund"), /OLD/);
  assert.match(await list("status=delisted&order=desc"), /OLD/);
  const asked = await postTo(service.admin, "/admin/actions/assets", { action: "delete", id: ["FUND", "GONE"] });
  const page = await asked.text();
  assert.match(page, /FUND.*0 bars, 0 splits, 0 dividends.*GONE.*There is no asset GONE/s);
  await service.clock.advance(1_000);
  const done = await postTo(service.admin, "/admin/actions/assets", {
    action: "delete",
    sure: "yes",
    id: ["FUND", "GONE"],
  });
  assert.equal(noticeOf(done), "Delete: 1 done, 1 refused; GONE: There is no asset GONE");
  const history = await pageOf(service.admin, "/admin/assets/FUND/history");
  assert.match(history, /delete asset.*add asset/s);
});

Deno.test("historic values: gone through by year and month, a day added, corrected, and refused in place", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "AAPL" });
  const path = "/admin/assets/AAPL/historic-values";
  assert.match(await pageOf(service.admin, path), /Nothing here yet/);
  await addCloses(service, "AAPL", { "2020-12-31": "132.69", "2021-10-29": "149.8", "2021-11-05": "151.28" });
  const newest = await pageOf(service.admin, path);
  assert.match(newest, /in=2020".*in=2021".*in=2021-10".*in=2021-11" class="chosen" aria-current="page"/s);
  assert.match(newest, /151\.28/);
  assert.doesNotMatch(newest, /149\.8|132\.69/);
  assert.match(await pageOf(service.admin, `${path}?in=2021`), /149\.8.*151\.28/s);
  assert.match(await pageOf(service.admin, `${path}?in=2020-12`), /132\.69/);
  assert.match(await pageOf(service.admin, `${path}?in=nonsense`), /151\.28/);

  const adding = "/admin/add/assets/AAPL/historic-values";
  const added = await postTo(service.admin, adding, {
    "/date": "2021-11-04",
    "/close": "150.96",
    "_then": "stay",
  });
  assert.equal(added.headers.get("location"), `${path}/2021-11-04`);
  const again = await postTo(service.admin, adding, { "/date": "2021-11-04", "/close": "1" });
  assert.equal(again.status, 409);
  assert.match(await again.text(), /2021-11-04 is there already: change it/);

  const form = await pageOf(service.admin, `${path}/2021-11-04`);
  assert.equal(inputIn(form, "/close"), "150.96");
  const etag = inputIn(form, "_etag") ?? "";
  const corrected = { "_form": "0", "_etag": etag, "/close": "150.96", "/high": "152", "/low": "150" };
  const wrong = await postTo(service.admin, `${path}/2021-11-04`, { ...corrected, "/close": "cheap", "/high": "152" });
  assert.equal(wrong.status, 422);
  const html = await wrong.text();
  assert.match(html, /id="\/close!">[^<]*decimal/);
  assert.equal(inputIn(html, "/close"), "cheap");
  assert.equal(inputIn(html, "/high"), "152");
  const upside = await postTo(service.admin, `${path}/2021-11-04`, { ...corrected, "/high": "1" });
  assert.equal(upside.status, 422);
  assert.match(await upside.text(), /It was not stored: high below low/);
  assert.equal((await postTo(service.admin, `${path}/2021-11-04`, corrected)).status, 303);
  assert.equal((await postTo(service.admin, `${path}/2021-11-04`, { ...corrected, "/close": "151" })).status, 412);
  const { items } = await bodyOf<{ items: { high: string }[] }>(
    await service.request("/assets/AAPL/historic-values?from=2021-11-04&to=2021-11-04"),
  );
  assert.equal(items[0]?.high, "152");
  assert.match(await pageOf(service.admin, `${path}/2021-11-04/history`), /put historic values/);
});

Deno.test("splits and dividends of an asset: added, changed and deleted", async () => {
  await using service = await startService();
  await addAsset(service, { symbol: "AAPL" });
  const path = "/admin/assets/AAPL/splits";
  const split = { "/execution_date": "2020-08-31", "/split_from": "1", "/split_to": "3" };
  const adding = "/admin/add/assets/AAPL/splits";
  assert.equal((await postTo(service.admin, adding, split)).status, 303);
  const wrong = await postTo(service.admin, adding, { ...split, "/execution_date": "2020-02-30" });
  assert.equal(wrong.status, 422);
  assert.match(await wrong.text(), /id="\/execution_date!">/);
  const form = await pageOf(service.admin, `${path}/2020-08-31`);
  const change = { "_form": "0", "_etag": inputIn(form, "_etag") ?? "", "/split_from": "1", "/split_to": "4" };
  assert.equal((await postTo(service.admin, `${path}/2020-08-31`, change)).status, 303);
  assert.match(await pageOf(service.admin, path), /2020-08-31.*>4</s);
  assert.match(
    await pageOf(service.admin, `${path}/2020-08-31/history`),
    /\/2020-08-31\/splitTo.*<del>3<\/del>.*<ins>4/s,
  );
  assert.equal((await postTo(service.admin, `${path}/2020-08-31/delete`)).status, 303);
  assert.deepEqual(await itemsOf(await service.request("/assets/AAPL/splits")), []);
  assert.equal((await service.admin(`${path}/2020-08-31`)).status, 404);

  const dividend = { "/ex_dividend_date": "2021-11-05", "/cash_amount": "0.22" };
  assert.equal((await postTo(service.admin, "/admin/add/assets/AAPL/dividends", dividend)).status, 303);
  const several = { action: "delete", sure: "yes", id: ["2021-11-05", "2021-11-06"] };
  const done = await postTo(service.admin, "/admin/actions/assets/AAPL/dividends", several);
  assert.match(noticeOf(done) ?? "", /^Delete: 1 done, 1 refused; 2021-11-06: AAPL has no dividends/);
});

Deno.test("the audit: filtered by who and what, and an entry with what differs", async () => {
  await using service = await startService();
  const eve = await person(service, "usr_eve", "administrator");
  await addAsset(service, { symbol: "AAPL" });
  await bodyOf(await eve.ask("/assets/AAPL", { method: "PATCH", body: { name: "<b>Apple" } }));
  const list = await pageOf(service.admin, "/admin/audit?actor=usr_eve");
  assert.match(list, /change asset/);
  assert.doesNotMatch(list, /add asset/);
  const [entry] = await itemsOf(await service.admin("/audit?actor=usr_eve"));
  const page = await pageOf(service.admin, `/admin/audit/${encodeURIComponent(String(entry?.["id"]))}`);
  assert.match(page, /\/name.*<del>AAPL<\/del>.*<ins>&lt;b&gt;Apple<\/ins>/s);
  assert.match(page, /href="\/admin\/assets\/AAPL"/);
  assert.doesNotMatch(page, /<button type="submit" class="first"/);
});

const LISTS = ["portfolios", "assets", "users", "user-api-keys", "user-sessions", "audit", "assets/AAPL/splits"];
const FORMS = [
  "add/assets",
  "assets/AAPL",
  "portfolios/1",
  "portfolios/1/delete",
  "users/usr_vera",
  "add/assets/AAPL/splits",
];

Deno.test("a viewer sees every page, without a button that changes anything, and no form of theirs is taken", async () => {
  await using service = await demo();
  const vera = await person(service, "usr_vera", "viewer");
  for (const path of [...LISTS, ...FORMS, "jobs", "schedules"]) {
    const answer = await vera.ask(`/admin/${path}`);
    assert.equal(answer.status, 200, path);
    const html = (await answer.text()).replaceAll(
      /<form method="get".*?<\/form>|<form method="post" action="\/admin\/sign-out".*?<\/form>/gs,
      "",
    );
    assert.doesNotMatch(html, /<button/, path);
  }
  const before = await dump(service.kv);
  for (
    const path of [...LISTS.map((list) => `actions/${list}`), ...FORMS, "jobs/retry-dead", "schedules/nightly-pull/run"]
  ) {
    assert.equal(
      (await postTo(vera.ask, `/admin/${path}`, { action: "delete", sure: "yes", id: "1" })).status,
      403,
      path,
    );
  }
  assert.deepEqual(await dump(service.kv), before);
});

Deno.test("with a session, a form from another site's page is not taken", async () => {
  await using service = await startService();
  const eve = await person(service, "usr_eve", "administrator");
  const answer = await service.request("/admin/add/assets", {
    method: "POST",
    headers: {
      "cookie": eve.cookie,
      "sec-fetch-site": "cross-site",
      "content-type": "application/x-www-form-urlencoded",
    },
    body: "/symbol=EVIL",
  });
  assert.equal(answer.status, 403);
});

Deno.test("what is not added, deleted or written down has no page for that", async () => {
  await using service = await demo();
  const [entry] = await itemsOf(await service.admin("/audit?limit=1"));
  assert.equal(entry, undefined);
  for (
    const path of [
      "add/users",
      "add/audit",
      "add/user-sessions",
      "users/usr_x/csv",
      "assets/AAPL/historic-values/2021-11-05/delete",
    ]
  ) {
    assert.equal((await service.admin(`/admin/${path}`)).status, 404, path);
  }
});
