import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LifecycleTest, settled } from '../../support/module-tests/lifecycle';
import type { Lifecycle, Part } from '.';

const SIGTERM = { by: 'signal', detail: 'SIGTERM' } as const;
const OPERATOR = { permissions: ['operations:read'] } as const;

/** An instance in one of its states, without asking what led there twice. */
const STATES: Readonly<Record<string, (t: LifecycleTest) => Promise<Lifecycle>>> = {
  created: (t) => Promise.resolve(t.instance([t.part('a')])),
  starting: async (t) => {
    const lifecycle = t.instance([t.part('slow', { start: () => new Promise(() => undefined) })]);
    lifecycle.start().catch(() => undefined);
    await settled();
    return lifecycle;
  },
  running: (t) => t.running([t.part('a')]),
  'without an optional part': async (t) => losing(t, { optional: true }),
  'without a needed part': async (t) => losing(t, {}),
  draining: async (t) => {
    const lifecycle = await t.running([t.part('a')]);
    void lifecycle.stop(SIGTERM);
    return lifecycle;
  },
  stopping: async (t) => {
    const lifecycle = await t.running([t.part('a', { flush: () => new Promise(() => undefined) })]);
    void lifecycle.stop(SIGTERM);
    await t.pass(600);
    return lifecycle;
  },
  stopped: async (t) => {
    const lifecycle = await t.running([t.part('a')]);
    await t.during(lifecycle.stop(SIGTERM));
    return lifecycle;
  },
  'a start that failed': async (t) => {
    const lifecycle = t.instance([
      t.part('a', { limits: { startMs: 1 }, start: () => Promise.reject(new Error('no')) }),
    ]);
    await assert.rejects(t.during(lifecycle.start()));
    return lifecycle;
  },
};

async function losing(t: LifecycleTest, ways: Partial<Part>): Promise<Lifecycle> {
  let isLost = false;
  const check: Part['check'] = () => Promise.resolve(isLost ? { ok: false, cause: 'away' } : { ok: true });
  const lifecycle = await t.running([t.part('store', { ...ways, check })]);
  isLost = true;
  await t.pass(10_000);
  return lifecycle;
}

for (const [state, phase, startup, live, ready, degraded, refusal] of [
  ['created', 'created', false, true, false, false, 'not_ready'],
  ['starting', 'starting', false, true, false, false, 'not_ready'],
  ['running', 'running', true, true, true, false, undefined],
  ['without an optional part', 'running', true, true, true, true, undefined],
  ['without a needed part', 'running', true, true, false, true, undefined],
  ['draining', 'draining', true, true, false, false, undefined],
  ['stopping', 'stopping', true, true, false, false, 'restarting'],
  ['stopped', 'stopped', true, true, false, false, 'restarting'],
  ['a start that failed', 'failed', false, false, false, false, 'restarting'],
] as const) {
  void test(`LC-01 what an instance answers: ${state}`, async () => {
    const t = new LifecycleTest();
    const lifecycle = await (STATES[state] as (t: LifecycleTest) => Promise<Lifecycle>)(t);
    const answers = [lifecycle.startup(), lifecycle.live(), lifecycle.ready()];
    assert.deepEqual(
      answers.map(({ ok }) => ok),
      [startup, live, ready],
    );
    for (const answer of answers) {
      assert.deepEqual([answer.phase, answer.degraded], [phase, degraded]);
      assert.equal(answer.retryAfterMs, answer.ok ? undefined : 1_000);
      assert.deepEqual(
        Object.keys(answer).filter((name) => name !== 'retryAfterMs'),
        ['ok', 'phase', 'degraded', 'since'],
      );
    }
    if (refusal === undefined) lifecycle.admit('request')[Symbol.dispose]();
    else assert.throws(() => lifecycle.admit('request'), { code: refusal, retryable: true, retryAfterMs: 1_000 });
    await t.during(lifecycle.stop(SIGTERM));
  });
}

void test('LC-11 whoever may not read operations is refused every detail', async () => {
  const t = new LifecycleTest();
  const lifecycle = await t.running([t.part('a')]);
  for (const permissions of [[], ['chat:use', 'operations:write']] as const)
    assert.throws(() => lifecycle.report({ permissions }), { code: 'not_allowed' });
});

void test('LC-11 an operator reads each part with since when and why, what is under way, and every change of phase', async () => {
  const t = new LifecycleTest();
  const began = t.clock.now();
  let isLost = false;
  const lifecycle = await t.running([
    t.part('postgres', { inFlight: () => ({ run: 2 }) }),
    t.part('redis', {
      optional: true,
      needs: ['postgres'],
      inFlight: () => ({ connection: 3 }),
      check: () => Promise.resolve(isLost ? { ok: false, cause: 'read-only' } : { ok: true }),
    }),
  ]);
  isLost = true;
  await t.pass(10_000);
  using _request = lifecycle.admit('request');
  using _run = lifecycle.admit('run');
  const report = lifecycle.report(OPERATOR);
  assert.deepEqual(report.inFlight, { request: 1, connection: 3, run: 3 });
  assert.deepEqual(report.parts, [
    { name: 'postgres', needed: true, ok: true, since: new Date(began) },
    { name: 'redis', needed: false, ok: false, since: new Date(began + 9_000), cause: 'read-only' },
  ]);
  const stop = lifecycle.stop(SIGTERM);
  assert.deepEqual(lifecycle.report(OPERATOR).phases, [
    { from: 'created', to: 'starting', at: new Date(began), cause: 'start' },
    { from: 'starting', to: 'running', at: new Date(began), cause: 'every needed part is up' },
    { from: 'running', to: 'draining', at: new Date(began + 10_000), cause: 'SIGTERM' },
  ]);
  _request[Symbol.dispose]();
  _run[Symbol.dispose]();
  await t.during(stop);
});

void test('LC-11 what a part that never started has under way is not asked', async () => {
  const t = new LifecycleTest();
  const ways: Partial<Part> = {
    optional: true,
    start: () => Promise.reject(new Error('away')),
    inFlight: () => assert.fail(),
  };
  const lifecycle = await t.running([t.part('redis', ways)]);
  assert.deepEqual(lifecycle.report(OPERATOR).inFlight, { request: 0, connection: 0, run: 0 });
});

for (const [what, listener] of [
  ['throws', () => { throw new Error('a broken listener'); }], // oxfmt-ignore
  ['fails later', () => Promise.reject(new Error('a broken listener'))],
  ['never ends', () => new Promise<void>(() => undefined)],
] as readonly (readonly [string, () => unknown])[]) {
  void test(`LC-11 a listener that ${what} delays and fails neither start nor stop`, async () => {
    const t = new LifecycleTest();
    const lifecycle = t.instance([t.part('a')]);
    const heard: string[] = [];
    lifecycle.watch(listener);
    lifecycle.watch(({ to }) => heard.push(to));
    await t.during(lifecycle.start());
    const { outcome, ms } = await t.during(lifecycle.stop(SIGTERM));
    assert.deepEqual([outcome, ms], ['clean', 500]);
    assert.deepEqual(heard, ['starting', 'running', 'draining', 'stopping', 'stopped']);
    const told = t.sentences.filter((sentence) => sentence === 'a listener to the phases failed').length;
    assert.equal(told, what === 'never ends' ? 0 : 5);
  });
}

void test('LC-11 a listener that asks for another stop in the middle of one is given the same', async () => {
  const t = new LifecycleTest();
  const lifecycle = await t.running([t.part('a')]);
  const again: Promise<unknown>[] = [];
  lifecycle.watch(() => void again.push(lifecycle.stop({ by: 'operator', detail: 'again' })));
  const report = await t.during(lifecycle.stop(SIGTERM));
  assert.deepEqual([report.outcome, report.cause], ['clean', SIGTERM]);
  for (const other of await Promise.all(again)) assert.equal(other, report);
});

void test('LC-11 who listens no more is told no more', async () => {
  const t = new LifecycleTest();
  const lifecycle = t.instance([]);
  let heard = 0;
  const watching = lifecycle.watch(() => heard++);
  await t.during(lifecycle.start());
  watching[Symbol.dispose]();
  await t.during(lifecycle.stop(SIGTERM));
  assert.equal(heard, 2);
});
