import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readinessNext, type CheckResult, type Readiness } from '..';

const GREEN: Readiness = { green: true, since: 0, inARow: 0, lastOk: true };
const RED: Readiness = { green: false, since: 0, inARow: 3, lastOk: false, cause: 'refused' };

/** Results 3 seconds apart, the first `after` milliseconds on: `+` good, `-` bad. */
function after(state: Readiness, results: string, firstAt = 3_000): string {
  return [...results]
    .map((sign, place) => {
      const result: CheckResult = sign === '+' ? { ok: true } : { ok: false, cause: 'refused' };
      state = readinessNext(state, result, firstAt + place * 3_000);
      return state.green ? 'g' : 'r';
    })
    .join('');
}

for (const [what, from, results, states] of [
  ['one failure', GREEN, '-', 'g'],
  ['two failures', GREEN, '--', 'gg'],
  ['three failures in a row', GREEN, '---', 'ggr'],
  ['two failures, a success, two failures', GREEN, '--+--', 'ggggg'],
  ['good and bad in turn, twenty times', GREEN, '-+'.repeat(20), 'g'.repeat(40)],
  ['red and good and bad in turn, twenty times', RED, '+-'.repeat(20), 'r'.repeat(40)],
  ['red for long, one success', RED, '+', 'r'],
  ['red for long, two successes', { ...RED, since: -60_000 }, '++', 'rg'],
  ['red and two successes within ten seconds', RED, '++', 'rr'],
  ['red and successes until ten seconds are over', RED, '++++', 'rrrg'],
  ['red and a failure between two successes', { ...RED, since: -60_000 }, '+-++', 'rrrg'],
] as const) {
  void test(`LC-03 results in a row: ${what}`, () => assert.equal(after(from, results), states));
}

void test('LC-03 red is held for ten seconds to the millisecond', () => {
  assert.equal(after(RED, '++', 6_999), 'rr');
  assert.equal(after(RED, '++', 7_000), 'rg');
});

void test('LC-03 a part that becomes red names the last cause, and since when', () => {
  const bad = (cause: string): CheckResult => ({ ok: false, cause });
  const second = readinessNext(readinessNext(GREEN, bad('refused'), 1), bad('no answer'), 2);
  const { green, since, cause } = readinessNext(second, bad('read-only'), 3);
  assert.deepEqual([green, since, cause], [false, 3, 'read-only']);
});

void test('LC-03 red that lasts keeps the instant at which it began', () => {
  const { since } = readinessNext(RED, { ok: false, cause: 'still' }, 9_000);
  assert.equal(since, 0);
});
