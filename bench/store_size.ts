/**
 * The size of an embedded file over the nights: each night the same load of jobs, audit entries, answers to Idempotency-Keys,
 * sessions and corrected bars, then the job `clean-up`. No new prices: those are kept for ever. Prints a table;
 * `bench/results` keeps it.
 *
 *     deno run -A bench/store_size.ts [--nights=100]
 *
 * @module
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { DAY_MS } from "../lib/day.ts";
import type { Bar } from "../lib/history/bar.ts";
import { type AssetBar, writeBars } from "../lib/history/write.ts";
import { openStore } from "../lib/store/store.ts";
import { addAsset } from "../tests/support/factories.ts";
import { person } from "../tests/support/people.ts";
import { startService, type TestService } from "../tests/support/service.ts";
import { machine } from "./support/machine.ts";

const KEPT_DAYS = { JOBS_KEPT_DAYS: "10", AUDIT_KEPT_DAYS: "15", CORRECTIONS_KEPT_DAYS: "20" };
/** The longest of them, and the night itself. */
const FULL_AFTER = 21;
const [ASSETS, JOBS_A_NIGHT, SESSIONS_A_NIGHT] = [200, 25, 25];
const CORRECTED_DAYS = ["2020-12-24", "2020-12-28", "2020-12-29", "2020-12-30", "2020-12-31"];

interface Size {
  readonly night: number;
  readonly entries: number;
  /** Of the file, what the write-ahead log holds included. */
  readonly bytes: number;
  /** Within it: pages that nothing is on, to be used again. */
  readonly free_bytes: number;
  /** Of the log beside it. */
  readonly log_bytes: number;
}

const { values: given } = parseArgs({ options: { nights: { type: "string", default: "100" } } });
const nights = Number(given.nights);
const folder = await Deno.makeTempDir({ prefix: "foliolens-bench-" });
const path = `${folder}/bench.kv`;
const kv = await Deno.openKv(path);
const sizes: Size[] = [];
{
  await using service = await startService({
    open: async () => ({ kv, store: await openStore(kv, { shared: false }) }),
    env: KEPT_DAYS,
    now: "2021-01-01T12:00:00.000Z",
  });
  for (let no = 1; no <= ASSETS; no++) await addAsset(service, { symbol: `A${no}` });
  for (let night = 1; night <= nights; night++) {
    await service.clock.advance(DAY_MS);
    await passNight(service, night);
    sizes.push({ night, ...await sizeNow() });
  }
}
await Deno.remove(folder, { recursive: true });

const shown = sizes.filter(({ night }) => night === 1 || night % 5 === 0);
console.table(shown);
const full = sizes.filter(({ night }) => night > FULL_AFTER);
const [least, most] = [Math.min, Math.max].map((of) => of(...full.map(({ bytes }) => bytes)));
console.log(`From night ${FULL_AFTER + 1} on: ${least} to ${most} bytes`);
const result = { ...machine(), nights, kept_days: KEPT_DAYS, full_after: FULL_AFTER, least, most, sizes: shown };
await Deno.writeTextFile(
  new URL("results/store_size.json", import.meta.url),
  `${JSON.stringify(result, undefined, 2)}\n`,
);

async function passNight(service: TestService, night: number): Promise<void> {
  await writeBars(service.services, correctedBars(night));
  for (let i = 0; i < JOBS_A_NIGHT; i++) {
    const date = new Date(Date.UTC(2019, 0, 1) + (night * JOBS_A_NIGHT + i) * DAY_MS).toISOString().slice(0, 10);
    const posted = await service.admin("/jobs", {
      method: "POST",
      headers: { "idempotency-key": `${night}-${i}` },
      body: { name: "backfill", args: { from: date, to: date } },
    });
    assert.equal(posted.status, 202, await posted.text());
  }
  for (let i = 0; i < SESSIONS_A_NIGHT; i++) await person(service, `usr_${i}`);
  await service.keepTime();
  await service.worker.runDue();
}

/** As late trades change volumes: each night other numbers in every bar. */
function correctedBars(night: number): AssetBar[] {
  const assetNos = Array.from({ length: ASSETS }, (_, i) => i + 1);
  return assetNos.flatMap((assetNo) => CORRECTED_DAYS.map((date) => ({ assetNo, bar: barOf(night, assetNo, date) })));
}

function barOf(night: number, assetNo: number, date: string): Bar {
  const untold = { open: null, high: null, low: null, vwap: null, preMarket: null, afterHours: null };
  return { ...untold, date, close: assetNo, volume: 1_000_000 + (night % 7) * 997 * assetNo, source: "bench" };
}

async function sizeNow(): Promise<Omit<Size, "night">> {
  let entries = 0;
  for await (const _ of kv.list({ prefix: [] }, { batchSize: 500 })) entries += 1;
  const file = new DatabaseSync(path, { readOnly: true });
  const pragma = (name: string) => Number(Object.values(file.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  const pageBytes = pragma("page_size");
  const [bytes, free_bytes] = [pageBytes * pragma("page_count"), pageBytes * pragma("freelist_count")];
  file.close();
  return { entries, bytes, free_bytes, log_bytes: (await Deno.stat(`${path}-wal`)).size };
}
