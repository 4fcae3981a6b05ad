import assert from "node:assert/strict";
import { assertProblem, bodyOf, itemsOf, type Json } from "../support/answers.ts";
import { addAssets, addCloses, addPortfolio } from "../support/factories.ts";
import { operationsOf } from "../support/operations.ts";
import { startService, type TestService } from "../support/service.ts";

interface Page {
  readonly items: Json[];
  readonly next_cursor?: string;
}

const COUNT = 7;
const DAY = "2021-11-05";

/** Every list, with seven items each. */
const LISTS = ["/portfolios", "/assets", `/historic-values?date=${DAY}`, "/jobs"];

async function startFull(): Promise<TestService> {
  const service = await startService();
  for (let i = 0; i < COUNT; i++) {
    await addAssets(service, `A${i}`);
    await addCloses(service, `A${i}`, { [DAY]: "1" });
    await addPortfolio(service, {}, { name: `Portfolio ${i}` });
    const args = { date: `2021-11-0${i % 5 + 1}`, ...(i >= 5 && { date: `2021-10-0${i}` }) };
    await service.admin("/jobs", { method: "POST", body: { name: "pull-market-day", args } });
  }
  return service;
}

const withQuery = (path: string, query: string): string => `${path}${path.includes("?") ? "&" : "?"}${query}`;

async function pagesOf(service: TestService, list: string, limit: number): Promise<Json[][]> {
  const pages: Json[][] = [];
  for (let path: string | undefined = withQuery(list, `limit=${limit}`); path !== undefined;) {
    const answer = await service.admin(path);
    const page: Page = await bodyOf<Page>(answer.clone());
    pages.push(page.items);
    const link = answer.headers.get("link");
    assert.equal(link === null, page.next_cursor === undefined, path);
    path = link === null ? undefined : /^<(\/[^>]*)>; rel="next"$/.exec(link)?.[1];
    if (link !== null) assert.equal(new URL(`http://x${path}`).searchParams.get("cursor"), page.next_cursor);
  }
  return pages;
}

Deno.test("a list is the same, page by page: nothing twice and nothing left out", async () => {
  await using service = await startFull();
  for (const list of LISTS) {
    const whole = await itemsOf(await service.admin(list));
    assert.equal(whole.length, COUNT, list);
    for (const limit of [1, 2, 3, 6, 7, 8, 200]) {
      const pages = await pagesOf(service, list, limit);
      assert.deepEqual(pages.flat(), whole, `${list} by ${limit}`);
      assert.equal(pages.length, Math.ceil(COUNT / limit), `${list} by ${limit}`);
    }
  }
});

Deno.test("every list takes a limit and a cursor, and answers 50 items where nothing is said", async () => {
  await using service = await startService();
  const paged = (await operationsOf(service)).filter(({ parameters = [] }) =>
    parameters.some(({ name }) => name === "cursor")
  );
  const paths = paged.map(({ path }) => path);
  for (const list of LISTS) assert.ok(paths.includes(list), list);
  await addAssets(service, ...Array.from({ length: 51 }, (_, i) => `A${i}`));
  assert.equal((await itemsOf(await service.request("/assets"))).length, 50);
  assert.equal((await itemsOf(await service.request("/assets?limit=51"))).length, 51);
});

Deno.test("a limit that is none: 422", async () => {
  await using service = await startFull();
  const bad = ["0", "201", "1000", "-1", "1.5", "1e1", "abc", "", "%20", "+5", "0x10", "%EF%BC%95", "5%00", "Infinity"];
  for (const list of LISTS) {
    for (const limit of bad) {
      const problem = await assertProblem(await service.admin(withQuery(list, `limit=${limit}`)), "validation-failed");
      assert.deepEqual((problem["errors"] as Json[]).map(({ parameter }) => parameter), ["limit"], `${list} ${limit}`);
    }
    assert.equal((await itemsOf(await service.admin(withQuery(list, "limit=1")))).length, 1);
  }
});

async function cursorOf(service: TestService, list: string): Promise<string> {
  const { next_cursor } = await bodyOf<Page>(await service.admin(withQuery(list, "limit=2")));
  assert.ok(next_cursor);
  return next_cursor;
}

Deno.test("a cursor that was made up, cut off, changed or taken from another list: 422", async () => {
  await using service = await startFull();
  for (const list of LISTS) {
    const own = await cursorOf(service, list);
    // Both lists of assets are by symbol, so that a place in one is the same place in the other.
    const kindOf = (path: string) => path.startsWith("/historic-values") ? "/assets" : path;
    const foreign = LISTS.filter((other) => kindOf(other) !== kindOf(list));
    const others = await Promise.all(foreign.map((other) => cursorOf(service, other)));
    const bad = [
      ...others,
      ...["", "x", "AAAAAAAAAAAA", "null", "../../x", "\u0000", "\u{1f4b0}", "%", "x".repeat(2_000), "x".repeat(2_001)],
      own.slice(0, -1),
      own.slice(1),
      `${own}A`,
      own.slice(0, 8),
      own.toUpperCase() === own ? own.toLowerCase() : own.toUpperCase(),
      own.replace(/.$/, (last) => last === "A" ? "B" : "A"),
      btoa("2"),
    ];
    for (const cursor of bad) {
      const asked = withQuery(list, `limit=2&cursor=${encodeURIComponent(cursor)}`);
      const problem = await assertProblem(await service.admin(asked), "validation-failed");
      const parameters = (problem["errors"] as Json[]).map(({ parameter }) => parameter);
      assert.deepEqual(parameters, ["cursor"], `${list} ${cursor}`);
      assert.ok(JSON.stringify(problem).length < 1_500);
    }
    const again = await bodyOf<Page>(await service.admin(withQuery(list, `cursor=${encodeURIComponent(own)}`)));
    assert.equal(again.items.length, COUNT - 2);
  }
});

Deno.test("a cursor of one owner, sector or state is none of another", async () => {
  await using service = await startFull();
  await addPortfolio(service, {}, { name: "Shown 1", visibility: "public" });
  await addPortfolio(service, {}, { name: "Shown 2", visibility: "public" });
  const lists = [
    "/portfolios?scope=own",
    "/portfolios?scope=all",
    "/assets?sector=unclassified",
    "/assets",
    "/jobs?state=queued",
    "/jobs?name=pull-market-day",
    "/jobs?name=pull-market-day&state=queued",
    "/jobs",
  ];
  for (const list of lists) {
    const cursor = encodeURIComponent(await cursorOf(service, list));
    for (const other of lists) {
      const answer = await service.admin(withQuery(other, `cursor=${cursor}`));
      assert.equal(answer.status, other === list ? 200 : 422, `${list} -> ${other}`);
    }
    const stranger = await service.request(withQuery("/portfolios", `cursor=${cursor}`));
    await assertProblem(stranger, "validation-failed");
  }
});

Deno.test("what is added or taken away between two pages moves nothing else", async () => {
  await using service = await startFull();
  const cursor = encodeURIComponent(await cursorOf(service, "/portfolios"));
  await service.admin("/portfolios/2", { method: "DELETE" });
  await service.admin("/portfolios/5", { method: "DELETE" });
  await addPortfolio(service, {}, { name: "Later" });
  const rest = await itemsOf(await service.admin(`/portfolios?cursor=${cursor}`));
  assert.deepEqual(rest.map(({ id }) => id), [3, 4, 6, 7, 8]);
});
