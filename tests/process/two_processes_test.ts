/** Two processes of the server on one KV server, as a user starts them. */
import assert from "node:assert/strict";
import { intervalMsAt } from "../../lib/jobs/pacing.ts";
import { hasKvServer, type KvServer, startKvServer } from "../support/kv_connect_server.ts";
import { generatedBars } from "../support/provider_stand_in_bars.ts";
import { type ProviderStandIn, startProviderStandIn } from "../support/provider_stand_in.ts";
import { ADMIN_KEY, nightlyPull, pointedAt, type Server, startServer, succeeded, until } from "./server.ts";

const WITHIN_MS = 1_000;
const PER_MINUTE = 40;
/** The first call may start so late in its slot. */
const LATE_MS = 2_000;

const startOn = (kv: KvServer, env: Record<string, string> = {}) =>
  startServer({ KV_URL: kv.url, KV_ACCESS_TOKEN: kv.token, DEMO_DATA: "false", ...env });

const json = (method: string, body: unknown): RequestInit => ({ method, body: JSON.stringify(body) });

const standIn = () =>
  startProviderStandIn({ now: () => new Date(), bars: generatedBars(10), switches: { callsPerMinute: 0 } });

const groupedCalls = ({ calls }: ProviderStandIn) => calls.filter(({ path }) => path.startsWith("/v2/aggs/grouped/"));

async function statusOf(server: Server, path: string, init?: RequestInit): Promise<number> {
  const answer = await fetch(`${await server.url()}${path}`, init);
  await answer.body?.cancel();
  return answer.status;
}

/** How long it takes until something is so. */
async function msUntil(what: string, isSo: () => Promise<boolean>): Promise<number> {
  const startMs = performance.now();
  await until(what, async () => await isSo() || undefined);
  return performance.now() - startMs;
}

Deno.test(
  { name: "two processes share what is written, who may come in, and the queue", ignore: !hasKvServer },
  async (t) => {
    await using kv = await startKvServer();
    await using provider = standIn();
    const env = { ...pointedAt(provider), POLYGON_CALLS_PER_MINUTE: String(PER_MINUTE) };
    await using one = await startOn(kv, env);
    await one.url();
    await using other = await startOn(kv, env);
    const id = await nightlyPull(other);

    await t.step("written by one, read by the other within a second, though it had the answer before", async () => {
      const { id } = await one.read(
        "/portfolios",
        json("POST", { name: "Growth", investments: [], visibility: "public" }),
      );
      await msUntil("the portfolio to be there", async () => await statusOf(other, `/portfolios/${id}`) === 200);
      for (const name of ["Second", "Third", "Fourth"]) {
        await one.read(`/portfolios/${id}`, json("PATCH", { name }));
        const ms = await msUntil(name, async () => (await other.read(`/portfolios/${id}`)).name === name);
        assert.ok(ms < WITHIN_MS, `${name} was read after ${ms} ms`);
      }
    });

    await t.step("a key that one has revoked lets nobody in at the other within a second", async () => {
      const { id, key } = await one.read("/api-keys", json("POST", { name: "site", scopes: ["portfolios:read"] }));
      const knows = async () => await statusOf(other, "/portfolios", { headers: { authorization: `Bearer ${key}` } });
      await msUntil("the key to be known", async () => await knows() === 200);
      await (await one.ask(`/api-keys/${id}`, { method: "DELETE" })).body?.cancel();
      assert.ok(await msUntil("the key to be refused", async () => await knows() === 401) < WITHIN_MS);
    });

    await t.step("a session that one has ended lets nobody in at the other within a second", async () => {
      const answer = await fetch(`${await one.url()}/auth/sign-in`, {
        ...{ method: "POST", redirect: "manual", headers: { "sec-fetch-site": "same-origin" } },
        body: new URLSearchParams({ key: ADMIN_KEY, return_to: "/" }),
      });
      await answer.body?.cancel();
      assert.equal(answer.status, 303);
      const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
      const knows = async () => await statusOf(other, "/me", { headers: { cookie } });
      await msUntil("the session to be known", async () => await knows() === 200);
      const { items } = await one.read("/user-sessions");
      await (await one.ask(`/user-sessions/${items[0].id}`, { method: "DELETE" })).body?.cancel();
      assert.ok(await msUntil("the session to be refused", async () => await knows() === 401) < WITHIN_MS);
    });

    await t.step("what both ask for at once runs once, and calls of both keep one pace", async () => {
      await until("the first pull", async () => (await one.read(`/jobs/${id}`)).state === "succeeded" || undefined);
      const days = ["2021-11-01", "2021-11-02", "2021-11-03"];
      const asked = await Promise.all(
        days.flatMap((date) =>
          [one, other].map((server) => server.read("/jobs", json("POST", { name: "pull-market-day", args: { date } })))
        ),
      );
      for (const { id } of asked) {
        await until(id, async () => (await one.read(`/jobs/${id}`)).finished_at ?? undefined);
        const { timeline } = await other.read(`/jobs/${id}`);
        assert.equal(timeline.filter(({ event }: { event: string }) => event === "claimed").length, 1);
      }
      const atMs = provider.calls.map(({ at }) => at.getTime());
      const slotsMs = (atMs.length - 1) * intervalMsAt(PER_MINUTE);
      assert.ok(Math.max(...atMs) - Math.min(...atMs) >= slotsMs - LATE_MS, `${atMs.length} calls at ${atMs}`);
      for (const date of days) assert.equal(groupedCalls(provider).filter(({ path }) => path.endsWith(date)).length, 1);
    });
  },
);

Deno.test({ name: "kill -9 in the middle of a job: the other process ends it", ignore: !hasKvServer }, async () => {
  await using kv = await startKvServer();
  await using provider = standIn();
  provider.faults.add({ type: "hang" });
  await using killed = await startOn(kv, pointedAt(provider));
  const id = await nightlyPull(killed);
  await until("the provider to be asked", () => Promise.resolve(provider.calls[0]));
  await using other = await startOn(kv, pointedAt(provider));
  await other.url();
  killed.signal("SIGKILL");
  const done = await succeeded(other, id);
  assert.equal(done.attempts, 2);
  const events = done.timeline.map(({ event }: { event: string }) => event);
  assert.deepEqual(events, ["enqueued", "claimed", "lease lapsed", "claimed", "provider answered ok", "succeeded"]);
});
