/**
 * The key of an entry whose value KV cannot give back. It does not name it, and gives back no key without its value; but of any
 * span of keys it says whether the first entry in it can be read. So the key is sought as a word in a dictionary is, part by part
 * and letter by letter.
 *
 * @module
 */
import { keyText } from "./key_text.ts";
import type { Reads } from "./reads.ts";
import { LOWEST, startOf } from "./selector.ts";

type Lists = Pick<Reads, "list">;

/** Whether the key that is sought is this one, or comes after it. */
type IsFrom = (key: Deno.KvKey) => Promise<boolean>;

/** The same of the part that is sought, behind those that are found. */
type IsPartFrom = (part: Deno.KvKeyPart) => Promise<boolean>;

/** What KV throws for a value that it cannot give back, and for nothing else that is read. */
export const isUnreadable = (error: unknown): boolean => error instanceof RangeError;

/** Of the first entry of a selection, which cannot be read. Throws where it finds another one: nothing may be passed over. */
export async function unreadableKey(kv: Lists, selector: Deno.KvListSelector): Promise<Deno.KvKey> {
  const start = startOf(selector);
  const isFrom = (key: Deno.KvKey) => hasNothingUnreadable(kv, { start, end: key });
  try {
    const key = await lastKey("prefix" in selector ? selector.prefix : [], isFrom);
    if (await isFrom(key) && !await isFrom([...key, LOWEST])) return key;
    throw new TypeError(`it is not ${keyText(key)}`);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Error("An entry that cannot be read stands under a key that cannot be found", { cause: error });
  }
}

async function hasNothingUnreadable(kv: Lists, span: { start: Deno.KvKey; end: Deno.KvKey }): Promise<boolean> {
  try {
    await kv.list(span, { limit: 1, batchSize: 1 }).next();
    return true;
  } catch (error) {
    if (isUnreadable(error)) return false;
    // A span that ends before it starts has nothing in it.
    if (error instanceof TypeError && error.message.includes("greater than")) return true;
    throw error;
  }
}

async function lastKey(first: Deno.KvKey, isFrom: IsFrom): Promise<Deno.KvKey> {
  let key = first;
  while (key.length === 0 || await isFrom([...key, LOWEST])) {
    const before = key;
    key = [...before, await lastPart((part) => isFrom([...before, part]))];
  }
  return key;
}

/** In the order of KV: bytes, text, bigints, numbers, booleans. */
async function lastPart(isFrom: IsPartFrom): Promise<Deno.KvKeyPart> {
  if (await isFrom(false)) return await isFrom(true);
  if (await isFrom(-Infinity)) return await lastNumber(isFrom);
  if (await isFrom(-MAX_BIGINT)) return await lastBigint(isFrom);
  return await isFrom("") ? await lastText(isFrom) : await lastBytes(isFrom);
}

/** The last of the whole numbers from one to another, itself left out, that stands for a part which the sought one is or follows. */
async function bisected(from: bigint, to: bigint, isFrom: (place: bigint) => Promise<boolean>): Promise<bigint> {
  let [last, beyond] = [from, to];
  while (beyond - last > 1n) {
    const middle = (last + beyond) >> 1n;
    if (await isFrom(middle)) last = middle;
    else beyond = middle;
  }
  return last;
}

/** From 0 on, doubles are in the order of their bits; below, in the order of those of what they are the negative of, turned round. */
async function lastNumber(isFrom: IsPartFrom): Promise<number> {
  const bits = new BigInt64Array(1);
  const numbers = new Float64Array(bits.buffer);
  const numberAt = (place: bigint): number => {
    bits[0] = place >= 0n ? place : -1n - place | SIGN;
    return numbers[0] ?? 0;
  };
  return numberAt(await bisected(-1n - INFINITY, INFINITY + 2n, (place) => isFrom(numberAt(place))));
}

const SIGN = -(1n << 63n);
const INFINITY = 0x7ff0_0000_0000_0000n;

/** KV takes 255 bytes of them. */
const MAX_BIGINT = (1n << 2_040n) - 1n;

async function lastBigint(isFrom: IsPartFrom): Promise<bigint> {
  let [last, beyond] = [-1n, 1n];
  while (beyond <= MAX_BIGINT && await isFrom(beyond)) beyond *= 2n;
  while (-last <= MAX_BIGINT && !await isFrom(last)) last *= 2n;
  return await bisected(-last > MAX_BIGINT ? -MAX_BIGINT : last, beyond, isFrom);
}

/** A key takes 2,048 bytes. */
const MAX_LENGTH = 2_048;

async function lastBytes(isFrom: IsPartFrom): Promise<Uint8Array> {
  let bytes = LOWEST;
  const followedBy = (byte: bigint | number) => Uint8Array.of(...bytes, Number(byte));
  while (bytes.length < MAX_LENGTH && await isFrom(followedBy(0))) {
    bytes = followedBy(await bisected(0n, 0x100n, (byte) => isFrom(followedBy(byte))));
  }
  return bytes;
}

async function lastText(isFrom: IsPartFrom): Promise<string> {
  let text = "";
  while (text.length < MAX_LENGTH && await isFrom(`${text}\0`)) {
    text += characterAt(await bisected(0n, CHARACTERS, (place) => isFrom(text + characterAt(place))));
  }
  return text;
}

const [SURROGATES_FROM, SURROGATES] = [0xd800, 0x800];
const CHARACTERS = 0x110000n - BigInt(SURROGATES);

const characterAt = (place: bigint): string =>
  String.fromCodePoint(Number(place) + (place < SURROGATES_FROM ? 0 : SURROGATES));
