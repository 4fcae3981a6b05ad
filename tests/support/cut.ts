/**
 * A process that dies in the middle of what it does, and whose store is opened again.
 *
 * @module
 */
import { Problem } from "../../lib/problem.ts";
import { storeThrough } from "../lib/jobs/harness.ts";
import { type OpenedStore, startService, type TestService } from "./service.ts";

/** The process died. */
class Cut extends Error {
  override name = "Cut";
}

/** What whoever asked the store hears of it. */
export const isOfCut = (error: unknown): boolean => error instanceof Problem && error.cause instanceof Cut;

export interface CutService extends TestService {
  /** Operations on KV since the last call of {@link CutService.cutAt}. */
  readonly operations: () => number;
  /** Has the n-th operation from now on fail, once: nothing of it is done. */
  cutAt(n: number): void;
}

export async function startCuttable(): Promise<CutService> {
  let [operations, cut] = [0, Infinity];
  const through = <T>(operation: () => Promise<T>): Promise<T> =>
    ++operations === cut ? Promise.reject(new Cut()) : operation();
  const open = async (): Promise<OpenedStore> => {
    const kv = await Deno.openKv(":memory:");
    return { kv, store: { ...await storeThrough(kv, through), close: () => kv.close() } };
  };
  return {
    ...await startService({ open }),
    operations: () => operations,
    cutAt: (n) => void ([operations, cut] = [0, n]),
  };
}
