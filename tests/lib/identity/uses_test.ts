import assert from "node:assert/strict";
import { createUses, type Uses } from "../../../lib/identity/uses.ts";
import { createLog } from "../../../lib/log.ts";
import { openTestStore, type TestStore } from "../store/harness.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 8, minute));

/** Of a process whose clock says this. */
function usesAt({ store }: TestStore, clock: { minute: number }): Uses {
  const now = () => at(clock.minute);
  return createUses({ store, now, log: createLog({ level: "error", now, write: assert.fail }) });
}

Deno.test("of what two processes say of a credential's last use, the newest counts, whoever stores it last", async () => {
  using opened = await openTestStore();
  await opened.store.change().set(["sessions", "ses_1"], {}).commit();
  const clock = { minute: 0 };
  const [one, other] = [usesAt(opened, clock), usesAt(opened, clock)];
  one.note("sessions", "ses_1");
  clock.minute = 0.5;
  other.note("sessions", "ses_1");
  await other.flush();
  const newest = [at(0.5).toISOString()];
  assert.deepEqual(await one.lastOf(["ses_1"]), newest);
  await one.flush();
  assert.deepEqual(await other.lastOf(["ses_1"]), newest);
  assert.deepEqual(await one.lastOf(["ses_1"]), newest);
});
