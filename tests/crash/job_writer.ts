import type { Server } from "../process/server.ts";
import { oneOf, type Step, type Writer } from "./client.ts";

/** The dates whose pull was asked for. */
type State = readonly string[];

/** Asks for days of the past, each again and again. */
export function jobWriter(dates: readonly string[]): Writer<State> {
  function next(_: Server, before: State, random: () => number): Promise<Step<State>> {
    const date = oneOf(dates, random);
    const body = { name: "pull-market-day", args: { date } };
    const after = [...new Set([...before, date])].toSorted();
    return Promise.resolve({ method: "POST", path: "/jobs", body, status: 202, after });
  }

  async function observe(server: Server): Promise<State> {
    const asked = await Promise.all(dates.map(async (date) => {
      const answer = await server.ask(`/jobs/pull-market-day:${date}`);
      await answer.body?.cancel();
      return answer.status === 200 ? [date] : [];
    }));
    return asked.flat().toSorted();
  }

  return { name: "jobs", blank: [], next, observe };
}
