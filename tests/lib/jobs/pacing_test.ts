import assert from "node:assert/strict";
import fc from "fast-check";
import { PRIORITIES, type Priority } from "../../../lib/jobs/job.ts";
import { emptyLines, holdUntil, NoSlotSoon, pacingOf, takeSlot } from "../../../lib/jobs/pacing.ts";
import { takenInLastMinute } from "../../../lib/jobs/pacing_line.ts";
import type { Sleep } from "../../../lib/jobs/sleep.ts";
import { type Queue, withQueue } from "./harness.ts";

const never = new AbortController().signal;
const FREE_PLAN = { provider: "polygon", callsPerMinute: 5, priority: "normal", signal: never } as const;

const contextOf = ({ store, clock }: Queue, sleep: Sleep = clock.sleep) => ({ store, now: clock.now, sleep });

Deno.test("the first call on a quiet pacer goes at once, those that follow at even intervals", () =>
  withQueue(async (queue) => {
    const { clock } = queue;
    const started: number[] = [];
    const startMs = clock.now().getTime();
    const call = () => takeSlot(contextOf(queue), FREE_PLAN).then(() => started.push(clock.now().getTime() - startMs));
    await clock.until(Promise.all([call(), call(), call()]));
    assert.deepEqual(started, [0, 12_400, 24_800]);
    await clock.advance(60_000);
    await call();
    assert.equal(started[3], 84_800);
    assert.equal(clock.timers(), 0);
  }));

Deno.test("the state says when the next slot is free, and how many were taken in the last minute", () =>
  withQueue(async (queue) => {
    const { store, clock } = queue;
    const quiet = await pacingOf(queue, "polygon");
    assert.deepEqual([quiet.next_free_at, quiet.line, quiet.taken], ["1970-01-01T00:00:00.000Z", [], []]);
    await takeSlot(contextOf(queue), FREE_PLAN);
    assert.equal((await pacingOf({ store }, "polygon")).next_free_at, "2026-11-20T08:00:12.400Z");
    await clock.until(takeSlot(contextOf(queue), FREE_PLAN));
    const taken = async () => takenInLastMinute(await pacingOf({ store }, "polygon"), clock.now().getTime());
    assert.equal(await taken(), 2);
    await clock.advance(50_000);
    assert.equal(await taken(), 1);
    await clock.advance(12_000);
    assert.equal(await taken(), 0);
  }));

Deno.test("a pace stored without a line is read as one with nobody in it", () =>
  withQueue(async (queue) => {
    const stored = { v: 1, provider: "polygon", next_free_at: "2026-11-20T08:00:07.000Z", held_until: null };
    await queue.store.change().set(["pacing", "polygon"], stored).commit();
    await queue.clock.until(takeSlot(contextOf(queue), FREE_PLAN));
    assert.equal(queue.clock.now().toISOString(), "2026-11-20T08:00:07.000Z");
  }));

Deno.test("a slot that comes while the line is written is waited for no longer, and never for less than nothing", () =>
  withQueue(async (queue) => {
    const startMs = queue.clock.now().getTime();
    await takeSlot(contextOf(queue), FREE_PLAN);
    const nows = [startMs];
    const delays: number[] = [];
    const slow = {
      store: queue.store,
      now: () => new Date(nows.shift() ?? startMs + 13_000),
      sleep: (delayMs: number) => Promise.resolve(void delays.push(delayMs)),
    };
    await takeSlot(slow, FREE_PLAN);
    assert.deepEqual(delays, [0]);
  }));

Deno.test("a process that starts alone on a store waits for nobody who stood in line before it", () =>
  withQueue(async (queue) => {
    const { store, clock } = queue;
    await takeSlot(contextOf(queue), FREE_PLAN);
    takeSlot(contextOf(queue, () => new Promise(() => {})), { ...FREE_PLAN, priority: "urgent" });
    await clock.settle();
    assert.equal((await pacingOf({ store }, "polygon")).line.length, 1);
    await emptyLines({ store });
    assert.deepEqual((await pacingOf({ store }, "polygon")).line, []);
    await clock.until(takeSlot(contextOf(queue), { ...FREE_PLAN, priority: "background" }));
    assert.equal(clock.now().toISOString(), "2026-11-20T08:00:12.400Z");
  }));

Deno.test("the more urgent goes first, whoever came first; those alike as they came", () =>
  withQueue(async (queue) => {
    const { clock } = queue;
    const order: string[] = [];
    const calls: Promise<unknown>[] = [];
    // One after another into the line: who comes first of two that come at once is nobody's to say.
    async function call(name: string, priority: Priority): Promise<void> {
      calls.push(takeSlot(contextOf(queue), { ...FREE_PLAN, priority }).then(() => order.push(name)));
      await clock.settle();
    }
    await call("first", "background");
    await call("backfill 1", "background");
    await call("backfill 2", "background");
    await clock.advance(6_000);
    await call("correction 1", "normal");
    await call("correction 2", "normal");
    await clock.advance(6_000);
    await call("newest day", "urgent");
    await clock.until(Promise.all(calls));
    assert.deepEqual(order, ["first", "newest day", "correction 1", "correction 2", "backfill 1", "backfill 2"]);
    // Nobody's slot was lost to the change of order.
    assert.equal(clock.now().toISOString(), "2026-11-20T08:01:02.000Z");
    assert.deepEqual((await pacingOf(queue, "polygon")).line, []);
  }));

Deno.test("the place of one whose process is gone lapses, so that it holds nobody up for long", () =>
  withQueue(async (queue) => {
    const { clock } = queue;
    await takeSlot(contextOf(queue), FREE_PLAN);
    const gone: Sleep = () => new Promise(() => {});
    takeSlot(contextOf(queue, gone), { ...FREE_PLAN, priority: "urgent" });
    await clock.settle();
    await clock.until(takeSlot(contextOf(queue), FREE_PLAN));
    const waitedMs = clock.now().getTime() - Date.parse("2026-11-20T08:00:00.000Z");
    assert.ok(waitedMs >= 15_000 && waitedMs <= 20_000, `${waitedMs} ms`);
  }));

Deno.test("who would wait too long is told at once, and leaves the line", () =>
  withQueue(async (queue) => {
    const { clock } = queue;
    const nowMs = clock.now().getTime();
    await takeSlot(contextOf(queue), FREE_PLAN);
    const waiting = takeSlot(contextOf(queue), { ...FREE_PLAN, latestMs: nowMs + 13_000 });
    await clock.settle();
    await assert.rejects(
      takeSlot(contextOf(queue), { ...FREE_PLAN, latestMs: nowMs + 20_000 }),
      (error) => error instanceof NoSlotSoon && error.waitMs === 24_800,
    );
    assert.equal((await pacingOf(queue, "polygon")).line.length, 1);
    await holdUntil(queue, "polygon", nowMs + 60_000);
    await assert.rejects(clock.until(waiting), NoSlotSoon);
    assert.ok(clock.now().getTime() < nowMs + 13_000);
    assert.deepEqual((await pacingOf(queue, "polygon")).line, []);
  }));

Deno.test("a provider that asks for a pause gets it from those who wait already too", () =>
  withQueue(async (queue) => {
    const { clock } = queue;
    const started: number[] = [];
    const startMs = clock.now().getTime();
    const call = () => takeSlot(contextOf(queue), FREE_PLAN).then(() => started.push(clock.now().getTime() - startMs));
    const calls = Promise.all([call(), call(), call()]);
    await clock.advance(1_000);
    await holdUntil(queue, "polygon", startMs + 61_000);
    await holdUntil(queue, "polygon", startMs + 30_000);
    await clock.until(calls);
    assert.deepEqual(started, [0, 61_000, 73_400]);
  }));

Deno.test("whoever waits is let go by their signal, with its reason", () =>
  withQueue(async (queue) => {
    const { clock } = queue;
    const controller = new AbortController();
    await takeSlot(contextOf(queue), FREE_PLAN);
    const waiting = takeSlot(contextOf(queue), { ...FREE_PLAN, signal: controller.signal });
    await clock.advance(1_000);
    controller.abort(new Error("The process stops"));
    await assert.rejects(waiting, /The process stops/);
    assert.equal(clock.timers(), 0);
    const late = takeSlot(contextOf(queue), { ...FREE_PLAN, signal: controller.signal });
    await assert.rejects(late, /The process stops/);
    const { next_free_at, line } = await pacingOf(queue, "polygon");
    assert.deepEqual([next_free_at, line], ["2026-11-20T08:00:12.400Z", []]);
  }));

Deno.test("no minute holds more calls than allowed, over all processes, however late they wake", () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        callsPerMinute: fc.constantFrom(1, 2, 5, 60, 600),
        processes: fc.integer({ min: 1, max: 4 }),
        /** Of each call: its caller's pause before it, how late its sleeps end, how long KV takes. */
        calls: fc.array(
          fc.record({
            process: fc.nat(3),
            pauseMs: fc.nat(30_000),
            lateMs: fc.oneof(fc.nat(2_500), fc.nat(90_000)),
            kvMs: fc.oneof(fc.constant(0), fc.nat(500)),
            priority: fc.constantFrom(...PRIORITIES),
          }),
          { minLength: 1, maxLength: 25 },
        ),
        holds: fc.array(fc.record({ atMs: fc.nat(120_000), forMs: fc.nat(90_000) }), { maxLength: 3 }),
      }),
      ({ callsPerMinute, processes, calls, holds }) =>
        withQueue(async (queue) => {
          const { clock } = queue;
          const started: number[] = [];
          const nowMs = () => clock.now().getTime();
          const startMs = nowMs();

          async function callInTurn(mine: typeof calls): Promise<void> {
            for (const { pauseMs, lateMs, kvMs, priority } of mine) {
              await clock.sleep(pauseMs);
              // Late a few times, so that a call is made in the end.
              let latesLeft = 3;
              const sleep: Sleep = (delayMs, signal) => clock.sleep(delayMs + (latesLeft-- > 0 ? lateMs : 0), signal);
              const store = await queue.process((operation) => clock.sleep(kvMs).then(operation));
              await takeSlot({ store, now: clock.now, sleep }, {
                ...{ provider: "p", callsPerMinute, priority, signal: never },
              });
              started.push(nowMs());
            }
          }
          async function hold({ atMs, forMs }: (typeof holds)[number]): Promise<void> {
            await clock.sleep(atMs);
            await holdUntil(queue, "p", nowMs() + forMs);
            heldFrom.push([nowMs(), nowMs() + forMs]);
          }
          const heldFrom: [number, number][] = [];
          const byProcess = Map.groupBy(calls, (call) => call.process % processes);
          await clock.until(Promise.all([...byProcess.values().map(callInTurn), ...holds.map(hold)]));

          assert.equal(started.length, calls.length);
          started.sort((a, b) => a - b);
          for (const [i, firstMs] of started.entries()) {
            const tooMany = started[i + callsPerMinute];
            if (tooMany === undefined) break;
            assert.ok(tooMany - firstMs >= 60_000, `${callsPerMinute + 1} calls within ${tooMany - firstMs} ms`);
          }
          for (const [fromMs, untilMs] of heldFrom) {
            const inPause = started.filter((ms) => ms > fromMs && ms < untilMs);
            assert.deepEqual(inPause.map((ms) => ms - startMs), []);
          }
        }),
    ),
    { numRuns: 60 },
  ));
