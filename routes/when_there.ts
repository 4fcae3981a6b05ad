/** What is there already is gone on with at once: each wait, even for what is kept, takes a promise and a turn. */
export const whenThere = <T, R>(value: T | Promise<T>, goOn: (value: T) => R | Promise<R>): R | Promise<R> =>
  value instanceof Promise ? value.then(goOn) : goOn(value);
