const NUMBER = 16;
const OBJECT = 24;
const FIELD = 8;
const MAP_ENTRY = 40;

/** What a value takes of the memory, within about a factor of two: of lists and maps the first entry stands for all. */
export function roughBytes(value: unknown): number {
  if (typeof value === "string") return OBJECT + value.length;
  if (typeof value !== "object" || value === null) return NUMBER;
  if (ArrayBuffer.isView(value)) return OBJECT + value.byteLength;
  if (Array.isArray(value)) return OBJECT + value.length * (FIELD + roughBytes(value[0]));
  if (value instanceof Map) return OBJECT + value.size * (MAP_ENTRY + roughBytes(value.values().next().value));
  let bytes = OBJECT;
  for (const field of Object.values(value)) bytes += FIELD + roughBytes(field);
  return bytes;
}
