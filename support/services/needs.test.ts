import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needsOf } from './needs';

const needs = (scenarios: readonly (readonly string[])[], hasDeployment = false): string =>
  [...needsOf(scenarios, hasDeployment).services].sort().join(' ') +
  (needsOf(scenarios, hasDeployment).platform ? ' + platform' : '');

test('a module alone needs nothing', () => assert.equal(needs([['@unit', '@id-manager']]), ''));

test('an integration scenario needs what its module talks to', () => {
  assert.equal(needs([['@integration', '@id-manager']]), 'postgres');
  assert.equal(needs([['@integration', '@state-manager']]), 'postgres redis');
  assert.equal(needs([['@integration', '@auth']]), 'postgres redis');
  assert.equal(
    needs([['@integration', '@id-manager'], ['@integration', '@analytics'], ['@unit']]),
    'clickhouse postgres',
  );
});

test('all three when the module talks to all, or when nothing says which', () => {
  assert.equal(needs([['@integration', '@agent-registry']]), 'clickhouse postgres redis');
  assert.equal(needs([['@chat']]), 'clickhouse postgres redis');
});

test('the public contract needs the platform too', () =>
  assert.equal(needs([['@e2e', '@auth']]), 'clickhouse postgres redis + platform'));

test('a deployment brings its own, except for those that start instances', () => {
  assert.equal(needs([['@e2e']], true), '');
  assert.equal(needs([['@e2e', '@operations']], true), 'clickhouse postgres redis');
});
