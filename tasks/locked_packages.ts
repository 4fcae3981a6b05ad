/**
 * What deno.lock names, each package once. A package stands there once for every set of peers that it is used with.
 *
 * @module
 */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Only some systems install it: the binary of another package. */
  readonly isBinary: boolean;
  readonly optional: readonly string[];
}

interface LockEntry {
  readonly os?: readonly string[];
  readonly optionalDependencies?: readonly string[];
}

export function lockedPackages(lock: string): LockedPackage[] {
  const entries: Record<string, LockEntry> = JSON.parse(lock).npm;
  const found = new Map(
    Object.entries(entries).map(([key, { os, optionalDependencies = [] }]) => {
      const [, name = "", version = ""] = /^(@?[^@]+)@([^_]+)/.exec(key) ?? [];
      return [`${name}@${version}`, { name, version, isBinary: os !== undefined, optional: optionalDependencies }];
    }),
  );
  return [...found.values()];
}
