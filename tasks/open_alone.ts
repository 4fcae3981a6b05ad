/**
 * A file that one process at a time writes, until it gives the file another name or removes it. Two that write to one file at once make
 * a third, which is neither's.
 *
 * @module
 */

/** `undefined` where another has it. What was left by one that was cut off is taken over. */
export async function openAlone(path: string): Promise<Deno.FsFile | undefined> {
  for (;;) {
    const file = await Deno.open(path, { create: true, write: true, mode: 0o600 });
    const outcome = await lockAt(file, path);
    if (outcome === "locked") return file;
    file.close();
    if (outcome === "taken") return undefined;
  }
}

/**
 * The kernel gives the lock back however the process ends. Between opening and locking whoever had the file may have given it another
 * name, or removed it: then the lock is of what nobody finds under this path any more.
 */
export async function lockAt(
  file: Pick<Deno.FsFile, "tryLock" | "stat">,
  path: string,
): Promise<"locked" | "taken" | "moved"> {
  if (!await file.tryLock(true)) return "taken";
  const [own, named] = await Promise.all([file.stat(), foundAt(path)]);
  // Where the system does not say which file an open one is, to look again would never end.
  return own.ino === null || own.ino === named?.ino && own.dev === named.dev ? "locked" : "moved";
}

async function foundAt(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
