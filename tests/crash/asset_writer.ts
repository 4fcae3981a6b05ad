import type { Json, Server } from "../process/server.ts";
import { audits, oneOf, type Step, type Writer } from "./client.ts";

type Asset = { readonly name: string; readonly sector: string };

/** An asset with all that hangs on it, and how often each was written down as an administrator's act. */
interface State {
  readonly symbol: string;
  readonly asset: Asset | null;
  readonly closes: readonly string[];
  readonly splits: readonly string[];
  readonly dividends: readonly string[];
  readonly audited: Readonly<Record<"" | "/historic-values" | "/splits" | "/dividends", number>>;
}

/** In two blocks, so that their bars take two operations: such a write goes with one bar alone. */
const DAYS = ["1990-01-02", "1990-02-01"];
const SPLIT_DAY = "1990-01-15";
const PARTS = ["", "/historic-values", "/splits", "/dividends"] as const;

/** Assets that come, get history, and go with it. */
export function assetWriter(name: string): Writer<State> {
  let made = 0;
  let writes = 0;
  const blank = (): State => ({
    symbol: `${name}.${made++}`,
    ...{ asset: null, closes: [], splits: [], dividends: [] },
    audited: { "": 0, "/historic-values": 0, "/splits": 0, "/dividends": 0 },
  });

  function next(_: Server, seen: State, random: () => number): Promise<Step<State>> {
    // Another asset takes the place of one that is gone.
    const before = seen.asset === null && seen.audited[""] > 0 ? blank() : seen;
    return Promise.resolve({ ...stepFrom(before, random), before });
  }

  function stepFrom(before: State, random: () => number): Step<State> {
    const { symbol } = before;
    const value = String(2 + ++writes);
    const done = (part: typeof PARTS[number], changed: Partial<State>): State => ({
      ...{ ...before, ...changed },
      audited: { ...before.audited, [part]: before.audited[part] + 1 },
    });
    if (before.asset === null) {
      const asset = { name: `Asset ${value}`, sector: oneOf(["energy", "materials"], random) };
      const body = { symbol, kind: "other", currency: "USD", ...asset };
      return { method: "POST", path: "/assets", body, status: 201, after: done("", { asset }) };
    }
    const path = `/assets/${symbol}`;
    switch (oneOf(["change", "bars", "bars", "split", "dividend", "delete"], random)) {
      case "change": {
        const body = { name: `Asset ${value}` };
        const after = done("", { asset: { ...before.asset, ...body } });
        return { method: "PATCH", path, ifMatch: random() < 0.5, body, status: 200, after };
      }
      case "bars": {
        const date = oneOf(DAYS, random);
        const closes = [...before.closes.filter((close) => !close.startsWith(date)), `${date} ${value}`].toSorted();
        const body = { items: [{ date, close: value }] };
        const after = done("/historic-values", { closes });
        return { method: "PUT", path: `${path}/historic-values`, body, status: 200, after };
      }
      case "split": {
        const body = { items: [{ execution_date: SPLIT_DAY, split_from: "1", split_to: value }] };
        return {
          method: "PUT",
          path: `${path}/splits`,
          body,
          status: 200,
          after: done("/splits", { splits: [value] }),
        };
      }
      case "dividend": {
        const body = { items: [{ ex_dividend_date: SPLIT_DAY, cash_amount: value }] };
        const after = done("/dividends", { dividends: [value] });
        return { method: "PUT", path: `${path}/dividends`, body, status: 200, after };
      }
      default: {
        const after = done("", { asset: null, closes: [], splits: [], dividends: [] });
        return { method: "DELETE", path, ifMatch: random() < 0.5, status: 204, after };
      }
    }
  }

  async function observe(server: Server, { symbol }: State): Promise<State> {
    const path = `/assets/${symbol}`;
    const list = async (part: string, shown: (item: Json) => string): Promise<string[]> => {
      const answer = await server.ask(path + part);
      const body = await answer.json();
      return answer.status === 404 ? [] : body.items.map(shown);
    };
    const answer = await server.ask(path);
    const asset = await answer.json();
    const counts = await Promise.all(PARTS.map((part) => audits(server, path + part)));
    return {
      symbol,
      asset: answer.status === 404 ? null : { name: asset.name, sector: asset.sector },
      closes: await list("/historic-values", ({ date, close }) => `${date} ${close}`),
      splits: await list("/splits", ({ split_to }) => split_to),
      dividends: await list("/dividends", ({ cash_amount }) => cash_amount),
      audited: Object.fromEntries(PARTS.map((part, i) => [part, counts[i]])) as State["audited"],
    };
  }

  return { name, blank: blank(), next, observe };
}
