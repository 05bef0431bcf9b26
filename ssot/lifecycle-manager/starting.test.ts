import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noMetrics, PlatformError, silentLogger, systemClock, systemRandom } from '../kernel';
import { createLifecycle, LifecycleError, type Lifecycle } from '.';

const LIMIT_MS = 500;

/** An instance of one part, which fails in these ways one after the other and then starts. */
function instanceOf(failures: readonly Error[]): { lifecycle: Lifecycle; tries: () => number } {
  let tries = 0;
  const start = async (): Promise<void> => {
    const failure = failures[tries++];
    if (failure) throw failure;
  };
  const lifecycle = createLifecycle({
    parts: [{ name: 'store', limits: { startMs: LIMIT_MS }, start }],
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    metrics: noMetrics,
  });
  return { lifecycle, tries: () => tries };
}

const refusal = (retryable: boolean): PlatformError =>
  new PlatformError({ code: 'login_refused', message: 'The password is wrong.', retryable });

/** So many that waiting ends before they do. */
const always = (failure: Error): Error[] => Array.from({ length: 100 }, () => failure);

test('LC-01 a part that waiting cannot mend ends the start at its first try, with its own words', async () => {
  const { lifecycle, tries } = instanceOf(always(refusal(false)));
  await assert.rejects(lifecycle.start(), (error) => {
    assert(error instanceof LifecycleError);
    assert.equal(error.code, 'start_refused');
    assert.equal(error.retryable, false);
    assert.equal(error.message, '"store" cannot start: The password is wrong.');
    return true;
  });
  assert.equal(tries(), 1);
  assert.equal(lifecycle.phase, 'failed');
});

test('LC-01 what waiting cannot mend may show after a failure that it can', async () => {
  const { lifecycle, tries } = instanceOf([refusal(true), ...always(refusal(false))]);
  await assert.rejects(lifecycle.start(), { code: 'start_refused' });
  assert.equal(tries(), 2);
});

for (const [what, failure] of [
  ['may pass by itself', refusal(true)],
  ['is of nobody’s making', new Error('connection refused')],
] as const) {
  test(`LC-01 a part whose failure ${what} is tried again until it starts`, async () => {
    const { lifecycle, tries } = instanceOf([failure]);
    await lifecycle.start();
    assert.equal(tries(), 2);
    await lifecycle.stop({ by: 'operator', detail: 'the test is over' });
  });

  test(`LC-01 a part whose failure ${what} is given up at its limit`, async () => {
    const { lifecycle, tries } = instanceOf(always(failure));
    await assert.rejects(lifecycle.start(), { code: 'start_failed' });
    assert.ok(tries() > 1);
  });
}
