import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LifecycleTest } from '../../../support/module-tests/lifecycle';
import type { CheckResult, Part } from '..';

const OPERATOR = { permissions: ['operations:read'] } as const;
const never = (): Promise<never> => new Promise(() => undefined);
const bad = (cause = 'refused'): CheckResult => ({ ok: false, cause });

/** A part of which each next answer is the first of those that are left; when none is, all is well. */
function answering(t: LifecycleTest, ways: Partial<Part> = {}) {
  const answers: (() => unknown)[] = [];
  const askedAt: number[] = [];
  const check = async (): Promise<CheckResult> => {
    askedAt.push(t.clock.monotonic());
    return ((await answers.shift()?.()) ?? { ok: true }) as CheckResult;
  };
  const fail = (times: number, way: () => unknown = bad): void =>
    void answers.push(...Array.from({ length: times }, () => way));
  return { part: t.part('store', { ...ways, check }), fail, askedAt };
}

const causeIn = (lifecycle: Awaited<ReturnType<LifecycleTest['running']>>, name = 'store'): string | undefined =>
  lifecycle.report(OPERATOR).parts.find((part) => part.name === name)?.cause;

for (const [what, way, cause] of [
  ['says no', () => bad('read-only'), 'read-only'],
  ['throws', () => Promise.reject(new Error('connection refused')), 'connection refused'],
  [
    'throws what is no error',
    () => {
      // oxlint-disable-next-line typescript/only-throw-error -- A part may do so.
      throw 'gone';
    },
    'gone',
  ],
  ['hangs', never, 'no answer within 1000 ms'],
  ['answers nonsense', () => ({ ok: 'yes' }), 'answered nonsense'],
] as const) {
  void test(`LC-03 a check that ${what} three times takes the instance out of service, with its cause`, async () => {
    const t = new LifecycleTest();
    const { part, fail } = answering(t);
    const lifecycle = await t.running([part]);
    fail(3, way);
    await t.pass(8_900);
    assert.deepEqual([lifecycle.ready().ok, causeIn(lifecycle)], [true, undefined]);
    await t.pass(1_100);
    assert.deepEqual([lifecycle.ready().ok, causeIn(lifecycle)], [false, cause]);
  });
}

void test('LC-03 whatever the moment at which a needed part is lost, the instance is out of service within 10 seconds', async () => {
  for (let lostAt = 0; lostAt < 3_000; lostAt += 250) {
    const t = new LifecycleTest();
    const { part, fail } = answering(t);
    const lifecycle = await t.running([part]);
    await t.pass(3_000 + lostAt, 250);
    fail(9, never);
    await t.pass(10_000, 250);
    assert.equal(lifecycle.ready().ok, false, `lost ${lostAt} ms after a check`);
  }
});

void test('LC-03 whatever the moment at which a needed part is back, the instance serves within 15 seconds', async () => {
  for (let backAfter = 0; backAfter < 6_000; backAfter += 500) {
    const t = new LifecycleTest();
    let away = false;
    const part = t.part('store', { check: () => Promise.resolve(away ? bad() : { ok: true }) });
    const lifecycle = await t.running([part]);
    away = true;
    await t.pass(9_000 + backAfter, 250);
    assert.equal(lifecycle.ready().ok, false);
    away = false;
    await t.pass(15_000, 250);
    assert.equal(lifecycle.ready().ok, true, `back after ${backAfter} ms`);
  }
});

void test('LC-03 checks begin 3 seconds apart, however long an answer takes', async () => {
  const t = new LifecycleTest();
  const { part, fail, askedAt } = answering(t);
  await t.running([part]);
  fail(4, never);
  await t.pass(12_000);
  const [first = 0] = askedAt;
  assert.deepEqual(
    askedAt.map((at) => at - first),
    [0, 3_000, 6_000, 9_000],
  );
});

void test('LC-03 a check that is slower than its interval never runs beside itself', async () => {
  const t = new LifecycleTest();
  let [running, most] = [0, 0];
  const check = async (): Promise<CheckResult> => {
    most = Math.max(most, (running += 1));
    await new Promise<void>((resolve) => t.clock.after(4_500, resolve));
    running -= 1;
    return { ok: true };
  };
  await t.running([t.part('slow', { check, limits: { checkMs: 5_000 } })]);
  await t.pass(30_000);
  assert.equal(most, 1);
});

void test('LC-03 a check that hangs delays no other part', async () => {
  const t = new LifecycleTest();
  const { part, askedAt } = answering(t);
  await t.running([t.part('stuck', { check: never, limits: { checkMs: 60_000 } }), part]);
  await t.pass(9_000);
  assert.equal(askedAt.length, 3);
});

void test('LC-03 an answer that is older than 9 seconds counts as none', async () => {
  const t = new LifecycleTest();
  let asked = 0;
  const check = (): Promise<CheckResult> => (++asked > 1 ? never() : Promise.resolve({ ok: true }));
  const lifecycle = await t.running([t.part('stuck', { check, limits: { checkMs: 60_000 } })]);
  await t.pass(12_000);
  assert.equal(lifecycle.ready().ok, true);
  await t.pass(100);
  assert.deepEqual([lifecycle.ready().ok, causeIn(lifecycle, 'stuck')], [false, 'its last result is old']);
});

void test('LC-03 a thousand questions about health ask no part', async () => {
  const t = new LifecycleTest();
  const { part, askedAt } = answering(t);
  const lifecycle = await t.running([part]);
  for (let times = 0; times < 1_000; times++) {
    lifecycle.ready();
    lifecycle.live();
    lifecycle.startup();
    lifecycle.report(OPERATOR);
  }
  assert.equal(askedAt.length, 0);
});

void test('LC-03 operators are told once when a part fails, and once when it is back; the figures follow', async () => {
  const t = new LifecycleTest();
  const { part, fail } = answering(t, { optional: true });
  const lifecycle = await t.running([part]);
  const figures = (): unknown[] =>
    ['lifecycle_part_up store false', 'lifecycle_degraded', 'lifecycle_ready'].map((name) => t.figures.get(name));
  assert.deepEqual(figures(), [1, 0, 1]);
  fail(8);
  await t.pass(27_000);
  assert.deepEqual(figures(), [0, 1, 1]);
  assert.deepEqual([lifecycle.ready().ok, lifecycle.ready().degraded], [true, true]);
  await t.pass(9_000);
  assert.deepEqual(figures(), [1, 0, 1]);
  const facts = { part: 'store', needed: false };
  assert.deepEqual(t.lines, [
    { level: 'warn', facts: { ...facts, cause: 'refused' }, message: 'a part fails its checks' },
    { level: 'info', facts, message: 'a part passes its checks again' },
  ]);
});

void test('LC-01 an optional part that is away at the start degrades the instance from its first moment', async () => {
  const t = new LifecycleTest();
  const { part, fail } = answering(t, { optional: true });
  fail(1, () => bad('unreachable'));
  const lifecycle = await t.running([part]);
  assert.deepEqual([lifecycle.ready().ok, lifecycle.ready().degraded], [true, true]);
  assert.equal(causeIn(lifecycle), 'unreachable');
  await t.pass(15_000);
  assert.equal(lifecycle.ready().degraded, false);
  assert.deepEqual(
    t.told.filter((word) => word.startsWith('start')),
    ['start store'],
  );
});

void test('LC-01 an optional part whose first check hangs delays the start by the limit of a check and no more', async () => {
  const t = new LifecycleTest();
  const lifecycle = t.instance([t.part('store', { optional: true, check: never })]);
  const { ms, parts } = await t.during(lifecycle.start());
  assert.deepEqual([ms, parts[0]?.state], [1_000, 'degraded']);
});

void test('LC-03 nothing is asked any more after a failed start', async () => {
  const t = new LifecycleTest();
  const { part, askedAt } = answering(t);
  const failing = t.part('other', { limits: { startMs: 200 }, start: () => Promise.reject(new Error('no')) });
  await assert.rejects(t.during(t.instance([part, failing]).start()));
  await t.pass(10_000);
  assert.deepEqual(askedAt, []);
});
