import assert from "node:assert/strict";
import fc from "fast-check";
import { actionsKnownAt, stageActions } from "../../../lib/history/action_versions.ts";
import { type Dividend, DIVIDENDS, freshActionsOf } from "../../../lib/history/corporate_actions.ts";
import { openTestStore } from "../store/harness.ts";

const START = Date.parse("2021-11-01T12:00:00Z");
const at = (ms: number): Date => new Date(START + ms);

/** What a date's dividend becomes, how long after the change before; 0 takes it out. */
const steps = fc.array(
  fc.record({
    afterMs: fc.nat({ max: 2 }),
    assetNo: fc.integer({ min: 1, max: 2 }),
    changes: fc.uniqueArray(fc.record({ day: fc.integer({ min: 1, max: 4 }), cents: fc.nat({ max: 3 }) }), {
      ...{ minLength: 1, selector: ({ day }) => day },
    }),
  }),
  { maxLength: 12 },
);

Deno.test("whatever was changed and taken out, the list of every instant can be told again", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (made) => {
      using opened = await openTestStore();
      const { store, ctx } = opened;
      const expected = new Map<string, readonly Dividend[]>();
      let nowMs = 0;
      for (const { afterMs, assetNo, changes } of made) {
        nowMs += afterMs;
        const recordedAt = at(nowMs).toISOString();
        const present = await freshActionsOf(ctx, DIVIDENDS, assetNo);
        const replacements = changes.map(({ day, cents }) => {
          const exDividendDate = `2021-11-0${day}`;
          const after = { exDividendDate, cashAmount: String(cents), source: "test", recordedAt };
          const before = present.find((one) => one.exDividendDate === exDividendDate);
          return { before, after: cents === 0 ? undefined : after };
        });
        await stageActions(store.change(), DIVIDENDS, assetNo, replacements, recordedAt).commit();
        expected.set(`${assetNo} ${nowMs}`, await freshActionsOf(ctx, DIVIDENDS, assetNo));
      }
      for (const assetNo of [1, 2]) {
        let known: readonly Dividend[] = [];
        for (let ms = 0; ms <= nowMs; ms++) {
          known = expected.get(`${assetNo} ${ms}`) ?? known;
          assert.deepEqual(await actionsKnownAt(ctx, DIVIDENDS, assetNo, at(ms)), known, `${assetNo} at ${ms}`);
        }
      }
    }),
    { numRuns: 50 },
  );
});
