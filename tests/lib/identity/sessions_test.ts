import assert from "node:assert/strict";
import { openSession } from "../../../lib/identity/sessions.ts";
import type { Context } from "../../../lib/context.ts";
import { openTestStore } from "../store/harness.ts";

const sessionsOf = async ({ sessions }: Context): Promise<number> =>
  (await Array.fromAsync(sessions.each({ by: "user", value: ["usr_a"] }))).length;

Deno.test("more sessions than a user may have, opened at once: the next sign-ins bring their number down again", async () => {
  using opened = await openTestStore();
  const { ctx, store } = opened;
  const open = async () => {
    const change = store.change();
    await openSession(ctx, change, { userId: "usr_a", userAgent: "test" });
    return change;
  };
  const changes = await Promise.all(Array.from({ length: 20 }, open));
  for (const change of changes) assert.ok(await change.commit());
  assert.equal(await sessionsOf(ctx), 20);
  for (let i = 0; i < 20; i++) assert.ok(await (await open()).commit());
  assert.equal(await sessionsOf(ctx), 5);
});
