/**
 * A column of numbers in as few bytes as give each of them back to the last bit. Prices and volumes are decimals of a few
 * digits, so that most columns are whole numbers over one power of ten, near to each other: a block of a month then fits
 * into its page of the database, where doubles would take a page of their own.
 *
 * @module
 */

/** Each value is `base` and a whole number of `bytes` bytes more, over `10 ** scale`; or, in eight bytes, a double. */
interface Form {
  readonly bytes: 0 | 1 | 2 | 4 | 8;
  readonly scale: number;
  readonly base: number;
}

const MAX_SCALE = 8;
/** A byte for scale and bytes, a double for the base. */
const HEAD_BYTES = 9;
const DOUBLES: Form = { bytes: 8, scale: 0, base: 0 };

/** `null` for what is not known. */
export function packColumn(values: readonly (number | null)[]): Uint8Array {
  const { bytes, scale, base } = formOf(values);
  const packed = new DataView(new ArrayBuffer(HEAD_BYTES + values.length * bytes));
  packed.setUint8(0, scale << 4 | bytes);
  packed.setFloat64(1, base);
  for (const [i, value] of values.entries()) {
    const at = HEAD_BYTES + i * bytes;
    if (bytes === 8) packed.setFloat64(at, value ?? NaN);
    else write(packed, at, bytes, value === null ? notKnown(bytes) : Math.round(value * 10 ** scale) - base);
  }
  return new Uint8Array(packed.buffer);
}

/** Reads columns of `length` values that stand one after another; each call gives the next. */
export function columnReader(packed: Uint8Array, length: number): () => (number | null)[] {
  const from = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  let offset = 0;
  return () => {
    const head = from.getUint8(offset);
    const [bytes, divisor, base] = [head & 15, 10 ** (head >> 4), from.getFloat64(offset + 1)];
    const [start, none] = [offset + HEAD_BYTES, notKnown(bytes)];
    offset = start + length * bytes;
    const values: (number | null)[] = [];
    for (let i = 0; i < length; i++) {
      const read = readAt(from, start + i * bytes, bytes);
      if (bytes === 8) values.push(Number.isNaN(read) ? null : read);
      else values.push(bytes > 0 && read === none ? null : (base + read) / divisor);
    }
    return values;
  };
}

function formOf(values: readonly (number | null)[]): Form {
  const known = values.filter((value) => value !== null);
  for (let scale = 0; known.length > 0 && scale <= MAX_SCALE; scale++) {
    // The sum makes 0 of -0, which is no whole number here.
    const whole = known.map((value) => Math.round(value * 10 ** scale) + 0);
    if (!whole.every((n, i) => Object.is(n / 10 ** scale, known[i]))) continue;
    const base = Math.min(...whole);
    const range = Math.max(...whole) - base;
    if (range === 0 && known.length === values.length) return { bytes: 0, scale, base };
    const bytes = ([1, 2, 4] as const).find((bytes) => range < notKnown(bytes));
    return bytes === undefined ? DOUBLES : { bytes, scale, base };
  }
  return DOUBLES;
}

/** The largest number stands for none. */
const notKnown = (bytes: number): number => 2 ** (8 * bytes) - 1;

function write(to: DataView, at: number, bytes: number, value: number): void {
  if (bytes === 1) to.setUint8(at, value);
  else if (bytes === 2) to.setUint16(at, value);
  else if (bytes === 4) to.setUint32(at, value);
}

function readAt(from: DataView, at: number, bytes: number): number {
  if (bytes === 1) return from.getUint8(at);
  if (bytes === 2) return from.getUint16(at);
  if (bytes === 4) return from.getUint32(at);
  return bytes === 8 ? from.getFloat64(at) : 0;
}
