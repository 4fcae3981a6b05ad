/**
 * One round of `wrk -t1 -c16` (Debian's), and what it says.
 *
 * @module
 */
export interface Load {
  readonly url: string;
  /** A script beside this module, with its arguments: asks for one path after another. */
  readonly script?: readonly string[] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly seconds: number;
}

export interface Round {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requests: number;
}

const CONNECTIONS = 16;
const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000 };

/** Throws where any answer was not as it should be. */
export async function wrk({ url, script, headers = {}, seconds }: Load): Promise<Round> {
  const [file, ...given] = script ?? [];
  const { code, stdout, stderr } = await new Deno.Command("wrk", {
    args: [
      ...["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "--latency", "--timeout", "30s"],
      ...Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
      ...(file === undefined ? [] : ["-s", new URL(file, import.meta.url).pathname]),
      ...[url, "--", ...given],
    ],
  }).output();
  const said = new TextDecoder().decode(stdout);
  if (code !== 0) throw new Error(`wrk: ${said}${new TextDecoder().decode(stderr)}`);
  const wrong = said.match(/Non-2xx.*|Socket errors.*/);
  if (wrong !== null) throw new Error(`${url}: ${wrong[0]}`);
  return {
    perSecond: Number(found(said, /Requests\/sec: +([\d.]+)/)[1]),
    p50Ms: milliseconds(found(said, /50% +([\d.]+)(\w+)/)),
    p99Ms: milliseconds(found(said, /99% +([\d.]+)(\w+)/)),
    requests: Number(found(said, /(\d+) requests in/)[1]),
  };
}

function found(said: string, pattern: RegExp): RegExpMatchArray {
  const match = said.match(pattern);
  if (match === null) throw new Error(`wrk does not say ${pattern}: ${said}`);
  return match;
}

const milliseconds = ([, value, unit = ""]: RegExpMatchArray): number => Number(value) * (UNITS[unit] ?? NaN);
