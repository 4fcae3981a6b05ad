import project from "../deno.json" with { type: "json" };

/** Of this program, as deno.json says it. */
export const VERSION: string = project.version;
