/** The alarms of docs/alerts.yaml are about metrics that there are, and the operator's page says what to do about each. */
import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { parse } from "yaml";
import { processMetrics } from "../lib/telemetry/process_metrics.ts";
import { ADMIN_KEY, startService } from "./support/service.ts";

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

interface Tried {
  readonly alertname: string;
  readonly exp_alerts: readonly unknown[];
}

const read = (path: string) => Deno.readTextFile(new URL(`../${path}`, import.meta.url));
const rules = async (): Promise<Rule[]> =>
  parse(await read("docs/alerts.yaml")).groups.flatMap(({ rules }: { rules: Rule[] }) => rules);

/** Names in an expression that are neither functions nor labels nor words of the language. */
const metricsIn = (expr: string): string[] =>
  expr.replaceAll(/\{[^}]*\}|\[[^\]]*\]|\bby \([^)]*\)/g, "").match(/\b[a-z_]\w*\b(?! *\()/gi)
    ?.filter((word) => word !== "by" && !/^e\d+$/.test(word)) ?? [];

async function metricsThere(): Promise<Set<string>> {
  await using service = await startService();
  const answer = await service.request("/metrics", { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
  const registry = new Registry();
  const memory = () => ({ rss: 0, heapUsed: 0, heapTotal: 0, external: 0 });
  const versions = { version: "0", deno: "0" };
  processMetrics(registry, { startedAtMs: 0, versions, memory, cpu: () => ({ user: 0, system: 0 }) });
  const text = `${await answer.text()}\n${await registry.metrics()}`;
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  // What Prometheus says itself of whether it was answered.
  const names = ["up"];
  for (const [, name, type] of types) names.push(...type === "histogram" ? [`${name}_bucket`] : [`${name}`]);
  return new Set(names);
}

Deno.test("every alarm is about a metric that there is", async () => {
  const there = await metricsThere();
  for (const { alert, expr } of await rules()) {
    const named = metricsIn(expr);
    assert.notEqual(named.length, 0, alert);
    assert.deepEqual(named.filter((name) => !there.has(name)), [], alert);
  }
});

Deno.test("every alarm is tried by the rules' own tests: where it is silent, and where it fires", async () => {
  const { tests } = parse(await read("docs/alerts.test.yaml"));
  const tried: Tried[] = tests.flatMap(({ alert_rule_test }: { alert_rule_test: Tried[] }) => alert_rule_test);
  const namesWhere = (fires: boolean) =>
    new Set(tried.filter(({ exp_alerts }) => (exp_alerts.length > 0) === fires).map(({ alertname }) => alertname));
  const all = new Set((await rules()).map(({ alert }) => alert));
  assert.deepEqual([namesWhere(true).difference(all).size, all.difference(namesWhere(true)).size], [0, 0]);
  assert.deepEqual(all.difference(namesWhere(false)).size, 0);
});

Deno.test("the names of metrics are told from all else in an expression", () => {
  const expr = 'histogram_quantile(0.99, sum by (le) (rate(a_bucket{state="x"}[5m]))) / max(b_total) > 1.5e9';
  assert.deepEqual(metricsIn(expr), ["a_bucket", "b_total"]);
});

Deno.test("every alarm is whole, and the page for operators has a line for each, and no others", async () => {
  const all = await rules();
  for (const { alert, labels, annotations, for: lasts = "1m" } of all) {
    assert.match(labels.severity, /^(page|ticket)$/, alert);
    assert.match(annotations.summary, /\w/, alert);
    assert.match(lasts, /^\d+[mhd]$/, alert);
  }
  const listed = [...(await read("docs/operations.md")).matchAll(/^\| `Foliolens(\w+)`/gm)].map(([, name]) => name);
  assert.deepEqual(listed, all.map(({ alert }) => alert.replace("Foliolens", "")));
});
