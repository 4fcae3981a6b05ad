import type { Json, Server } from "../process/server.ts";
import { until } from "../process/server.ts";
import { audits, oneOf, type Step, type Writer } from "./client.ts";

/** By the date of each row that was decided on: what was decided, what is stored, and how often it was written down. */
type State = Readonly<Record<string, string>>;

const shown = (decided: string, close: string | undefined, audited: number): string =>
  `${decided}, ${close === undefined ? "no bar" : `closed at ${close}`}, written down ${audited} times`;

/** Decides on the rows of an asset that the provider sends and a check refuses. */
export function quarantineWriter(symbol: string): Writer<State> {
  let values = 10;

  const entries = async (server: Server, state: string): Promise<Json[]> =>
    (await server.read(`/market/quarantine?limit=200&asset=${symbol}&state=${state}`)).items;

  async function next(server: Server, before: State, random: () => number): Promise<Step<State>> {
    const { id, date } = await until(
      "something to wait in quarantine",
      async () => (await entries(server, "waiting"))[0],
    );
    const path = `/market/quarantine/${encodeURIComponent(id)}`;
    if (oneOf([true, false], random)) {
      return {
        ...{ method: "POST", path: `${path}/reject`, status: 200 },
        after: { ...before, [date]: shown("rejected", undefined, 1) },
      };
    }
    const close = String(++values);
    const body = { bar: { close } };
    const after = { ...before, [date]: shown("accepted", close, 1) };
    return { method: "POST", path: `${path}/accept`, body, status: 200, after };
  }

  async function observe(server: Server): Promise<State> {
    const decided = [...await entries(server, "accepted"), ...await entries(server, "rejected")];
    const bars = await server.read(`/assets/${symbol}/historic-values`);
    const closes = new Map(bars.items.map((bar: Json) => [bar.date, bar.close]));
    const audited = await Promise.all(decided.map(({ id }) => audits(server, `/market/quarantine/${id}`)));
    return Object.fromEntries(
      decided.map(({ date, state }, i) => [date, shown(state, closes.get(date) as string, audited[i] ?? 0)]),
    );
  }

  return { name: `quarantine of ${symbol}`, blank: {}, next, observe };
}
