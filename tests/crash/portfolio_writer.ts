import assert from "node:assert/strict";
import type { Json, Server } from "../process/server.ts";
import { oneOf, type Step, type Writer } from "./client.ts";

type Portfolio = {
  readonly name: string;
  readonly visibility: string;
  readonly investments: readonly { readonly asset: string; readonly amount: string }[];
} | null;

const MAX_INVESTMENTS = 4;

/** One portfolio at a time, made, changed and deleted again and again; its names begin with the client's and never come twice. */
export function portfolioWriter(name: string, symbols: readonly string[]): Writer<Portfolio> {
  let names = 0;
  const newName = () => `${name} ${names++}`;

  const some = (random: () => number) =>
    symbols.filter(() => random() < MAX_INVESTMENTS / symbols.length)
      .map((asset) => ({ asset, amount: String(1 + Math.floor(random() * 1_000)) }));

  async function next(server: Server, before: Portfolio, random: () => number): Promise<Step<Portfolio>> {
    if (before === null) {
      const after = { name: newName(), visibility: oneOf(["private", "public"], random), investments: some(random) };
      return { method: "POST", path: "/portfolios", body: after, status: 201, after };
    }
    const [found] = await find(server, name);
    const [path, ifMatch] = [`/portfolios/${found.id}`, random() < 0.5];
    const change = oneOf(["rename", "invest", "invest", "delete"], random);
    if (change === "delete") return { method: "DELETE", path, ifMatch, status: 204, after: null };
    if (change === "rename") {
      const body = { name: newName() };
      return { method: "PATCH", path, ifMatch, body, status: 200, after: { ...before, ...body } };
    }
    const body = { investments: some(random) };
    return { method: "PUT", path: `${path}/investments`, body, status: 200, after: { ...before, ...body } };
  }

  async function observe(server: Server): Promise<Portfolio> {
    const found = await find(server, name);
    assert.ok(found.length <= 1, `${name} has ${found.length} portfolios`);
    return found[0] === undefined
      ? null
      : { name: found[0].name, visibility: found[0].visibility, investments: found[0].investments };
  }

  return { name, blank: null, next, observe };
}

async function find(server: Server, name: string): Promise<Json[]> {
  const page = await server.read("/portfolios?scope=all&limit=200");
  return page.items.filter((item: Json) => item.name.startsWith(`${name} `));
}
