/**
 * Whether the time of a 404 tells a portfolio that is somebody else's from one that is not there: both are asked for in turn,
 * through the whole service without its port, by a stranger and by another user. Prints the result; `bench/results` keeps it.
 *
 *     deno run -A bench/not_found_timing.ts
 *
 * @module
 */
import { createPortfolio } from "../lib/portfolios/portfolios.ts";
import { machine } from "./support/machine.ts";
import { startService } from "../tests/support/service.ts";
import { person } from "../tests/support/people.ts";
import { userActor } from "../tests/support/factories.ts";

const ROUNDS = 5_000;
const WARM_UP = 1_000;

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.floor((sorted.length - 1) * q)] ?? NaN;

const summary = (timesMs: readonly number[]) => {
  const sorted = timesMs.toSorted((a, b) => a - b);
  return { median_us: Math.round(quantile(sorted, 0.5) * 1_000), p90_us: Math.round(quantile(sorted, 0.9) * 1_000) };
};

/** The share of pairs in which the private one took longer, ties halved: 0.5 where nothing can be told (Mann-Whitney). */
function shareSlower(ours: readonly number[], missing: readonly number[]): number {
  const sorted = missing.toSorted((a, b) => a - b);
  let total = 0;
  for (const time of ours) {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    total += low;
  }
  return total / (ours.length * missing.length);
}

await using service = await startService();
const eve = await person(service, "usr_eve");
const bob = { ...service.services, actor: userActor("usr_bob") };
await person(service, "usr_bob");
const facts = { name: "Private", currency: "USD", visibility: "private", status: "active", investments: [] } as const;
const { value: { id } } = await createPortfolio(bob, facts);
const askers = { stranger: service.request, user: eve.ask };
const results = [];
for (const [asker, ask] of Object.entries(askers)) {
  for (const path of ["", "/sectors"]) {
    const times = { private: [] as number[], missing: [] as number[] };
    for (let i = -WARM_UP; i < ROUNDS; i++) {
      for (
        const [kind, no] of (i % 2 === 0 ? [["private", id], ["missing", 9]] : [["missing", 9], ["private", id]]) as [
          "private" | "missing",
          number,
        ][]
      ) {
        const startMs = performance.now();
        const answer = await ask(`/portfolios/${no}${path}`);
        await answer.text();
        if (answer.status !== 404) throw new Error(`${answer.status}`);
        if (i >= 0) times[kind].push(performance.now() - startMs);
      }
    }
    const share = shareSlower(times.private, times.missing);
    results.push({
      ...{ asker, path: `/portfolios/{id}${path}`, rounds: ROUNDS },
      ...{
        private: summary(times.private),
        missing: summary(times.missing),
        private_slower_share: Number(share.toFixed(4)),
      },
    });
  }
}
console.log(JSON.stringify({ machine: machine(), results }, null, 2));
