import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownMetrics } from './known-metrics';
import { codeIn, tableBelow } from './markdown';

const FILE = 'docs/operations.md';
const documented = tableBelow('## Metrics', FILE).map(([name]) => codeIn(name)[0] ?? '');

void test(`every metric in the table of ${FILE} exists`, () => {
  const names = knownMetrics();
  assert.deepEqual(
    documented.filter((name) => !names.has(name)),
    [],
  );
  assert.equal(new Set(documented).size, documented.length, 'a metric stands there twice');
});
