/**
 * What the list pages of the admin site take over 100 and over 100,000 of a kind: `deno run -A bench/admin_lists.ts [MANY]`. Asked in turn,
 * so that both meet the same machine. Prints a table and writes `bench/results/admin_lists.json`.
 *
 * @module
 */
import type { Collection, Id } from "../lib/store/collection.ts";
import { openStore } from "../lib/store/store.ts";
import type { Asset } from "../lib/store/assets.ts";
import type { AuditEntry } from "../lib/store/audit.ts";
import type { Portfolio } from "../lib/store/portfolios.ts";
import type { User } from "../lib/store/users.ts";
import type { Service } from "../service.ts";
import { machine } from "./support/machine.ts";
import { putAll } from "./support/put_all.ts";
import { BENCH_KEY, serviceOn } from "./support/service.ts";

const FEW = 100;
const ROUNDS = 200;
const SEARCH_ROUNDS = 20;
const PAGE_ROWS = 50;
/** So that an operation keeps within 1,000 changes and 80 KiB of keys. */
const PER_OPERATION = 60;
const AT = "2026-11-20T08:00:00.000Z";
const HALF = 2;

const many = Number(Deno.args[0] ?? 100_000);
const folder = await Deno.makeTempDir({ prefix: "admin-lists-" });
const [few, lots] = [await filled(FEW), await filled(many)];

const PAGES: Readonly<Record<string, string>> = {
  "portfolios": "/admin/portfolios",
  "portfolios, newest first": "/admin/portfolios?order=desc",
  "portfolios, by name": "/admin/portfolios?q=portfolio%20000",
  "portfolios of an owner": "/admin/portfolios?owner=usr_1",
  "assets": "/admin/assets",
  "assets of a kind": "/admin/assets?kind=fund",
  "assets of a status": "/admin/assets?status=inactive",
  "users": "/admin/users",
  "users, by e-mail": "/admin/users?q=user000",
  "users of a role": "/admin/users?role=viewer",
  "users of a role, by e-mail": "/admin/users?role=viewer&q=user000",
  "audit": "/admin/audit",
  "audit of an actor": "/admin/audit?actor=usr_1",
  "audit of a thing": "/admin/audit?target=/assets/A1",
  "audit of a thing and an actor": "/admin/audit?target=/assets/A1&actor=usr_1",
};

/** What no index can tell from its beginning: each page looks at 10,000 entries at most. */
const SEARCHES: Readonly<Record<string, string>> = {
  "assets, by a part of a name that none has": "/admin/assets?q=nothing%20of%20the%20kind",
  "audit of a thing and of an actor who did nothing to it": "/admin/audit?target=/assets/A1&actor=usr_2",
};

const results = await allOf(PAGES, PAGE_ROWS, ROUNDS);
const searches = await allOf(SEARCHES, 0, SEARCH_ROUNDS);
console.table({ ...results, ...searches });
await Deno.writeTextFile(
  new URL("results/admin_lists.json", import.meta.url),
  `${JSON.stringify({ ...machine(), few: FEW, many, rounds: ROUNDS, results, searches }, undefined, 2)}\n`,
);
Deno.removeSync(folder, { recursive: true });

async function allOf(paths: Readonly<Record<string, string>>, rows: number, rounds: number) {
  return Object.fromEntries(
    await Array.fromAsync(
      Object.entries(paths),
      async ([name, path]) => [name, await compared(path, rows, rounds)] as const,
    ),
  );
}

async function compared(path: string, rows: number, rounds: number) {
  const [short, long]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    short.push(await timed(few, path, rows));
    long.push(await timed(lots, path, rows));
  }
  const [fewMs, manyMs] = [median(short), median(long)];
  return { fewMs: rounded(fewMs), manyMs: rounded(manyMs), ratio: rounded(manyMs / fewMs) };
}

async function timed({ serve }: Service, path: string, expected: number): Promise<number> {
  const startMs = performance.now();
  const answer = await serve(
    new Request(`http://bench.test${path}`, { headers: { authorization: `Bearer ${BENCH_KEY}` } }),
  );
  const page = await answer.text();
  const tookMs = performance.now() - startMs;
  const rows = Math.max(0, page.split("<tr>").length - HALF);
  if (answer.status !== 200 || rows !== expected) throw new Error(`${path}: status ${answer.status}, ${rows} rows`);
  return tookMs;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / HALF)] ?? NaN;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Every list has a page of fifty and more, however it is asked for. */
async function filled(count: number): Promise<Service> {
  const store = await openStore(await Deno.openKv(`${folder}/${count}.kv`), { shared: false });
  const service = serviceOn(store);
  const { portfolios, assets, users, audit } = service.services;
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  const write = <T extends object, I extends Id>(into: Collection<T, I>, make: (no: number) => T) =>
    putAll(store, into, numbers.map(make), PER_OPERATION);
  await write(assets, assetOf);
  await write(portfolios, portfolioOf);
  await write(users, userOf);
  await write(audit, entryOf);
  return service;
}

function padded(no: number): string {
  return String(no).padStart(9, "0");
}

function portfolioOf(no: number): Portfolio {
  return {
    ...{ id: no, owner: `usr_${no % HALF}`, name: `Portfolio ${padded(no)}`, currency: "USD", visibility: "private" },
    ...{ status: "active", investments: [{ assetNo: no, amount: "1" }], createdAt: AT, updatedAt: AT },
  };
}

function assetOf(no: number): Asset {
  const isOdd = no % HALF === 1;
  return {
    ...{
      no,
      symbol: `A${no}`,
      name: `Asset ${no}`,
      kind: isOdd ? "fund" : "stock",
      currency: "USD",
      figi: null,
      listedOn: null,
      symbolsAsked: true,
      symbolDoubt: null,
      marketSince: "",
    },
    ...{ sector: "energy", sectorWeights: null, sectorSource: "manual", status: isOdd ? "inactive" : "active" },
    ...{ chosen: [], formerSymbols: [], refreshedAt: "", createdAt: AT, updatedAt: AT },
  };
}

function userOf(no: number): User {
  return {
    ...{ id: `usr_${no}`, email: `user${padded(no)}@example.com`, name: `User ${no}` },
    role: no % HALF === 1 ? "viewer" : "user",
    ...{ createdAt: AT, updatedAt: AT, leavingSince: null },
  };
}

function entryOf(no: number): AuditEntry {
  return {
    ...{ id: `${AT}-${padded(no)}`, at: AT, actorId: `usr_${no % HALF}`, by: "test", action: "change asset" },
    ...{ userId: "usr_system", target: "/assets/A1", omitted: 0 },
    changes: [{ pointer: "/name", from: "a", to: "b" }],
  };
}
