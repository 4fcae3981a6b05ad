/**
 * What is in quarantine belongs to an asset.
 *
 * @module
 */
import { chunks } from "../store/chunks.ts";
import { quarantineCollection } from "../store/quarantine.ts";
import type { Check } from "./check.ts";
import { ownerless } from "./ownerless.ts";

const CHUNK = 100;

export const quarantine: Check = {
  covers: [],
  async *faults({ ctx: { store } }) {
    const { schema } = quarantineCollection(store).options;
    for await (const chunk of chunks(store.list({ prefix: ["quarantine"] }, { batchSize: CHUNK }), CHUNK)) {
      // One that cannot be read is reported where all entities are.
      const nos = chunk.map(({ value }) => schema.safeParse(value).data?.assetNo);
      const assets = await store.getMany(nos.map((no) => ["assets", no ?? 0]));
      for (const [i, { key }] of chunk.entries()) {
        const no = nos[i];
        if (no === undefined || assets[i]?.versionstamp !== null) continue;
        // A removed asset's rows stay until its erasure is done.
        const [entry, note] = await store.getMany([key, ["erasures", no]]);
        if (entry?.versionstamp && !note?.versionstamp) yield { ...await ownerless(store, no), key };
      }
    }
  },
};
