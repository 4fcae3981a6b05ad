/** Whatever another process decides at any moment of a pull holds, and the day counts right afterwards. */
import assert from "node:assert/strict";
import { type ActorContext, type Context, contextOn } from "../../../lib/context.ts";
import { readBar, readDay } from "../../../lib/history/read.ts";
import type { Asking, MarketContext } from "../../../lib/market/ask.ts";
import { deleteAsset } from "../../../lib/market/assets.ts";
import type { Provider, ProviderBar, ProviderSplit } from "../../../lib/market/provider.ts";
import { acceptQuarantined, rejectQuarantined } from "../../../lib/market/quarantine_decisions.ts";
import { storeHistory } from "../../../lib/market/store_history.ts";
import { storeDay } from "../../../lib/market/store_day.ts";
import { marketDayCollection, marketDayId } from "../../../lib/store/market_days.ts";
import { quarantineCollection, type QuarantineEntry } from "../../../lib/store/quarantine.ts";
import { userActor } from "../../support/factories.ts";
import { storeThrough } from "../jobs/harness.ts";
import { assertAgrees, FRIDAY, insertAssets, THURSDAY } from "./pull_harness.ts";

type Word = "accept" | "reject" | "delete the asset of";

interface Scene {
  readonly what: string;
  readonly sent: readonly ProviderBar[];
  /** It was pulled before; what the provider knows since then. */
  readonly again?: { readonly splits: readonly ProviderSplit[] };
  /** With which close the row that waits is accepted. */
  readonly close: number;
}

const NOW = new Date("2024-03-09T10:00:00.000Z");
const NAMES = ["AAA", "BBB", "CCC"];
const JUMP = 40;
const DAY = { market: "stocks", date: FRIDAY } as const;

const row = (symbol: string, close: number, high = close): ProviderBar => ({
  ...{ symbol, open: close, high, low: close, close, volume: 100, vwap: null },
});

const SCENES: readonly Scene[] = [
  { what: "a row that jumps", sent: [row("AAA", JUMP), row("CCC", 10.5)], close: JUMP },
  { what: "a row that cannot be", sent: [row("AAA", 10, 5), row("CCC", 10.5)], close: 11 },
  {
    what: "a row that jumped, and is explained when it comes again",
    sent: [row("AAA", JUMP), row("CCC", 10.5)],
    again: { splits: [{ symbol: "AAA", executionDate: FRIDAY, from: 4, to: 1 }] },
    close: JUMP,
  },
  {
    what: "the second of two rows, both of which come again",
    sent: [row("AAA", 10), row("AAA", 12), row("CCC", 10.5)],
    again: { splits: [] },
    close: 12,
  },
];

/** A process on the KV; `before` is gone through before each of its operations. */
async function processOn(kv: Deno.Kv, before = () => Promise.resolve()): Promise<Context> {
  const store = await storeThrough(kv, async (operation) => {
    await before();
    return await operation();
  });
  return contextOn(store, () => NOW, "America/New_York");
}

const run = { signal: new AbortController().signal, progress: () => {} };
const log = { info: () => {}, warn: () => {}, error: () => {} };

/** A provider that knows these splits, if any. */
function answering(splits: readonly ProviderSplit[]): Asking {
  const market: Partial<Asking> = {
    provider: { name: "test", splits: () => Promise.reject(new Error("is asked below")) } as unknown as Provider,
    ask: <T>() => Promise.resolve(splits as T),
    outcomeOf: <T>() => Promise.resolve({ type: "ok", value: splits as T }),
  };
  return market as Asking;
}

async function pull(ctx: Context, date: string, rows: readonly ProviderBar[], splits: readonly ProviderSplit[] = []) {
  const asking = { run, market: answering(splits) };
  await storeDay({ ...ctx, log } as unknown as MarketContext, asking, { ...DAY, date }, rows);
}

const entriesIn = (ctx: Context): Promise<QuarantineEntry[]> =>
  Array.fromAsync(quarantineCollection(ctx.store).each(), ({ value }) => value);

/** Answers whether there was something to decide. */
async function decide(ctx: Context, word: Word, close: number): Promise<boolean> {
  const by: ActorContext = { ...ctx, actor: userActor("usr_root", "administrator") };
  if (word === "delete the asset of") return await deleteAsset(by, "AAA", undefined).then(() => true);
  const entry = (await entriesIn(ctx)).find(({ state }) => state === "waiting");
  if (entry === undefined) return false;
  if (word === "reject") await rejectQuarantined(by, entry.id);
  else {
    const values = { open: null, high: null, low: null, close, volume: null, vwap: null };
    await acceptQuarantined(by, entry.id, entry.reason === "price_jump" ? undefined : { kind: "bar", values });
  }
  return true;
}

async function prepared({ sent, again }: Scene): Promise<Deno.Kv> {
  const kv = await Deno.openKv(":memory:");
  const ctx = await processOn(kv);
  await insertAssets(ctx, NAMES);
  await pull(ctx, THURSDAY, NAMES.map((name) => row(name, 10)));
  if (again !== undefined) await pull(ctx, FRIDAY, sent);
  return kv;
}

interface Done {
  /** Whether the pull came to that operation. */
  readonly came: boolean;
  readonly decided: boolean;
}

async function decidedBefore(n: number, scene: Scene, word: Word): Promise<Done> {
  using kv = await prepared(scene);
  const other = await processOn(kv);
  let [left, decided] = [n, false];
  const pulling = await processOn(kv, async () => {
    if (--left === 0) decided = await decide(other, word, scene.close);
  });
  await pull(pulling, FRIDAY, scene.sent, scene.again?.splits);
  await assertHolds(await processOn(kv), scene, { word: decided ? word : undefined, n });
  return { came: left <= 0, decided };
}

async function assertHolds(
  ctx: Context,
  { close }: Scene,
  { word, n }: { word: Word | undefined; n: number },
): Promise<void> {
  await assertAgrees(ctx);
  const entries = await entriesIn(ctx);
  if (word === "delete the asset of") {
    assert.deepEqual(entries, [], `before operation ${n}`);
    // Its rows go on counting those of assets that are gone since: they were pulled.
    const quarantined = (await marketDayCollection(ctx.store).get(marketDayId(DAY)))?.value.quarantined;
    return assert.equal(quarantined, 0, `before operation ${n}`);
  }
  const stored = (await readBar(ctx, 1, FRIDAY))?.close;
  if (word === "accept") assert.equal(stored, close, `before operation ${n}`);
  if (word === "reject") assert.notEqual(stored, close, `before operation ${n}`);
  const day = (await marketDayCollection(ctx.store).get(marketDayId(DAY)))?.value;
  const waiting = entries.filter(({ state }) => state === "waiting");
  const { size: rows } = await readDay(ctx, FRIDAY);
  assert.deepEqual(
    { status: day?.status, rows: day?.rows, quarantined: day?.quarantined },
    { status: "complete", rows, quarantined: waiting.length },
    `before operation ${n}`,
  );
}

for (const scene of SCENES) {
  const isJump = scene.sent[0]?.close === JUMP;
  for (const word of ["accept", "reject", ...(isJump ? [] : ["delete the asset of" as const])] as const) {
    Deno.test(`${word} ${scene.what}, before each operation of a pull`, async () => {
      let times = 0;
      for (let [n, came] = [1, true]; came; n++) {
        const done = await decidedBefore(n, scene, word);
        came = done.came;
        if (done.decided) times += 1;
      }
      assert.ok(times > 0, "There was never anything to decide");
    });
  }
}

Deno.test("an asset that is deleted before each operation of a backfill leaves nothing in quarantine", async () => {
  for (let [n, came] = [1, true]; came; n++) {
    using kv = await prepared({ what: "no day", sent: [], close: 0 });
    const other = await processOn(kv);
    const asset = (await other.assets.getFresh(1))?.value ?? assert.fail();
    let left = n;
    const filling = await processOn(kv, async () => {
      if (--left === 0) await decide(other, "delete the asset of", 0);
    });
    const rows = [{ ...row("AAA", 10, 5), date: FRIDAY }, { ...row("AAA", 10.5, 5), date: FRIDAY }];
    const history = { asset, market: "stocks", span: { from: FRIDAY, to: FRIDAY }, rows } as const;
    await storeHistory({ ...filling, log } as unknown as MarketContext, { run, market: answering([]) }, history);
    const ctx = await processOn(kv);
    came = left <= 0;
    if (came) assert.deepEqual(await entriesIn(ctx), [], `before operation ${n}`);
    await assertAgrees(ctx);
  }
});
