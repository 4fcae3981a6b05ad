/**
 * Exit status 0 where the address answers 200 in time: `deno run --allow-net tasks/healthcheck.ts ADDRESS`.
 *
 * @module
 */
const timeoutMs = 4_000;

const [address = "http://127.0.0.1:8000/readyz"] = Deno.args;
try {
  const answer = await fetch(address, { signal: AbortSignal.timeout(timeoutMs) });
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}: ${await answer.text()}`);
  Deno.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}
