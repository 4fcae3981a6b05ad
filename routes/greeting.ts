import type { Config } from "../lib/config.ts";

export interface Greeting {
  readonly address: Deno.NetAddr;
  readonly config: Config;
  /** The secret of the link that makes the first administrator. */
  readonly setUp: string | undefined;
  readonly isDemoThere: boolean;
  readonly startMs: number;
}

/** What the start prints: where everything is. */
export function greeting({ address, config, setUp, isDemoThere, startMs }: Greeting): string {
  const origin = originOf(config, address);
  const at = (path: string) => `${origin}${path}`;
  const lines = [
    ["API explorer", at("/docs")],
    ["Admin site", at("/admin")],
    ...(isDemoThere ? [["Demo portfolio", at("/portfolios/1/sectors")]] : []),
    ["Health checks", `${at("/livez")} and ${at("/readyz")}`],
    ["Store", config.KV_URL],
    [
      "Nightly pull",
      config.POLYGON_API_KEY === undefined && config.BARS_DIR === undefined
        ? "off: neither POLYGON_API_KEY nor BARS_DIR is set"
        : `${config.PULL_AT} ${config.MARKET_TIME_ZONE}`,
    ],
    [
      "Administrator",
      config.ADMIN_API_KEY === undefined ? "whoever has signed in as one" : "the bearer of ADMIN_API_KEY",
    ],
    ...(setUp === undefined ? [] : [["First administrator", `${at("/auth/set-up")}?token=${setUp} (once, for a day)`]]),
  ];
  const rows = lines.map(([name = "", value]) => `  ${name.padEnd(21)}${value}`);
  return [`Foliolens is ready in ${startMs} ms`, ...rows].join("\n");
}

function originOf({ PUBLIC_URL }: Config, { hostname, port }: Deno.NetAddr): string {
  if (new URL(PUBLIC_URL).port !== "0") return PUBLIC_URL;
  // A port that was left to the system is known only now.
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}
