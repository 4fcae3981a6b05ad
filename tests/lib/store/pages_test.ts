import assert from "node:assert/strict";
import fc from "fast-check";
import type { Collection, ListQuery } from "../../../lib/store/collection.ts";
import { cursorAt, cursorFor, InvalidCursor, keyAt } from "../../../lib/store/cursor.ts";
import type { Portfolio } from "../../../lib/store/portfolios.ts";
import { openTestStore, portfolio, spoil, spoiled } from "./harness.ts";

type Query = Pick<ListQuery<Portfolio>, "by" | "value" | "startsWith" | "reverse" | "where" | "lookAtMost">;

/** Each order, whom it lists, and what it sorts by before the id. */
const ORDERS: {
  by?: string;
  value?: string[] | number[];
  startsWith?: string;
  has: (p: Portfolio) => boolean;
  keyOf: (p: Portfolio) => string;
}[] = [
  { has: () => true, keyOf: () => "" },
  {
    by: "owner",
    value: ["usr_a", "active"],
    has: (p) => p.owner === "usr_a" && p.status === "active",
    keyOf: () => "",
  },
  { by: "owner", value: ["usr_a"], has: (p) => p.owner === "usr_a", keyOf: (p) => p.status },
  { by: "owner", has: () => true, keyOf: (p) => `${p.owner}/${p.status}` },
  { by: "visibility", value: ["public"], has: (p) => p.visibility === "public", keyOf: (p) => p.status },
  { by: "status", value: ["inactive"], has: (p) => p.status === "inactive", keyOf: () => "" },
  {
    ...{ by: "owner_and_name", value: ["usr_a"], startsWith: "a" },
    ...{ has: (p) => p.owner === "usr_a" && p.name.startsWith("a"), keyOf: (p) => p.name },
  },
  { by: "owner_and_name", value: ["usr_b"], has: (p) => p.owner === "usr_b", keyOf: (p) => p.name },
  { by: "asset", value: [2], has: (p) => p.investments.some(({ assetNo }) => assetNo === 2), keyOf: () => "" },
];

const stored = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 1_000 }),
    owner: fc.constantFrom("usr_a", "usr_b"),
    name: fc.stringMatching(/^[a-c]{3}$/),
    status: fc.constantFrom("active" as const, "inactive" as const),
    visibility: fc.constantFrom("private" as const, "public" as const),
    assetNos: fc.uniqueArray(fc.integer({ min: 1, max: 3 })),
  }),
  { selector: ({ id }) => id, maxLength: 25 },
).map((drawn) =>
  drawn.map(({ id, name, assetNos, ...facts }) =>
    portfolio(id, {
      ...facts,
      name: `${name}${id}`,
      investments: assetNos.map((assetNo) => ({ assetNo, amount: "1" })),
    })
  )
);

async function readPages(portfolios: Collection<Portfolio, number>, query: Query, limit: number): Promise<number[][]> {
  const pages: number[][] = [];
  let cursor: string | undefined;
  do {
    const page = await portfolios.list({ ...query, limit, cursor });
    pages.push(page.items.map(({ value }) => value.id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return pages;
}

Deno.test("a page that looks at so many and no more goes on from there: each once, and none longer than asked for", async () => {
  using opened = await openTestStore();
  const { store, ctx: { portfolios } } = opened;
  for (let id = 1; id <= 25; id++) await portfolios.insert(store.change(), portfolio(id)).commit();
  const where = ({ id }: Portfolio) => id % 10 === 0;
  assert.deepEqual(await readPages(portfolios, { where, lookAtMost: 10 }, 3), [[10], [20], []]);
  assert.deepEqual(await readPages(portfolios, { where, lookAtMost: 10, reverse: true }, 3), [[20], [10], []]);
  assert.deepEqual(await readPages(portfolios, { where, lookAtMost: 15 }, 1), [[10], [20]]);
  assert.deepEqual(await readPages(portfolios, { where, lookAtMost: 25 }, 3), [[10, 20]]);
});

Deno.test("pages of any order, limit and direction, filtered or not, hold each entity once and in order", async () => {
  const query = fc.record({
    order: fc.constantFrom(...ORDERS),
    limit: fc.integer({ min: 1, max: 30 }),
    reverse: fc.boolean(),
    where: fc.constantFrom(undefined, (p: Portfolio) => p.id % 3 === 0, () => false),
  });
  await fc.assert(
    fc.asyncProperty(stored, query, async (entities, { order, limit, reverse, where }) => {
      using opened = await openTestStore();
      const { store, ctx: { portfolios } } = opened;
      for (const entity of entities) await portfolios.insert(store.change(), entity).commit();
      const { has, keyOf, ...of } = order;
      const pages = await readPages(portfolios, { ...of, reverse, ...(where && { where }) }, limit);
      const expected = entities.filter((p) => has(p) && where?.(p) !== false)
        .sort((a, b) => keyOf(a) === keyOf(b) ? a.id - b.id : keyOf(a) < keyOf(b) ? -1 : 1)
        .map(({ id }) => id);
      assert.deepEqual(pages.flat(), reverse ? expected.reverse() : expected);
      for (const page of pages.slice(0, -1)) assert.equal(page.length, limit);
      assert.ok(pages.length === 1 || pages.at(-1)?.length !== 0, "the last of several pages is empty");
    }),
    { numRuns: 150 },
  );
});

Deno.test("what is inserted and removed between two pages costs none of the others its place", async () => {
  using opened = await openTestStore();
  const { store, ctx: { portfolios } } = opened;
  for (const id of [10, 20, 30, 40]) await portfolios.insert(store.change(), portfolio(id)).commit();
  const first = await portfolios.list({ limit: 2 });
  const last = first.items[1];
  assert.ok(last);
  await portfolios.remove(store.change(), last).commit();
  for (const id of [15, 35]) await portfolios.insert(store.change(), portfolio(id)).commit();
  const second = await portfolios.list({ limit: 10, cursor: first.nextCursor });
  assert.deepEqual(second.items.map(({ value }) => value.id), [30, 35, 40]);
});

Deno.test("a cursor that this list has not given is refused", async () => {
  using opened = await openTestStore();
  const { store, ctx: { portfolios } } = opened;
  for (const id of [1, 2, 3]) await portfolios.insert(store.change(), portfolio(id)).commit();
  const { nextCursor = "" } = await portfolios.list({ limit: 1 });
  const otherList = await portfolios.list({ by: "owner", value: ["usr_a"], limit: 1 });
  const inOtherCase = /[a-z]/.test(nextCursor.slice(8))
    ? nextCursor.slice(8).toUpperCase()
    : nextCursor.slice(8).toLowerCase();
  const forged = [
    "",
    "x",
    "made up",
    "\u0000",
    "💥".repeat(100),
    nextCursor.slice(0, 8),
    nextCursor.slice(0, -1),
    nextCursor.slice(1),
    `${nextCursor}=`,
    nextCursor.slice(0, 8) + inOtherCase,
    otherList.nextCursor ?? "",
    (await portfolios.list({ limit: 1, reverse: true })).nextCursor ?? "",
  ];
  for (const cursor of forged) await assert.rejects(portfolios.list({ limit: 1, cursor }), InvalidCursor, cursor);
  const sealed = [
    ...[
      "!!!",
      "AAAA",
      btoa("{}"),
      btoa("[]"),
      btoa("[1]"),
      btoa('[""]'),
      btoa('["?1"]'),
      btoa('["xyz"]'),
      btoa('["i."]'),
    ],
    ...[btoa(JSON.stringify([`t${"x".repeat(2_040)}`])), btoa(JSON.stringify(Array(230).fill("n1")))],
    // KV takes whole numbers of 255 bytes.
    ...["i", "i-"].map((sign) => btoa(JSON.stringify([`${sign}${"9".repeat(620)}`]))),
  ].map((position) => cursorFor(["portfolios"], position));
  for (const cursor of sealed) await assert.rejects(portfolios.list({ limit: 1, cursor }), InvalidCursor, cursor);
  const elsewhere = { by: "owner", value: ["usr_b"], limit: 1, cursor: otherList.nextCursor };
  await assert.rejects(portfolios.list(elsewhere), InvalidCursor);
  for (const part of ["to", "tp\u{10ffff}", "n1"]) {
    const named = { by: "name", value: ["active"], startsWith: "p", limit: 1 };
    const cursor = cursorFor(["portfolios_by_name", "active", "p"], btoa(unescape(encodeURIComponent(`["${part}"]`))));
    await assert.rejects(portfolios.list({ ...named, cursor }), InvalidCursor, part);
  }
  assert.equal((await portfolios.list({ limit: 1, cursor: nextCursor })).items[0]?.value.id, 2);
});

Deno.test("a place in a list is told whatever the parts of its keys are", () => {
  const text = fc.string({ unit: "grapheme" });
  const part = fc.oneof(text, fc.double(), fc.bigInt(), fc.boolean(), fc.uint8Array({ maxLength: 9 }));
  const [list, prefix] = [["things", "reverse"], ["things"]] as const;
  fc.assert(fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
    const key = [...prefix, ...parts];
    assert.deepStrictEqual(keyAt(list, prefix, cursorAt(list, prefix, key)), key);
  }));
});

Deno.test("pointers that say nothing any more move nobody in a list, whichever they are", async () => {
  const query = fc.record({
    order: fc.constantFrom(...ORDERS.filter(({ by }) => by !== undefined && by !== "owner_and_name")),
    limit: fc.integer({ min: 1, max: 5 }),
    reverse: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      stored,
      query,
      fc.infiniteStream(fc.boolean()),
      async (entities, { order, limit, reverse }, bad) => {
        using opened = await openTestStore({}, spoiled);
        const { kv, store, ctx: { portfolios } } = opened;
        for (const entity of entities) await portfolios.insert(store.change(), entity).commit();
        const { has: _, keyOf: __, ...of } = order;
        const before = await readPages(portfolios, { ...of, reverse }, limit);
        for await (const { key } of kv.list({ prefix: [`portfolios_by_${of.by}`] })) {
          if (bad.next().value) await spoil(kv, key);
        }
        assert.deepEqual(await readPages(portfolios, { ...of, reverse }, limit), before);
        const each = await Array.fromAsync(
          portfolios.each({ by: of.by ?? "", value: of.value ?? [] }),
          ({ value }) => value.id,
        );
        assert.deepEqual(reverse ? each.toReversed() : each, before.flat());
      },
    ),
    { numRuns: 10 },
  );
});

Deno.test("property: each entity once and in order, from one id on and before another", async () => {
  const bound = fc.option(fc.integer({ min: 1, max: 1_000 }), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(stored, bound, bound, fc.boolean(), async (entities, from, before, isOwned) => {
      fc.pre(from === undefined || before === undefined || from <= before);
      using opened = await openTestStore();
      const { store, ctx: { portfolios } } = opened;
      for (const entity of entities) await portfolios.insert(store.change(), entity).commit();
      const by = isOwned ? { by: "owner", value: ["usr_a", "active"] } : {};
      const range = { ...(from !== undefined && { from }), ...(before !== undefined && { before }) };
      const found = await Array.fromAsync(portfolios.each({ ...by, ...range }), ({ value }) => value.id);
      const expected = entities.filter((p) => !isOwned || p.owner === "usr_a" && p.status === "active")
        .map(({ id }) => id).filter((id) => id >= (from ?? 0) && id < (before ?? Infinity));
      assert.deepEqual(found, expected.sort((a, b) => a - b));
    }),
  );
});
