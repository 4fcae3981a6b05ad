import assert from "node:assert/strict";
import { createUses, type Uses } from "../../../lib/identity/uses.ts";
import { createLog } from "../../../lib/log.ts";
import { openTestStore, spoil, spoiled, type TestStore } from "../store/harness.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 8, minute));

/** Of a process whose clock says this. */
function usesAt({ store }: Pick<TestStore, "store">, clock: { minute: number }): Uses {
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

Deno.test("a use that is stored between another's read and its write stands, if it is the newer one", async () => {
  using opened = await openTestStore();
  const { kv, store } = opened;
  await store.change().set(["sessions", "ses_1"], {}).commit();
  const [early, late] = [at(0).toISOString(), at(1).toISOString()];
  let isNewer = false;
  const change = () => {
    const staged = store.change();
    const { commit } = staged;
    staged.commit = async () => {
      if (!isNewer) await kv.set(["credential_uses", "ses_1"], late);
      isNewer = true;
      return await commit();
    };
    return staged;
  };
  const uses = usesAt({ store: { ...store, change } }, { minute: 0 });
  uses.note("sessions", "ses_1");
  assert.deepEqual(await uses.lastOf(["ses_1"]), [early]);
  await uses.flush();
  assert.equal((await kv.get(["credential_uses", "ses_1"])).value, late);
});

Deno.test("a use that cannot be read is written over, and holds up no other; one of an unreadable session is left out", async () => {
  using opened = await openTestStore({}, spoiled);
  const { kv, store } = opened;
  const ids = Array.from({ length: 12 }, (_, i) => `ses_${i}`);
  for (const id of ids) await kv.set(["sessions", id], {});
  await spoil(kv, ["credential_uses", "ses_0"]);
  await spoil(kv, ["sessions", "ses_1"]);
  const uses = usesAt({ store }, { minute: 0 });
  for (const id of ids) uses.note("sessions", id);
  await uses.flush();
  const stored = await Promise.all(ids.map(async (id) => (await kv.get(["credential_uses", id])).value));
  const noted = at(0).toISOString();
  assert.deepEqual(stored, ids.map((id) => id === "ses_1" ? null : noted));
});
