import assert from "node:assert/strict";
import { VARIABLES, VARIABLES_READ } from "../lib/config.ts";

const project = new URL("../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, project));
const permissionsIn = (text: string) => [...text.matchAll(/--allow-[^\s"]+/g)].map(([flag]) => flag);

async function startTask(): Promise<string> {
  const { tasks } = JSON.parse(await read("deno.json"));
  return tasks.start.command;
}

async function containerCommand(): Promise<string> {
  const [, command = ""] = (await read("Dockerfile")).split("\nCMD ");
  return command;
}

Deno.test("the start task may read the variables of the configuration, by name, and no others", async () => {
  const [, named = ""] = (await startTask()).match(/--allow-env=(\S+)/) ?? [];
  // Where Deno itself looks for the token of a KV server.
  assert.deepEqual(named.split(",").toSorted(), [...VARIABLES_READ, "DENO_KV_ACCESS_TOKEN"].toSorted());
});

Deno.test("the start task may touch its data and nothing else, and runs no program", async () => {
  const permissions = permissionsIn(await startTask()).filter((flag) => !flag.startsWith("--allow-env="));
  assert.deepEqual(permissions, ["--allow-net", "--allow-read=./data,/data", "--allow-write=./data,/data"]);
});

Deno.test("the container has the permissions of the start task", async () => {
  assert.deepEqual(permissionsIn(await containerCommand()), permissionsIn(await startTask()));
});

Deno.test(".env.example lists the variables of the configuration, and no others", async () => {
  const listed = [...(await read(".env.example")).matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, name]) => name);
  assert.deepEqual(listed.toSorted(), VARIABLES.toSorted());
});
