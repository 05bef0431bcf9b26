import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { withRetries, type Random, type RetryPolicy } from '..';

/** Jitter as long as it can be. */
const longest: Random = { bytes: (length) => new Uint8Array(length).fill(255) };
const policy = { maxTries: 4, firstDelayMs: 3, maxDelayMs: 8, isRetryable: () => true } satisfies RetryPolicy;

/** Fails so often before it succeeds; notes when it was tried. */
function failing(clock: ControlledClock, times: number): { readonly at: number[]; attempt: () => Promise<string> } {
  const at: number[] = [];
  return {
    at,
    attempt: async () => {
      at.push(Math.round(clock.monotonic()));
      if (at.length <= times) throw new Error(`failure ${at.length}`);
      return Promise.resolve('done');
    },
  };
}

async function passing<T>(clock: ControlledClock, work: Promise<T>): Promise<T> {
  let isOver = false;
  const outcome = work.finally(() => (isOver = true));
  outcome.catch(() => undefined);
  while (!isOver) {
    await turn();
    clock.advance(1);
  }
  return outcome;
}

void test('ST-09 a call that may be repeated is tried again after waits that double up to their bound', async () => {
  const clock = new ControlledClock();
  const { at, attempt } = failing(clock, 3);
  assert.equal(await passing(clock, withRetries({ clock, random: longest }, policy, attempt)), 'done');
  assert.deepEqual(
    at.map((ms, i) => ms - (at[i - 1] ?? 0)),
    [0, 3, 6, 8],
  );
});

void test('ST-09 after the last try its own failure is told', async () => {
  const clock = new ControlledClock();
  const { at, attempt } = failing(clock, 9);
  await assert.rejects(passing(clock, withRetries({ clock, random: longest }, policy, attempt)), /failure 4/);
  assert.equal(at.length, 4);
});

void test('ST-04 no try begins after the time for all of them is over', async () => {
  const clock = new ControlledClock();
  const { at, attempt } = failing(clock, 9);
  const limited = { ...policy, maxTries: 50, withinMs: 9 };
  await assert.rejects(passing(clock, withRetries({ clock, random: longest }, limited, attempt)), /failure 3/);
  assert.deepEqual(at, [0, 3, 9]);
});

void test('ST-09 what a repeat cannot help is told at once', async () => {
  const clock = new ControlledClock();
  const { at, attempt } = failing(clock, 9);
  const never = { ...policy, isRetryable: () => false };
  await assert.rejects(withRetries({ clock, random: longest }, never, attempt), /failure 1/);
  assert.equal(at.length, 1);
});

void test('ST-09 whoever is told to stop during a wait is not tried for again, and is told why', async () => {
  const clock = new ControlledClock();
  const { at, attempt } = failing(clock, 9);
  const stop = new AbortController();
  const retried = withRetries({ clock, random: longest }, { ...policy, signal: stop.signal }, attempt);
  await turn();
  stop.abort(new Error('the run was cancelled'));
  await assert.rejects(retried, /the run was cancelled/);
  assert.equal(at.length, 1);
});
