import { cpus } from "node:os";

/** What a result was measured on, and when. */
export const machine = () => ({
  date: new Date().toISOString().slice(0, 10),
  deno: Deno.version.deno,
  cpu: cpus()[0]?.model ?? "unknown",
  cores: navigator.hardwareConcurrency,
});
