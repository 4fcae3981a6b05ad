/**
 * A task of deno.json in a process of its own, with the permissions that it has, but for the store's folder.
 *
 * @module
 */
const PROJECT = new URL("../../", import.meta.url);

export interface Ended {
  readonly status: number;
  readonly out: string[];
  readonly err: string;
}

export interface TaskOptions {
  /** What takes the place of `./data` and `/data`. */
  readonly folder: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Until it ends. */
export async function runTask(name: string, options: TaskOptions): Promise<Ended> {
  const ran = await (await command(name, options)).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  return { status: ran.code, out: text(ran.stdout).split("\n"), err: text(ran.stderr) };
}

export const startTask = async (name: string, options: TaskOptions): Promise<Deno.ChildProcess> =>
  (await command(name, options)).spawn();

async function command(name: string, { folder, args = [], env = {} }: TaskOptions): Promise<Deno.Command> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", PROJECT)));
  const [, ...words] = String(tasks[name].command).split(" ");
  const given = words.filter((word) => word !== "--env-file").map((word) => word.replaceAll("./data,/data", folder));
  return new Deno.Command(Deno.execPath(), {
    args: [...given, ...args],
    cwd: PROJECT,
    env: { NO_COLOR: "1", ...env },
    stdout: "piped",
    stderr: "piped",
  });
}
