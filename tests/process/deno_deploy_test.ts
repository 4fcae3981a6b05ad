/** The server as Deno Deploy starts it: database, address and time are the platform's. */
import assert from "node:assert/strict";
import { hasKvServer, startKvServer } from "../support/kv_connect_server.ts";
import { generatedBars } from "../support/provider_stand_in_bars.ts";
import { startProviderStandIn } from "../support/provider_stand_in.ts";
import { ADMIN_KEY, freePort, pointedAt, startServer, withDeadline } from "./server.ts";

interface CronService extends AsyncDisposable {
  /** As the runtime is given it. */
  readonly address: string;
  /** The first that is registered, once it is. */
  registered(): Promise<unknown>;
  /** From now on whoever registers one is refused, as from when the server serves. */
  close(): Promise<unknown>;
  /** Has the time of one come; answers when its handler has ended. */
  invoke(name: string): Promise<unknown>;
}

/** What the runtime is told by when a cron's time has come, in place of a clock of its own: a line of JSON each. */
function startCronService(): CronService {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connection = listener.accept();
  const lines = connection.then(({ readable }) => linesOf(readable));

  const heard = () => withDeadline(lines.then(async (said) => (await said.next()).value), "word of the runtime");

  async function ask(message: unknown): Promise<unknown> {
    const answer = heard();
    await (await connection).write(new TextEncoder().encode(`${JSON.stringify(message)}\n`));
    return await answer;
  }

  return {
    address: `tcp:127.0.0.1:${listener.addr.port}`,
    registered: heard,
    close: () => ask({ kind: "reject-new-crons", reason: "It serves" }),
    invoke: (name) => ask({ kind: "invoke", name }),
    async [Symbol.asyncDispose]() {
      listener.close();
      await (await lines).return();
    },
  };
}

async function* linesOf(readable: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<unknown, void> {
  let rest = "";
  for await (const text of readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line);
  }
}

Deno.test(
  { name: "as on Deno Deploy: its database, its address, its crons, its end", ignore: !hasKvServer },
  async () => {
    await using kv = await startKvServer();
    await using provider = startProviderStandIn({
      ...{ now: () => new Date(), bars: generatedBars(10), switches: { callsPerMinute: 0 } },
    });
    await using crons = startCronService();
    const address = `127.0.0.1:${freePort()}`;
    await using server = await startServer({
      ...{ DENO_DEPLOY: "true", DENO_KV_DEFAULT_PATH: kv.url, DENO_KV_ACCESS_TOKEN: kv.token },
      ...{ DENO_SERVE_ADDRESS: `tcp:${address}`, DENO_UNSTABLE_CRON_SOCK: crons.address },
      ...{ PUBLIC_URL: "https://folio.example.com", DEMO_DATA: "false", ...pointedAt(provider) },
    });
    assert.deepEqual(await crons.registered(), {
      kind: "register",
      crons: [{ name: "timetable", schedule: "* * * * *", backoff_schedule: [] }],
    });
    assert.deepEqual(await crons.close(), { kind: "reject-ack" });
    assert.equal(await server.url(), "https://folio.example.com");

    const read = async (path: string) => {
      const response = await fetch(`http://${address}${path}`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
      assert.equal(response.status, 200);
      return await response.json();
    };
    await read("/readyz");
    assert.deepEqual(await crons.invoke("timetable"), { kind: "result", name: "timetable", success: true });
    assert.deepEqual((await read("/jobs?state=running")).items, [], "a tick lasts as long as there is work");
    const { nightly_pull } = await read("/market/status");
    assert.equal((await read(`/jobs/${nightly_pull.last_job_id}`)).state, "succeeded");

    server.signal("SIGINT");
    const { code, stderr } = await server.ended();
    assert.equal(code, 0);
    assert.deepEqual(stderr.split("\n").filter((line) => /"level":"(warn|error)"/.test(line)), []);
  },
);
