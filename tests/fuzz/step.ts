import type fc from "fast-check";

/** A command that can always be run, told by its text where a run fails. */
export const step = <M extends object, R>(
  text: string,
  run: (model: M, real: R) => Promise<void>,
): fc.AsyncCommand<M, R> => ({ check: () => true, toString: () => text, run });
