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

export async function runTask(name: string, { folder, args = [], env = {} }: TaskOptions): Promise<Ended> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", PROJECT)));
  const [, ...words] = String(tasks[name].command).split(" ");
  const command = words.filter((word) => word !== "--env-file").map((word) => word.replaceAll("./data,/data", folder));
  const ran = await new Deno.Command(Deno.execPath(), {
    args: [...command, ...args],
    cwd: PROJECT,
    env: { NO_COLOR: "1", ...env },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  return { status: ran.code, out: text(ran.stdout).split("\n"), err: text(ran.stderr) };
}
