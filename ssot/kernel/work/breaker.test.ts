import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { Breaker } from '..';

function opened(): { clock: ControlledClock; breaker: Breaker } {
  const clock = new ControlledClock();
  const breaker = new Breaker(clock, { failures: 5, probeAfterMs: 5_000 });
  for (let i = 0; i < 5; i++) breaker.recordFailure();
  return { clock, breaker };
}

void test('ST-09 four failures in a row keep it closed, the fifth opens it', () => {
  const breaker = new Breaker(new ControlledClock(), { failures: 5, probeAfterMs: 5_000 });
  for (let i = 0; i < 4; i++) breaker.recordFailure();
  assert.deepEqual([breaker.state, breaker.admit()], ['closed', true]);
  breaker.recordFailure();
  assert.deepEqual([breaker.state, breaker.admit()], ['open', false]);
});

void test('ST-09 a success in between starts the count anew', () => {
  const breaker = new Breaker(new ControlledClock(), { failures: 5, probeAfterMs: 5_000 });
  for (let i = 0; i < 9; i++) {
    breaker.recordFailure();
    if (i === 3) breaker.recordSuccess();
  }
  assert.equal(breaker.state, 'open');
  breaker.recordSuccess();
  assert.equal(breaker.state, 'closed');
});

void test('ST-09 one call is let through to probe after 5 seconds, and no other until it is answered', () => {
  const { clock, breaker } = opened();
  clock.advance(4_999);
  assert.equal(breaker.admit(), false);
  clock.advance(1);
  assert.equal(breaker.state, 'half_open');
  assert.deepEqual([breaker.admit(), breaker.admit()], [true, false]);
});

void test('ST-09 a probe that succeeds closes it', () => {
  const { clock, breaker } = opened();
  clock.advance(5_000);
  breaker.admit();
  breaker.recordSuccess();
  assert.deepEqual([breaker.state, breaker.admit(), breaker.admit()], ['closed', true, true]);
});

void test('ST-09 a probe that fails keeps it open for 5 seconds more', () => {
  const { clock, breaker } = opened();
  clock.advance(5_000);
  breaker.admit();
  clock.advance(1_000);
  breaker.recordFailure();
  clock.advance(4_999);
  assert.equal(breaker.admit(), false);
  clock.advance(1);
  assert.equal(breaker.admit(), true);
});

void test('ST-09 where two successes are asked for, the first lets the next through at once, and a failure begins anew', () => {
  const clock = new ControlledClock();
  const breaker = new Breaker(clock, { failures: 1, probeAfterMs: 5_000, successes: 2 });
  breaker.recordFailure();
  clock.advance(5_000);
  breaker.admit();
  breaker.recordSuccess();
  assert.deepEqual([breaker.state, breaker.admit(), breaker.admit()], ['half_open', true, false]);
  breaker.recordFailure();
  clock.advance(5_000);
  breaker.recordSuccess();
  assert.equal(breaker.state, 'half_open');
  breaker.recordSuccess();
  assert.equal(breaker.state, 'closed');
});
