/**
 * nginx as docs/operations.md has it configured, before a server: with its port and its folder in place of theirs, and in clear.
 *
 * @module
 */
import assert from "node:assert/strict";

const PROGRAMS = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"];

export const nginxProgram = PROGRAMS.find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

export interface NginxOptions {
  /** Where it listens. */
  readonly port: number;
  /** The server that it passes requests on to. */
  readonly upstream: string;
  /** An empty one, for all that it writes. */
  readonly folder: string;
}

export interface Nginx extends AsyncDisposable {
  readonly url: string;
  /** All that it keeps of answers, in one. */
  kept(): Promise<string>;
}

export async function startNginx(program: string, { port, upstream, folder }: NginxOptions): Promise<Nginx> {
  const cache = `${folder}/cache`;
  await Deno.mkdir(cache);
  const [server, zone, caching] = await documented();
  const site = `${zone}${server}`
    .replace("/var/cache/nginx/foliolens", cache)
    .replace("listen 443 ssl;", `listen 127.0.0.1:${port};`)
    .replace("http://127.0.0.1:8000", upstream)
    .replace("location / {", `location / {\n${caching}`);
  const own = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) =>
    `${kind}_temp_path ${folder}/${kind};`
  );
  await Deno.writeTextFile(
    `${folder}/nginx.conf`,
    `daemon off; master_process off; pid ${folder}/pid; error_log stderr crit; events {}
http { access_log off; ${own.join(" ")}
${site}}`,
  );
  const process = new Deno.Command(program, {
    args: ["-p", folder, "-e", "stderr", "-c", `${folder}/nginx.conf`],
    ...{ stdin: "null", stdout: "null", stderr: "inherit" },
  }).spawn();
  return {
    url: `http://127.0.0.1:${port}`,
    kept: async () => (await Promise.all(filesIn(cache).map((path) => Deno.readTextFile(path)))).join("\n"),
    async [Symbol.asyncDispose]() {
      process.kill("SIGQUIT");
      await process.status;
    },
  };
}

/** The blocks for nginx, in the page's order. */
async function documented(): Promise<string[]> {
  const page = await Deno.readTextFile(new URL("../../docs/operations.md", import.meta.url));
  const blocks = [...page.matchAll(/^```nginx\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  assert.equal(blocks.length, 3);
  return blocks;
}

const filesIn = (folder: string): string[] =>
  [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${folder}/${name}`) : [`${folder}/${name}`]
  );
