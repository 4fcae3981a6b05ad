/**
 * One request at a time for each Idempotency-Key, and one answer (draft-ietf-httpapi-idempotency-key-header).
 *
 * A request claims its key before it does anything, and what it does is committed together with its answer, under the check that
 * the claim still holds. So whoever comes after a crash finds either the answer, or a claim that lapses and nothing done.
 *
 * @module
 */
import { invalid, Problem } from "../problem.ts";
import type { Change } from "../store/change.ts";
import type { Store } from "../store/store.ts";
import { decoded } from "../store/unreadable.ts";
import { type Answer, type Asked, fingerprintOf, type IdempotencyRecord, recordKey, recordSchema } from "./record.ts";
import { seal, unseal } from "./seal.ts";

export interface ClaimContext {
  readonly store: Store;
  readonly now: () => Date;
  /** Of all processes on the store, this one. */
  readonly processId: string;
}

export interface Claim {
  /** Commits the change with the answer to it; `undefined` where a check of the change failed. Throws `conflict` once the claim is lost. */
  settle(change: Change, answer: Answer): Promise<string | undefined>;
  /** Keeps the answer of a request that settled nothing. */
  finish(answer: Answer): Promise<void>;
  /** Lets the next one try. */
  release(): Promise<void>;
  isSettled(): boolean;
}

/** Stands for the version of a commit in the answer that is kept by it. */
export const PENDING_VERSION = "version-of-this-commit";

const HOUR_MS = 3_600_000;
const KEPT_MS = 24 * HOUR_MS;
/** Longer than any request takes; whoever asks again after a crash waits for no more. */
const LEASE_MS = 60_000;
/** A value takes 64 KiB; sealing adds less than a hundred bytes, and JSON escapes what it must. */
const MAX_ANSWER_BYTES = 60 * 1024;

/** The answer that was given, or else the right to give one. Throws `conflict` while another does, and for another request 422. */
export async function claimKey(ctx: ClaimContext, asked: Asked): Promise<Answer | Claim> {
  const key = recordKey(asked);
  for (;;) {
    const entry = await ctx.store.get(key);
    const { versionstamp } = entry;
    const known = versionstamp === null ? undefined : decoded(entry, (value) => recordSchema.parse(value));
    const record = known !== undefined && holds(ctx, known) ? known : undefined;
    if (record !== undefined && record.fingerprint !== fingerprintOf(asked)) throw usedOtherwise();
    if (record?.state === "done") return answerIn(record, versionstamp ?? "", asked);
    if (record !== undefined) throw underWay("A request with this Idempotency-Key is under way");
    const claimed = await ctx.store.change().check(key, versionstamp)
      .set(key, running(ctx, asked), { expireInMs: LEASE_MS }).commit();
    if (claimed !== undefined) return claimOf(ctx, asked, claimed);
  }
}

/** A file has one process: what another one claimed on it, it left behind when it ended. */
function holds({ store, now, processId }: ClaimContext, record: IdempotencyRecord): boolean {
  if (record.expiresAtMs <= now().getTime()) return false;
  return record.state === "done" || store.isShared || record.owner === processId;
}

const running = ({ now, processId }: ClaimContext, asked: Asked): IdempotencyRecord => ({
  v: 1,
  state: "running",
  fingerprint: fingerprintOf(asked),
  owner: processId,
  expiresAtMs: now().getTime() + LEASE_MS,
});

function claimOf({ store, now }: ClaimContext, asked: Asked, claimed: string): Claim {
  const key = recordKey(asked);
  let isSettled = false;

  function staged(change: Change, answer: Answer): Change {
    const record: IdempotencyRecord = {
      v: 1,
      state: "done",
      fingerprint: fingerprintOf(asked),
      expiresAtMs: now().getTime() + KEPT_MS,
      sealed: seal(keepable(answer), asked.secret),
    };
    return change.check(key, claimed).set(key, record, { expireInMs: KEPT_MS });
  }

  return {
    async settle(change, answer) {
      if (isSettled) throw new TypeError("A request settles once");
      const versionstamp = await staged(change, answer).commit();
      isSettled = versionstamp !== undefined;
      if (!isSettled && (await store.get(key)).versionstamp !== claimed) {
        throw underWay("The request took too long, and another one with its Idempotency-Key has begun");
      }
      return versionstamp;
    },
    // Where the claim was lost, whoever has it now answers for it.
    finish: async (answer) => void await staged(store.change(), answer).commit(),
    release: async () => void await store.change().check(key, claimed).delete(key).commit(),
    isSettled: () => isSettled,
  };
}

function keepable(answer: Answer): Answer {
  const { length } = new TextEncoder().encode(JSON.stringify(answer));
  return length <= MAX_ANSWER_BYTES ? answer : { ...answer, body: undefined };
}

function answerIn(record: IdempotencyRecord & { state: "done" }, versionstamp: string, asked: Asked): Answer {
  const { headers, ...answer } = unseal(record.sealed, asked.secret);
  if (headers["etag"] === undefined) return { headers, ...answer };
  return { ...answer, headers: { ...headers, etag: headers["etag"].replace(PENDING_VERSION, versionstamp) } };
}

const usedOtherwise = (): Problem =>
  invalid([{
    parameter: "Idempotency-Key",
    detail: "was used for another request: another path, body or credential takes another key",
  }]);

const underWay = (detail: string): Problem => new Problem("conflict", detail, { headers: { "retry-after": "1" } });
