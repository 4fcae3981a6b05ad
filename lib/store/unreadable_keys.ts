/**
 * The key of an entry whose value KV cannot give back. It does not name it, and gives back no key without its value; but of any
 * span of keys it says whether the first entry in it can be read. So the key is sought as a word in a dictionary is, part by part
 * and letter by letter.
 *
 * @module
 */
interface Lists {
  readonly list: (selector: Deno.KvListSelector, options?: Deno.KvListOptions) => Deno.KvListIterator<unknown>;
}

/** Whether the key that is sought is this one, or comes after it. */
type IsFrom = (key: Deno.KvKey) => Promise<boolean>;

/** Comes before every other part of a key. */
const LOWEST = new Uint8Array();

/** Of the first entry of a selection, which cannot be read. */
export function unreadableKey(kv: Lists, selector: Deno.KvListSelector): Promise<Deno.KvKey> {
  const start = startOf(selector);
  return lastKey("prefix" in selector ? selector.prefix : [], (key) => hasNothingUnreadable(kv, { start, end: key }));
}

export const startOf = (selector: Deno.KvListSelector): Deno.KvKey =>
  "start" in selector ? selector.start : [...selector.prefix, LOWEST];

async function hasNothingUnreadable(kv: Lists, span: { start: Deno.KvKey; end: Deno.KvKey }): Promise<boolean> {
  try {
    await kv.list(span, { limit: 1, batchSize: 1 }).next();
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
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

type IsPartFrom = (part: string | number) => Promise<boolean>;

/** Numbers come after all text. */
const lastPart = async (isFrom: IsPartFrom): Promise<string | number> =>
  await isFrom(0) ? await lastNumber(isFrom) : await lastText(isFrom);

/** From 0 on, doubles are in the order of their bits. */
async function lastNumber(isFrom: IsPartFrom): Promise<number> {
  const bits = new BigUint64Array(1);
  const numbers = new Float64Array(bits.buffer);
  const numberOf = (pattern: bigint): number => {
    bits[0] = pattern;
    return numbers[0] ?? 0;
  };
  let [last, beyond] = [0n, 0x7ff0_0000_0000_0001n];
  while (beyond - last > 1n) {
    const middle = (last + beyond) / 2n;
    if (await isFrom(numberOf(middle))) last = middle;
    else beyond = middle;
  }
  return numberOf(last);
}

/** A key takes 2,048 bytes. */
const MAX_CHARS = 2_048;

async function lastText(isFrom: IsPartFrom): Promise<string> {
  let text = "";
  while (await isFrom(`${text}\0`)) {
    if (text.length > MAX_CHARS) throw new RangeError("an entry that cannot be read stands under no text or number");
    text += await lastCharacter((character) => isFrom(text + character));
  }
  return text;
}

const [SURROGATES_FROM, SURROGATES] = [0xd800, 0x800];
const CHARACTERS = 0x110000 - SURROGATES;

const characterAt = (place: number): string =>
  String.fromCodePoint(place < SURROGATES_FROM ? place : place + SURROGATES);

async function lastCharacter(isFrom: IsPartFrom): Promise<string> {
  let [last, beyond] = [0, CHARACTERS];
  while (beyond - last > 1) {
    const middle = Math.floor((last + beyond) / 2);
    if (await isFrom(characterAt(middle))) last = middle;
    else beyond = middle;
  }
  return characterAt(last);
}
