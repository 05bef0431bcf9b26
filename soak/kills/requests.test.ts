import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outages } from './outages';
import { judge, type Sample } from './requests';

const at = performance.now();
const sample = (facts: Partial<Sample> = {}): Sample => ({
  ...{ what: 'ask', needs: ['postgres'], from: at - 20, to: at - 10, failure: null },
  ...facts,
});
const many = (count: number, facts?: Partial<Sample>): Sample[] => Array.from({ length: count }, () => sample(facts));
const isKept = (samples: readonly Sample[], outages = new Outages()): readonly boolean[] =>
  judge(samples, outages).map(({ met }) => met);

test('one failure in a thousand is allowed, two are not, and each is named', () => {
  assert.deepEqual(isKept([...many(999), sample({ failure: '502' })]), [true, true]);
  const [requests] = judge([...many(998), ...many(2, { failure: '502 instance_lost' })], new Outages());
  assert.equal(requests?.met, false);
  assert.deepEqual(requests.details, ['2 x ask: 502 instance_lost']);
});

test('a twentieth may be slow, and not more', () => {
  const slow = { from: at - 3_000, to: at };
  assert.deepEqual(isKept([...many(95), ...many(5, slow)]), [true, true]);
  assert.deepEqual(isKept([...many(94), ...many(6, slow)]), [true, false]);
});

test('what happened while a store was away that it needs is not judged, everything else is', () => {
  const outages = new Outages();
  outages.begin('clickhouse');
  const during = { from: performance.now(), to: performance.now() + 5, failure: '503' };
  outages.end('clickhouse');
  const usage = sample({ ...during, what: 'report usage', needs: ['postgres', 'clickhouse'] });
  assert.deepEqual(isKept([sample(), usage], outages), [true, true]);
  assert.deepEqual(isKept([sample(), sample(during)], outages), [false, true]);
});

test('without a single request nothing is kept', () => {
  assert.deepEqual(isKept([]), [false, false]);
});
