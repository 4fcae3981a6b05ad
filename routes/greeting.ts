import type { Config } from "../lib/config.ts";

/** What the start prints: where everything is. */
export function greeting(address: Deno.NetAddr, config: Config, startMs: number): string {
  const host = address.hostname.includes(":") ? `[${address.hostname}]` : address.hostname;
  // A port that was left to the system is known only now.
  const origin = new URL(config.PUBLIC_URL).port === "0" ? `http://${host}:${address.port}` : config.PUBLIC_URL;
  const at = (path: string) => `${origin}${path}`;
  const lines = [
    ["API explorer", at("/docs")],
    ...(config.DEMO_DATA ? [["Demo portfolio", at("/portfolios/1/sectors")]] : []),
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
      config.ADMIN_API_KEY === undefined ? "none: ADMIN_API_KEY is not set" : "the bearer of ADMIN_API_KEY",
    ],
  ];
  const rows = lines.map(([name = "", value]) => `  ${name.padEnd(16)}${value}`);
  return [`Foliolens is ready in ${startMs} ms`, ...rows].join("\n");
}
