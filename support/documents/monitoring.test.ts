import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { knownMetrics } from './known-metrics';
import { codeIn, tableBelow } from './markdown';

const RULES = 'deploy/monitoring/prometheus-rules.yml';
const DASHBOARD = 'deploy/monitoring/grafana-dashboard.json';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const { groups } = parse(readFileSync(RULES, 'utf8')) as { groups: readonly { rules: readonly Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const { panels } = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as { panels: readonly Panel[] };
const drawn = panels.filter(({ type }) => type !== 'row');

const FUNCTIONS = new Set(['sum', 'by', 'rate', 'increase', 'abs', 'histogram_quantile']);
/** What Prometheus itself puts on each series, and the bound of a histogram's bucket. */
const OF_PROMETHEUS = new Set(['le', 'instance', 'job']);
const documented = new Map(
  tableBelow('## Metrics', 'docs/operations.md').map(([name = '', labels = '']) => [
    codeIn(name)[0] ?? '',
    new Set(labels.split(',').map((label) => label.trim())),
  ]),
);

/** The metrics of an expression, without what Prometheus makes of a histogram. */
function metricsIn(expr: string): readonly string[] {
  const bare = expr
    .replace(/\{[^}]*\}/g, '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/by \([^)]*\)/g, '');
  const names = [...bare.matchAll(/[a-z][a-z0-9_]*/g)].map(([name]) => name).filter((name) => !FUNCTIONS.has(name));
  return names.map((name) => (documented.has(name) ? name : name.replace(/_(bucket|count|sum)$/, '')));
}

function labelsIn(expr: string): readonly string[] {
  const selected = [...expr.matchAll(/\{([^}]*)\}/g)].flatMap(([, inside = '']) =>
    inside.split(',').map((part) => part.replace(/[=!~].*/, '')),
  );
  const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, inside = '']) => inside.split(','));
  return [...selected, ...grouped].map((label) => label.trim()).filter((label) => !OF_PROMETHEUS.has(label));
}

const expressions = [
  ...rules.map(({ alert, expr }) => [`the alert ${alert}`, expr] as const),
  ...drawn.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [`the panel "${title}"`, expr] as const)),
];

for (const [what, expr] of expressions) {
  void test(`${what} uses what an instance exposes and operations.md explains: ${expr}`, () => {
    const names = metricsIn(expr);
    assert.ok(names.length > 0);
    const known = knownMetrics();
    for (const name of names) {
      assert.ok(known.has(name), `no instance exposes ${name}`);
      assert.ok(documented.has(name), `docs/operations.md does not explain ${name}`);
    }
    const labels = names.flatMap((name) => [...(documented.get(name) ?? [])]);
    for (const label of labelsIn(expr))
      assert.ok(labels.includes(label), `${names.join(', ')} have no label "${label}"`);
  });
}

void test('alerts have names of their own, a severity and a sentence', () => {
  assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length);
  for (const { alert, labels, annotations } of rules) {
    assert.match(labels.severity, /^(page|ticket)$/, alert);
    assert.match(annotations.summary, /\.$/, alert);
  }
});

void test('panels have places and titles of their own', () => {
  for (const key of ['id', 'title'] as const)
    assert.equal(new Set(panels.map((panel) => panel[key])).size, panels.length);
});
