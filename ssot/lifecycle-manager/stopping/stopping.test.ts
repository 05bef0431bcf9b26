import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LifecycleTest, settled } from '../../../support/module-tests/lifecycle';
import { LIFECYCLE_DEFAULTS, type Drained, type Lifecycle, type Part, type StopReport } from '..';

const SIGTERM = { by: 'signal', detail: 'SIGTERM' } as const;
const never = (): Promise<never> => new Promise(() => undefined);
const drained = (ways: Partial<Drained> = {}): Drained => ({ finished: 0, handedOver: 0, lost: [], ...ways });

const stopping = (t: LifecycleTest, lifecycle: Lifecycle): Promise<StopReport> => t.during(lifecycle.stop(SIGTERM), 10);
const msOf = ({ steps }: StopReport): Record<string, number> =>
  Object.fromEntries(steps.map(({ name, ms }) => [name, ms]));

void test('LC-04 a stop is announced before it happens: readiness is red at once, and what comes is served for half a second', async () => {
  const t = new LifecycleTest();
  const lifecycle = await t.running([t.part('http')]);
  const stop = lifecycle.stop(SIGTERM);
  assert.deepEqual([lifecycle.ready().ok, lifecycle.phase, lifecycle.live().ok], [false, 'draining', true]);
  assert.deepEqual(t.told.slice(1), ['announce http']);
  await t.pass(450, 50);
  for (const kind of ['request', 'connection'] as const) lifecycle.admit(kind)[Symbol.dispose]();
  assert.throws(() => lifecycle.admit('run'), { code: 'restarting', retryAfterMs: 1_000 });
  await t.pass(50, 50);
  assert.equal(t.told.includes('refuse http'), true);
  for (const kind of ['request', 'connection', 'run'] as const)
    assert.throws(() => lifecycle.admit(kind), { code: 'restarting', retryAfterMs: 1_000, retryable: true });
  await t.during(stop);
});

void test('LC-04 an idle instance stops as soon as it was announced', async () => {
  const t = new LifecycleTest();
  const lifecycle = await t.running([t.part('http'), t.part('postgres')]);
  const report = await stopping(t, lifecycle);
  assert.deepEqual([report.outcome, report.ms, report.cause], ['clean', 500, SIGTERM]);
  assert.deepEqual(msOf(report), { announce: 500, refuse: 0, drain: 0, flush: 0, release: 0, stop: 0 });
  assert.equal(lifecycle.phase, 'stopped');
});

void test('LC-10 each part is told each step after all have had the one before, and stops after all that need it', async () => {
  const t = new LifecycleTest();
  const lifecycle = await t.running([
    t.part('postgres'),
    t.part('audit', { needs: ['postgres'] }),
    t.part('http', { needs: ['audit'] }),
  ]);
  t.told.splice(0);
  await stopping(t, lifecycle);
  const all = (hook: string): string[] => [`${hook} postgres`, `${hook} audit`, `${hook} http`];
  assert.deepEqual(t.told, [
    ...all('announce').reverse(),
    ...all('refuse').reverse(),
    ...all('drain'),
    ...all('flush'),
    ...all('release'),
    ...all('stop').reverse(),
  ]);
});

void test('LC-10 a store is closed only when the part that needs it has stopped, however long that takes', async () => {
  const t = new LifecycleTest();
  const slow = (): Promise<void> => new Promise((resolve) => t.clock.after(1_000, resolve));
  const lifecycle = await t.running([t.part('postgres'), t.part('audit', { needs: ['postgres'], stop: slow })]);
  const stop = lifecycle.stop(SIGTERM);
  await t.pass(1_400);
  assert.equal(t.told.includes('stop postgres'), false);
  await t.pass(200);
  assert.equal(t.told.at(-1), 'stop postgres');
  assert.equal((await stop).outcome, 'clean');
});

void test('LC-05 work that ends within four seconds has finished, and is waited for no longer than that', async () => {
  const t = new LifecycleTest();
  const lifecycle = await t.running([]);
  const work = lifecycle.admit('request');
  t.clock.after(2_500, () => work[Symbol.dispose]());
  const report = await stopping(t, lifecycle);
  assert.deepEqual(report.drained, drained({ finished: 1 }));
  assert.deepEqual([report.outcome, msOf(report)['drain'], work.signal.aborted], ['clean', 2_000, false]);
});

void test('LC-05 work that does not end is cancelled after four seconds, and counted as lost after five', async () => {
  const t = new LifecycleTest();
  const lifecycle = await t.running([]);
  const work = lifecycle.admit('request');
  const stop = lifecycle.stop(SIGTERM);
  await t.pass(4_450, 50);
  assert.equal(work.signal.aborted, false);
  await t.pass(50, 50);
  assert.equal(work.signal.aborted, true);
  const report = await t.during(stop, 50);
  assert.deepEqual(
    report.drained,
    drained({ lost: [{ id: 'request', cause: 'still at work when the limit was over' }] }),
  );
  assert.deepEqual([report.ms, msOf(report)['drain']], [5_500, 5_000]);
});

void test('LC-05 work that ends because it was told to has not finished: it is lost, and its caller knows', async () => {
  const t = new LifecycleTest();
  const lifecycle = await t.running([]);
  const [told, other] = [lifecycle.admit('request'), lifecycle.admit('request')];
  told.signal.addEventListener('abort', () => told[Symbol.dispose]());
  t.clock.after(1_000, () => other[Symbol.dispose]());
  const report = await stopping(t, lifecycle);
  assert.deepEqual(
    report.drained,
    drained({ finished: 1, lost: [{ id: 'request', cause: 'ended, and its caller told' }] }),
  );
});

void test('LC-05 what parts finish, hand over and lose is added up, and counted for operators', async () => {
  const t = new LifecycleTest();
  const lost = [{ id: 'run_1', cause: 'too late' }];
  const draining = (of: Drained): Partial<Part> => ({ drain: () => Promise.resolve(of) });
  const lifecycle = await t.running([
    t.part('runs', draining(drained({ finished: 3, handedOver: 2, lost }))),
    t.part('connections', draining(drained({ finished: 1 }))),
  ]);
  const report = await stopping(t, lifecycle);
  assert.deepEqual(report.drained, { finished: 4, handedOver: 2, lost });
  const counted = (end: string): number | undefined => t.figures.get(`lifecycle_drained_total ${end}`);
  assert.deepEqual([counted('finished'), counted('handed_over'), counted('lost')], [4, 2, 1]);
});

void test('LC-05 a part is told when work should end by itself no longer, and when what is left is lost', async () => {
  const t = new LifecycleTest();
  const at: string[] = [];
  const drain: Part['drain'] = ({ finishBy, handOverBy }) => {
    const began = t.clock.monotonic();
    const note = (what: string) => (): void => void at.push(`${what} ${t.clock.monotonic() - began}`);
    finishBy.addEventListener('abort', note('finish by'));
    return new Promise((resolve) =>
      handOverBy.addEventListener('abort', () => {
        note('hand over by')();
        resolve(drained());
      }),
    );
  };
  const lifecycle = await t.running([t.part('runs', { drain })]);
  assert.equal((await stopping(t, lifecycle)).outcome, 'clean');
  assert.deepEqual(at, ['finish by 4000', 'hand over by 5000']);
});

for (const hook of ['announce', 'refuse', 'drain', 'flush', 'release', 'stop'] as const) {
  void test(`LC-07 a part that throws on ${hook} is named, and all the others are told everything`, async () => {
    const t = new LifecycleTest();
    const fails = { [hook]: () => { throw new Error('broken'); } }; // oxfmt-ignore
    const lifecycle = await t.running([t.part('before'), t.part('broken', fails), t.part('after')]);
    t.told.splice(0);
    const report = await stopping(t, lifecycle);
    assert.deepEqual([report.outcome, report.abandoned], ['with_errors', []]);
    assert.deepEqual(report.failed, [{ part: 'broken', step: hook, cause: 'broken' }]);
    assert.equal(t.told.length, 18);
    assert.equal(lifecycle.phase, 'failed');
  });
}

for (const [hook, limit] of [
  ['drain', 5_000],
  ['flush', 1_000],
  ['release', 500],
  ['stop', 1_500],
] as const) {
  // oxfmt-ignore
  void test(`LC-07 a part that hangs on ${hook} is left after ${limit} ms and named, and the others stop`, async () => {
    const t = new LifecycleTest();
    let signal: AbortSignal | undefined;
    const hangs = (given?: unknown): Promise<never> => {
      signal = given instanceof AbortSignal ? given : undefined;
      return never();
    };
    const lifecycle = await t.running([t.part('stuck', { [hook]: hangs }), t.part('other')]);
    const report = await stopping(t, lifecycle);
    assert.deepEqual([report.outcome, report.abandoned, report.failed], ['abandoned', ['stuck'], []]);
    assert.deepEqual([msOf(report)[hook], t.told.includes('stop other')], [limit, true]);
    assert.equal(signal?.aborted ?? hook === 'drain', true);
  });
}

void test('LC-07 a part is given its own limit where it is shorter than the share of the step', async () => {
  const t = new LifecycleTest();
  const lifecycle = await t.running([t.part('stuck', { stop: never, limits: { stopMs: 200 } })]);
  assert.equal(msOf(await stopping(t, lifecycle))['stop'], 200);
});

void test('LC-07 parts that hang one behind the other share the time of the last step', async () => {
  const t = new LifecycleTest();
  const lifecycle = await t.running([
    t.part('postgres', { stop: never }),
    t.part('state', { needs: ['postgres'], stop: never }),
    t.part('runs', { needs: ['state'], stop: never }),
  ]);
  const report = await stopping(t, lifecycle);
  assert.deepEqual(report.abandoned, ['runs', 'state', 'postgres']);
  // Each that comes when nothing is left is given one more look.
  assert.ok((msOf(report)['stop'] ?? 0) <= 1_520, `${msOf(report)['stop']} ms`);
});

void test('LC-07 everything that can hang hangs: the stop is over after 8.5 of its 9 seconds', async () => {
  const t = new LifecycleTest();
  const hanging = { drain: never, flush: never, release: never, stop: never };
  const lifecycle = await t.running([t.part('a', hanging), t.part('b', { ...hanging, needs: ['a'] })]);
  lifecycle.admit('request');
  const report = await stopping(t, lifecycle);
  assert.deepEqual([report.outcome, report.abandoned], ['abandoned', ['a', 'b']]);
  assert.ok(report.ms <= 8_510, `${report.ms} ms`);
});

void test('LC-07 steps that take too long, because the process is busy, take from those behind them, not from the grace', async () => {
  const t = new LifecycleTest();
  const busy = (): void => t.clock.advance(5_000);
  const hanging = { drain: never, flush: never, release: never, stop: never };
  const lifecycle = await t.running([t.part('busy', { refuse: busy }), t.part('stuck', hanging)]);
  const report = await stopping(t, lifecycle);
  assert.ok(report.ms <= LIFECYCLE_DEFAULTS.stopMs + 50, `${report.ms} ms`);
  assert.deepEqual(report.abandoned, ['stuck']);
});

void test('LC-07 an hour that the clock steps makes no step longer or shorter', async () => {
  const t = new LifecycleTest();
  const lifecycle = await t.running([t.part('stuck', { flush: never })]);
  const stop = lifecycle.stop(SIGTERM);
  await t.pass(300);
  t.clock.set(t.clock.now() + 3_600_000);
  const report = await t.during(stop);
  assert.deepEqual([report.ms, msOf(report)['flush']], [1_500, 1_000]);
});

void test('LC-07 three who ask for a stop cause one, and each is told how it went', async () => {
  const t = new LifecycleTest();
  const lifecycle = await t.running([t.part('broken', { stop: () => Promise.reject(new Error('no')) })]);
  const asked = [lifecycle.stop(SIGTERM), lifecycle.stop({ by: 'operator', detail: 'a second one' })];
  await t.pass(250);
  asked.push(lifecycle.stop(SIGTERM));
  const reports = await t.during(Promise.all(asked));
  assert.deepEqual(
    reports.map(({ outcome, cause }) => [outcome, cause]),
    Array.from({ length: 3 }, () => ['with_errors', SIGTERM]),
  );
  assert.equal(t.told.filter((word) => word === 'stop broken').length, 1);
  assert.equal((await lifecycle.stop(SIGTERM)).outcome, 'with_errors');
});

void test('LC-11 one trail tells the stop from its cause to its outcome, and the figures how long each step took', async () => {
  const t = new LifecycleTest();
  const lifecycle = await t.running([t.part('http')]);
  await stopping(t, lifecycle);
  assert.deepEqual(t.sentences, ['stopping', 'stopped']);
  assert.deepEqual(t.lines[0]?.facts, SIGTERM);
  assert.equal(t.lines[1]?.facts['outcome'], 'clean');
  assert.deepEqual(
    [t.figures.get('lifecycle_stop_seconds clean'), t.figures.get('lifecycle_stop_step_seconds announce')],
    [0.5, 0.5],
  );
});

void test('LC-10 a hundred starts and stops leave no timer and no listener behind', async () => {
  const t = new LifecycleTest();
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  for (let times = 0; times < 100; times++) {
    const check = (): Promise<{ ok: true }> => Promise.resolve({ ok: true });
    const lifecycle = await t.running([t.part('a', { check }), t.part('b', { needs: ['a'], optional: true, check })]);
    lifecycle.admit('request')[Symbol.dispose]();
    await stopping(t, lifecycle);
  }
  await settled();
  // Timers of other tests in this process come and go meanwhile; one left behind would be there a hundred times.
  assert(timers() - before < 100);
  assert.equal(t.clock.pending, 0);
});
