/**
 * Cases and their peer under load, in turns: what disturbs one disturbs the other.
 *
 * @module
 */
import { type Line, rounded } from "./lines.ts";
import { median } from "./statistics.ts";
import { type Load, type Round, wrk } from "./wrk.ts";

export interface LoadCase extends Omit<Load, "seconds" | "script"> {
  readonly what: string;
  /** Made anew for each round, from how many requests those before it have made. */
  readonly script?: (asked: number) => NonNullable<Load["script"]>;
  /** What it has to reach: a share of the peer's requests a second, times Django's, times the peer's 99th percentile. */
  readonly bar?: { readonly share: number; readonly times: number; readonly p99Times?: number };
}

export interface Interleaving {
  /** What the peer answers. */
  readonly bytes: string;
  readonly seconds: number;
  readonly rounds: number;
}

/** Requests a second of the Django, PostgreSQL and gunicorn original at its best, where a bare Hono route had the second. */
const DJANGO = { perSecond: 560, besideBare: 55_000 };

/**
 * What a process compiles and reads at first is no part of the comparison: of portfolios that are each read from KV it answers a
 * quarter more in its sixth second than in its second, and no more after that.
 */
const WARM_UP_SECONDS = 7;

interface Compared {
  readonly ours: Round;
  readonly bare: Round;
}

export async function interleaved(
  cases: readonly LoadCase[],
  { bytes, seconds, rounds }: Interleaving,
): Promise<{ readonly lines: Line[]; readonly p50Ms: readonly number[] }> {
  await using peer = await bareRoute(bytes);
  const url = `${peer.url}/portfolios/1/sectors`;
  await wrk({ url, seconds: WARM_UP_SECONDS });
  const running = cases.map(inRounds);
  for (const run of running) await run(WARM_UP_SECONDS);
  const measured: Compared[][] = cases.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, run] of running.entries()) {
      const bare = await wrk({ url, seconds });
      measured[i]?.push({ bare, ours: await run(seconds) });
    }
  }
  const bare = measured.flat().map((pair) => pair.bare);
  return {
    lines: [
      { what: `bare Hono route, ${bytes.length} bytes`, measured: said(bare) },
      ...cases.flatMap((one, i) => linesOf(one, measured[i] ?? [])),
    ],
    p50Ms: measured.map((pairs) => median(pairs.map(({ ours }) => ours.p50Ms))),
  };
}

function inRounds({ url, script, headers }: LoadCase): (seconds: number) => Promise<Round> {
  let asked = 0;
  return async (seconds) => {
    const round = await wrk({ url, script: script?.(asked), headers, seconds });
    asked += round.requests;
    return round;
  };
}

function linesOf({ what, bar }: LoadCase, pairs: readonly Compared[]): Line[] {
  const share = median(pairs.map(({ ours, bare }) => ours.perSecond / bare.perSecond));
  const p99Times = rounded(median(pairs.map(({ ours, bare }) => ours.p99Ms / bare.p99Ms)));
  const times = Math.round(share * DJANGO.besideBare / DJANGO.perSecond);
  const percent = Math.round(share * 100);
  const ours = pairs.map((pair) => pair.ours);
  const told: Line = { what, measured: `${said(ours)}: ${percent} % of the bare route, p99 ${p99Times} times its own` };
  if (bar === undefined) return [told];
  return [
    { ...told, bar: `${bar.share * 100} % or more`, isMet: share >= bar.share },
    {
      what: `${what}: beside Django`,
      measured: `${times} times`,
      bar: `${bar.times} or more`,
      isMet: times >= bar.times,
    },
    ...(bar.p99Times === undefined ? [] : [{
      what: `${what}: 99th percentile, to the bare route's`,
      ...{ measured: `${p99Times}`, bar: `${bar.p99Times} or less`, isMet: p99Times <= bar.p99Times },
    }]),
  ];
}

function said(rounds: readonly Round[]): string {
  const of = (name: keyof Round) => median(rounds.map((round) => round[name]));
  return `${Math.round(of("perSecond"))}/s, p50 ${rounded(of("p50Ms"))} ms, p99 ${rounded(of("p99Ms"))} ms`;
}

interface Peer extends AsyncDisposable {
  readonly url: string;
}

async function bareRoute(bytes: string): Promise<Peer> {
  const file = await Deno.makeTempFile({ prefix: "bare-route-" });
  await Deno.writeTextFile(file, bytes);
  const script = new URL("bare_route.ts", import.meta.url).pathname;
  const args = ["run", "--quiet", "--allow-read", "--allow-net=127.0.0.1", script, file];
  const process = new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped" }).spawn();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await reader.read();
  return {
    url: value.trim(),
    async [Symbol.asyncDispose]() {
      process.kill("SIGKILL");
      await reader.cancel();
      await process.status;
      await Deno.remove(file);
    },
  };
}
