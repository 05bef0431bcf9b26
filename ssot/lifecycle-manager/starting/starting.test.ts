import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noMetrics, PlatformError, silentLogger, systemClock, systemRandom } from '../../kernel';
import { LifecycleTest } from '../../../support/module-tests/lifecycle';
import { createLifecycle, LifecycleError, type Lifecycle } from '..';

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

void test('LC-02 parts without ties start together, and each only after those it needs', async () => {
  const t = new LifecycleTest();
  const takes = (ms: number) => (): Promise<void> => new Promise((resolve) => t.clock.after(ms, resolve));
  const lifecycle = t.instance([
    t.part('runs', { needs: ['postgres', 'redis'], start: takes(100) }),
    t.part('postgres', { start: takes(300) }),
    t.part('redis', { start: takes(500) }),
    t.part('http', { start: takes(200) }),
  ]);
  const { ms } = await t.during(lifecycle.start());
  assert.deepEqual([ms, t.told], [600, ['start postgres', 'start redis', 'start http', 'start runs']]);
});

void test('LC-02 a part that cannot start ends the start, what had started is closed in reverse, and both reasons are named', async () => {
  const t = new LifecycleTest();
  const away = (what: string) => (): Promise<never> => Promise.reject(new Error(`${what} refused`));
  const lifecycle = t.instance([
    t.part('operations'),
    t.part('state', { needs: ['operations'] }),
    t.part('postgres', { needs: ['state'], limits: { startMs: 3_000 }, start: away('postgres') }),
    t.part('settings', { needs: ['state'], limits: { startMs: 9_000 }, start: away('settings') }),
    t.part('runs', { needs: ['postgres'] }),
  ]);
  await assert.rejects(t.during(lifecycle.start()), {
    code: 'start_failed',
    field: 'postgres',
    message: '"postgres" did not start within 3000 ms: postgres refused. Not up either: "settings" (settings refused).',
  });
  const stops = t.told.filter((word) => word.startsWith('stop'));
  assert.deepEqual(stops, ['stop state', 'stop operations']);
  assert.equal(t.told.includes('start runs'), false);
  assert.equal(lifecycle.phase, 'failed');
});

void test('LC-02 a part that never finishes is given up at its limit', async () => {
  const t = new LifecycleTest();
  let aborted = false;
  const start = (signal: AbortSignal): Promise<void> =>
    new Promise(() => signal.addEventListener('abort', () => (aborted = true)));
  const lifecycle = t.instance([t.part('stuck', { limits: { startMs: 2_000 }, start })]);
  const began = t.clock.monotonic();
  await assert.rejects(t.during(lifecycle.start()), { code: 'start_timed_out', field: 'stuck' });
  assert.deepEqual([t.clock.monotonic() - began, aborted], [2_000, true]);
});

void test('LC-02 the start as a whole has a limit, and names what was not up', async () => {
  const t = new LifecycleTest();
  const hang = (): Promise<never> => new Promise(() => undefined);
  const slow = { limits: { startMs: 50_000 } };
  const lifecycle = t.instance([t.part('a', { ...slow, start: hang }), t.part('b', slow)], { startMs: 5_000 });
  await assert.rejects(t.during(lifecycle.start()), {
    code: 'start_timed_out',
    message: 'The start took longer than 5000 ms. Not up either: "a" (no answer yet).',
  });
  assert.deepEqual([t.clock.monotonic(), t.told.at(-1)], [5_000, 'stop b']);
});

void test('LC-02 a part that comes alive after it was given up is stopped again', async () => {
  const t = new LifecycleTest();
  const late = (): Promise<void> => new Promise((resolve) => t.clock.after(4_000, resolve));
  const lifecycle = t.instance([t.part('late', { limits: { startMs: 1_000 }, start: late })]);
  await assert.rejects(t.during(lifecycle.start()), { code: 'start_timed_out' });
  assert.deepEqual(t.told, ['start late']);
  await t.pass(4_000);
  assert.deepEqual(t.told, ['start late', 'stop late']);
});

void test('LC-02 a failure while undoing hides no first cause, and operators are told of both', async () => {
  const t = new LifecycleTest();
  const lifecycle = t.instance([
    t.part('first', { stop: () => Promise.reject(new Error('cannot stop')) }),
    t.part('second', {
      needs: ['first'],
      limits: { startMs: 100 },
      start: () => Promise.reject(new Error('cannot start')),
    }),
  ]);
  await assert.rejects(t.during(lifecycle.start()), { code: 'start_failed', field: 'second' });
  const undoing = t.lines.find(({ message }) => message === 'undoing the start was not clean');
  assert.deepEqual(undoing?.facts['failed'], [{ part: 'first', step: 'stop', cause: 'cannot stop' }]);
});

void test('LC-02 a stop during a slow start undoes it, is clean, and never ends up serving', async () => {
  const t = new LifecycleTest();
  const slow = (): Promise<void> => new Promise((resolve) => t.clock.after(20_000, resolve));
  const lifecycle = t.instance([t.part('first'), t.part('slow', { needs: ['first'], start: slow })]);
  const phases: string[] = [];
  lifecycle.watch(({ to }) => phases.push(to));
  const started = assert.rejects(lifecycle.start(), { code: 'start_cancelled' });
  await t.pass(1_000);
  const { outcome, ms } = await t.during(lifecycle.stop({ by: 'signal', detail: 'SIGTERM' }));
  await started;
  assert.deepEqual([outcome, ms, phases], ['clean', 0, ['starting', 'stopping', 'stopped']]);
  await t.pass(30_000);
  assert.deepEqual(t.told, ['start first', 'start slow', 'stop first', 'stop slow']);
});

void test('LC-02 two who start an instance start it once', async () => {
  const t = new LifecycleTest();
  const lifecycle = t.instance([t.part('store')]);
  lifecycle.watch(({ to }) => void (to === 'starting' && lifecycle.start()));
  const reports = await t.during(Promise.all([lifecycle.start(), lifecycle.start()]));
  assert.equal(reports[0], reports[1]);
  assert.deepEqual(t.told, ['start store']);
});

void test('LC-02 an instance that was stopped before it started does not start', async () => {
  const t = new LifecycleTest();
  const lifecycle = t.instance([t.part('store')]);
  assert.equal((await lifecycle.stop({ by: 'signal', detail: 'SIGTERM' })).outcome, 'clean');
  await assert.rejects(lifecycle.start(), { code: 'start_cancelled' });
  assert.deepEqual([t.told, lifecycle.phase], [[], 'stopped']);
});

void test('LC-01 an optional part that cannot start is tried on in the background, after what it needs', async () => {
  const t = new LifecycleTest();
  let away = true;
  const start = (): Promise<void> => (away ? Promise.reject(new Error('away')) : Promise.resolve());
  const lifecycle = t.instance([
    t.part('redis', { optional: true, start }),
    t.part('copies', { optional: true, needs: ['redis'] }),
  ]);
  const { parts } = await t.during(lifecycle.start());
  assert.deepEqual(
    parts.map(({ name, state }) => `${name} ${state}`),
    ['redis degraded', 'copies degraded'],
  );
  assert.deepEqual([lifecycle.ready().ok, lifecycle.ready().degraded], [true, true]);
  await t.pass(10_000);
  assert.equal(t.told.includes('start copies'), false);
  away = false;
  await t.pass(5_000);
  assert.equal(lifecycle.ready().degraded, false);
  assert.equal(t.told.at(-1), 'start copies');
});

void test('LC-01 tries are further apart each time, up to two seconds', async () => {
  const t = new LifecycleTest();
  const at: number[] = [];
  const start = (): Promise<never> => {
    at.push(t.clock.monotonic());
    return Promise.reject(new Error('away'));
  };
  await assert.rejects(t.during(t.instance([t.part('store', { start })]).start(), 5));
  const pauses = at.slice(1).map((moment, place) => moment - (at[place] ?? 0));
  pauses.forEach((pause, place) => {
    const most = Math.min(2_000, 100 * 2 ** place);
    assert.ok(pause >= most / 2 && pause <= most + 5, `${pause} ms before try ${place + 2}`);
  });
  assert.ok(at.length > 15, `${at.length} tries in 30 seconds`);
});
