import assert from "node:assert/strict";
import type { Json, Server } from "../process/server.ts";
import type { Step, Writer } from "./client.ts";

/** The name of the key that there is. */
type State = string | null;

/** One key at a time: one that was given opens, and one that was deleted opens nothing. */
export function apiKeyWriter(name: string): Writer<State> {
  const given = new Map<string, string>();
  let made = 0;

  async function find(server: Server): Promise<Json[]> {
    const page = await server.read("/api-keys?limit=200");
    return page.items.filter((item: Json) => item.name.startsWith(`${name} `));
  }

  async function next(server: Server, before: State): Promise<Step<State>> {
    if (before !== null) {
      const [found] = await find(server);
      return { method: "DELETE", path: `/api-keys/${found.id}`, status: 204, after: null };
    }
    const after = `${name} ${made++}`;
    const heard = ({ key }: Json) => void given.set(after, key);
    const body = { name: after, scopes: ["portfolios:read"] };
    return { method: "POST", path: "/api-keys", body, status: 201, after, heard };
  }

  async function observe(server: Server): Promise<State> {
    const found = (await find(server)).map((key) => key.name);
    assert.ok(found.length <= 1, `${name} has ${found.length} keys`);
    for (const [name, key] of [...given].slice(-2)) {
      const answer = await fetch(`${await server.url()}/portfolios`, { headers: { authorization: `Bearer ${key}` } });
      await answer.body?.cancel();
      assert.equal(answer.status, found.includes(name) ? 200 : 401, name);
    }
    return found[0] ?? null;
  }

  return { name, blank: null, next, observe };
}
