import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import type { Clock } from '../../kernel';
import { Deadlines } from './deadlines';

const DAY_MS = 86_400_000;

void test('WS-07 of two deadlines each comes at its own moment, whichever was set first', () => {
  const clock = new ControlledClock();
  const came: string[] = [];
  using deadlines = new Deadlines<'late' | 'soon'>(clock, (name) => came.push(`${name} ${clock.monotonic()}`));
  deadlines.set('late', 300);
  deadlines.set('soon', 100);
  clock.advance(1_000);
  assert.deepEqual(came, ['soon 100', 'late 300']);
});

void test('WS-07 a deadline that is put off comes once, at its last moment, and one that is ended never', () => {
  const clock = new ControlledClock();
  const came: string[] = [];
  using deadlines = new Deadlines<'ping' | 'pong'>(clock, (name) => came.push(`${name} ${clock.monotonic()}`));
  deadlines.set('ping', 100);
  deadlines.set('pong', 100);
  clock.advance(90);
  deadlines.set('ping', 100);
  deadlines.end('pong');
  clock.advance(1_000);
  assert.deepEqual(came, ['ping 190']);
});

void test('WS-07 a deadline that is set by another as that comes due keeps its own time', () => {
  const clock = new ControlledClock();
  const came: string[] = [];
  using deadlines: Deadlines<'ping' | 'pong'> = new Deadlines<'ping' | 'pong'>(clock, (name) => {
    came.push(`${name} ${clock.monotonic()}`);
    if (name === 'ping') deadlines.set('pong', 10);
  });
  deadlines.set('ping', 25);
  clock.advance(1_000);
  assert.deepEqual(came, ['ping 25', 'pong 35']);
});

void test('WS-07 what is far off waits in steps that a timer of Node can wait, and nothing comes after the end', () => {
  const clock = new ControlledClock();
  const asked: number[] = [];
  const watched: Clock = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (ms, then) => (asked.push(ms), clock.after(ms, then)),
  };
  const came: number[] = [];
  const deadlines = new Deadlines<'expiry'>(watched, () => came.push(clock.monotonic()));
  deadlines.set('expiry', 60 * DAY_MS);
  clock.advance(61 * DAY_MS);
  assert.deepEqual(came, [60 * DAY_MS]);
  assert(Math.max(...asked) < 2 ** 31, `a timer of ${Math.max(...asked)} ms comes at once`);
  deadlines.set('expiry', 1);
  deadlines[Symbol.dispose]();
  clock.advance(DAY_MS);
  assert.equal(came.length, 1);
});
