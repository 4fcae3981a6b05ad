/** kill -9 in the middle of a pull: nothing that was acknowledged is lost, and the next process brings it to its end. */
import assert from "node:assert/strict";
import { type Context, contextOn } from "../../lib/context.ts";
import { LAYOUT } from "../../lib/history/layout.ts";
import { openStore } from "../../lib/store/store.ts";
import { assertAgrees, generatedSymbols, insertAssets } from "../lib/market/pull_harness.ts";
import { generatedBars, generatedSymbol } from "../support/provider_stand_in_bars.ts";
import { type ProviderStandIn, startProviderStandIn } from "../support/provider_stand_in.ts";
import {
  dataFolder,
  inProject,
  type Json,
  nightlyPull,
  pointedAt,
  type Server,
  startServer,
  succeeded,
  until,
} from "./server.ts";

const KEPT = 5_000;
const ROWS = generatedBars(12_500);

/** When it is killed: as soon as the provider was asked, or as soon as a shard's prices can be read. */
const MOMENTS = ["asked", 0, 8] as const;

interface Written {
  readonly symbol: string;
  readonly date: string;
}

Deno.test("kill -9 in the middle of a pull of 5,000 assets", async () => {
  await using template = await dataFolder();
  {
    using file = await openFile(template.kv);
    await insertAssets(file.ctx, generatedSymbols(KEPT));
  }

  let cutInTheMiddle = 0;
  for (const moment of MOMENTS) {
    await using folder = await dataFolder();
    await Deno.copyFile(inProject(template.kv), inProject(folder.kv));
    await using provider = startProviderStandIn({
      now: () => new Date(),
      bars: ROWS,
      switches: { callsPerMinute: 0 },
    });
    const env = { KV_URL: folder.kv, DEMO_DATA: "false", ...pointedAt(provider) };
    const acknowledged = await killedDuringPull(env, provider, moment);
    const { result } = await completed(env, acknowledged);
    assert.equal(result.written + result.unchanged, KEPT);
    if (result.unchanged > 0 && result.unchanged < KEPT) cutInTheMiddle += 1;
    using file = await openFile(folder.kv);
    await assertAgrees(file.ctx);
  }
  assert.ok(cutInTheMiddle > 0, "no kill came while the rows were being stored");
});

/** Answers what was written beside the pull, and acknowledged. */
async function killedDuringPull(
  env: Record<string, string>,
  provider: ProviderStandIn,
  moment: typeof MOMENTS[number],
): Promise<Written[]> {
  await using server = await startServer(env);
  await server.url();
  const acknowledged: Written[] = [];
  const writing = writeUntilKilled(server, acknowledged);
  if (moment === "asked") await until("the provider to be asked", () => Promise.resolve(provider.calls[0]));
  else await until("a shard to be stored", () => newestPrice(server, moment * LAYOUT.assetsPerShard));
  server.signal("SIGKILL");
  assert.equal((await server.ended()).signal, "SIGKILL");
  await writing;
  return acknowledged;
}

async function newestPrice(server: Server, index: number): Promise<unknown> {
  const { latest } = await server.read(`/assets/${generatedSymbol(index)}`);
  // What is written beside the pull is far older.
  return latest !== null && latest.date > "2000" ? latest : undefined;
}

/** One old bar after another, each of another asset, as fast as they are acknowledged. */
async function writeUntilKilled(server: Server, acknowledged: Written[]): Promise<void> {
  for (let i = 0;; i++) {
    const symbol = generatedSymbol(i * 97 % KEPT);
    const date = `1990-01-${String(1 + i % 28).padStart(2, "0")}`;
    const body = JSON.stringify({ items: [{ date, close: "1.25" }] });
    const answer = await server.ask(`/assets/${symbol}/historic-values`, { method: "PUT", body }).catch(() =>
      undefined
    );
    await answer?.body?.cancel().catch(() => {});
    if (answer === undefined) return;
    assert.equal(answer.status, 200);
    acknowledged.push({ symbol, date });
  }
}

/** The next process: brings the pull to its end by itself, and has all that was acknowledged. */
async function completed(env: Record<string, string>, acknowledged: readonly Written[]): Promise<Json> {
  await using server = await startServer(env);
  const id = await nightlyPull(server);
  const done = await succeeded(server, id);
  const { items: [day] } = await server.read("/market/days");
  assert.deepEqual([day.status, day.rows, day.revision], ["complete", KEPT, 1]);
  for (const { symbol, date } of acknowledged) {
    const { items } = await server.read(`/assets/${symbol}/historic-values?from=${date}&to=${date}`);
    assert.equal(items[0]?.close, "1.25", `${symbol} of ${date}`);
  }
  server.signal("SIGTERM");
  assert.equal((await server.ended()).code, 0);
  return done;
}

async function openFile(path: string): Promise<Disposable & { readonly ctx: Context }> {
  const store = await openStore(await Deno.openKv(inProject(path)), { shared: false });
  return { ctx: contextOn(store, () => new Date(), "America/New_York"), [Symbol.dispose]: () => store.close() };
}
