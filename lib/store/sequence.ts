/**
 * Whole numbers from 1 that are never given twice, not even after what bore them is gone.
 *
 * @module
 */
import type { Change } from "./change.ts";
import type { Store } from "./store.ts";

export interface Reserved {
  readonly number: number;
  /** Stages the reservation: the number is taken only if the whole change is committed. */
  stage(change: Change): Change;
}

/** The last number that was given; 0 before there is one. */
export async function lastNumber(store: Store, sequence: string): Promise<number> {
  const { value } = await store.get(["sequences", sequence]);
  return numberIn(value);
}

export async function nextNumber(store: Store, sequence: string): Promise<Reserved> {
  const key = ["sequences", sequence];
  const { value, versionstamp } = await store.get(key);
  const number = numberIn(value) + 1;
  return { number, stage: (change) => change.check(key, versionstamp).set(key, number) };
}

const numberIn = (value: unknown): number => typeof value === "number" ? value : 0;
