/**
 * The server of a benchmark: started by the start task's command, on a copy of a store in a folder of its own.
 *
 * @module
 */
import { dataFolder, inProject, type Server, startServer } from "../../tests/process/server.ts";

export interface BenchServer extends AsyncDisposable {
  readonly server: Server;
  readonly url: string;
  /** From the command to the line that says where it listens. */
  readonly readyMs: number;
}

export async function serverOn(store: string, env: Readonly<Record<string, string>> = {}): Promise<BenchServer> {
  const folder = await dataFolder();
  await Deno.copyFile(store, inProject(folder.kv));
  const startMs = performance.now();
  const server = await startServer({ KV_URL: folder.kv, ...env });
  const url = await server.url();
  return {
    ...{ server, url, readyMs: performance.now() - startMs },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Resident memory in MB, now and at most, as Linux counts it. */
export function memoryOf(pid: number): { readonly nowMb: number; readonly mostMb: number } {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const of = (name: string) => Math.round(Number(status.match(new RegExp(`${name}:\\s+(\\d+)`))?.[1]) / 1_024);
  return { nowMb: of("VmRSS"), mostMb: of("VmHWM") };
}
