import assert from "node:assert/strict";
import { cutNights } from "../lib/market/interrupted_nights.ts";
import { IS_EXHAUSTIVE } from "./options.ts";

Deno.test({
  name: "a night is cut off after each of its commits, and resumed (--exhaustive)",
  ignore: !IS_EXHAUSTIVE,
  async fn() {
    const commits = await cutNights(1);
    assert.ok(commits > 40, `${commits} commits`);
  },
});
