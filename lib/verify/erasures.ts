/**
 * What is promised to be erased belongs to no asset.
 *
 * @module
 */
import { chunks } from "../store/chunks.ts";
import type { Check } from "./check.ts";

const CHUNK = 100;

export const erasures: Check = {
  covers: ["erasures"],
  async *faults({ ctx: { store }, count }) {
    for await (const chunk of chunks(store.list({ prefix: ["erasures"] }), CHUNK)) {
      count("pending erasures", chunk.length);
      const assets = await store.getMany(chunk.map(({ key }) => ["assets", key[1] ?? 0]));
      for (const [i, { key }] of chunk.entries()) {
        if (!Number.isInteger(key[1])) {
          yield { kind: "wrong_erasure", key, what: "names no asset by its number" };
        } else if (assets[i]?.versionstamp) {
          yield {
            kind: "wrong_erasure",
            key,
            what: `would erase the history of asset ${String(key[1])}, which exists`,
          };
        }
      }
    }
  },
};
