import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { crossedSlots } from '../../../support/module-tests/state/crossed-slots';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { FaultProxy } from '../../../world/operations/fault-proxy';
import { noMetrics, PlatformError, silentLogger, systemClock } from '../../kernel';
import { createAttemptLimiter, type Attempt, type AttemptLimiter, type AttemptLimiterDeps } from './attempt-limiter';
import { BUDGETS } from './budgets';
import { LocalCounters } from './local-counters';
import { SharedCounters } from './shared-counters';

const MINUTE = 60_000;

/** Connected, or the first ones would be counted by their instance alone. */
before(() => stores.redis().ping());

/** Instances that share Redis, each with what it counts itself; `more` replaces what they are handed. */
function instances(count: number, more: Partial<AttemptLimiterDeps> = {}): readonly AttemptLimiter[] {
  const scenario = stores.ids.next('req');
  const pseudonym = (text: string): string => createHash('sha256').update(`${scenario} ${text}`).digest('base64url');
  const common = {
    redis: stores.redis(),
    clock: systemClock,
    time: 'server',
    log: silentLogger,
    metrics: noMetrics,
  } as const;
  return Array.from({ length: count }, () => createAttemptLimiter({ ...common, pseudonym, ...more }));
}

/** `told`, or the wait. */
async function answer(work: Promise<void>): Promise<'told' | number> {
  try {
    await work;
    return 'told';
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'rate_limited') throw error;
    return error.retryAfterMs as number;
  }
}

const guess = (address: string, email = 'dana@acme.example'): Attempt => ({ entrance: 'sign_in', email, address });

test('AU-05 of a hundred guesses at once over three instances five are answered, and the rest wait 15 minutes', async () => {
  const three = instances(3);
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => answer((three[i % 3] as AttemptLimiter).recordFailure(guess('203.0.113.1')))),
  );
  assert.equal(answers.filter((one) => one === 'told').length, 5);
  for (const wait of answers.filter((one) => one !== 'told')) assert.ok(wait > 14 * MINUTE && wait <= 15 * MINUTE);
});

for (const [what, budget, waitMs] of [
  ['that lock, than the lock', BUDGETS.sign_in.account_and_address, 15 * MINUTE],
  ['that do not, than they count', BUDGETS.sign_in.address, MINUTE],
] as const) {
  test(`AU-05 nobody waits longer after failures ${what}, where another instance's clock is ahead`, async () => {
    const [ahead, behind] = [5, 0].map((ms) => {
      const time = new ControlledClock(systemClock.now() + ms);
      return new SharedCounters(stores.redis(), { clock: systemClock, time, log: silentLogger });
    }) as [SharedCounters, SharedCounters];
    const counters = [{ key: `auth:attempts:{sign_in}:${stores.ids.next('req')}`, budget }];
    for (let failed = 0; failed < budget.failures; failed++) await ahead.apply('fail', counters);
    assert.deepEqual(await behind.apply('look', counters), [waitMs]);
  });
}

for (const [what, addressOf, emailOf] of [
  ['one address', () => '203.0.113.2', (i: number) => `${i}@acme.example`],
  ['one IPv6 network', (i: number) => `2001:db8::${i.toString(16)}`, (i: number) => `${i}@acme.example`],
  ['one e-mail from everywhere', (i: number) => `203.0.113.${i}`, () => 'Dana@Acme.example '],
] as const) {
  test(`AU-05 the 31st failed sign-in within a minute waits, on any instance: ${what}`, async () => {
    const two = instances(2);
    const answers: ('told' | number)[] = [];
    for (let i = 0; i < 31; i++) {
      answers.push(await answer((two[i % 2] as AttemptLimiter).recordFailure(guess(addressOf(i), emailOf(i)))));
    }
    assert.deepEqual(answers.slice(0, 30), Array(30).fill('told'));
    assert.ok(Number(answers[30]) > 0 && Number(answers[30]) <= MINUTE);
  });
}

test('AU-05 guessing from elsewhere makes no owner wait where they have signed in before', async () => {
  const [here, there] = instances(2) as [AttemptLimiter, AttemptLimiter];
  await here.recordSuccess(guess('198.51.100.7'));
  for (let i = 0; i < 40; i++) await answer(here.recordFailure(guess(`203.0.113.${i}`)));
  assert.equal(await answer(there.assertAllowed(guess('198.51.100.7'))), 'told');
  assert.notEqual(await answer(there.assertAllowed(guess('198.51.100.8'))), 'told');
});

test('AU-05 a noisy address makes no one wait who has signed in from there before', async () => {
  const [limiter] = instances(1) as [AttemptLimiter];
  await limiter.recordSuccess(guess('198.51.100.9'));
  for (let i = 0; i < 31; i++) await answer(limiter.recordFailure(guess('198.51.100.9', `${i}@acme.example`)));
  assert.equal(await answer(limiter.assertAllowed(guess('198.51.100.9'))), 'told');
  assert.notEqual(await answer(limiter.assertAllowed(guess('198.51.100.9', 'ravi@acme.example'))), 'told');
});

test('AU-05 colleagues who sign in with the right password never wait for each other', async () => {
  const two = instances(2);
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      answer((two[i % 2] as AttemptLimiter).recordSuccess(guess('198.51.100.10', `${i}@acme.example`))),
    ),
  );
  assert.deepEqual(new Set(answers), new Set(['told']));
});

test('AU-05 what fails at one entrance closes no other', async () => {
  const [limiter] = instances(1) as [AttemptLimiter];
  for (let i = 0; i < 11; i++)
    await answer(limiter.recordFailure({ entrance: 'access_token', address: '203.0.113.3' }));
  assert.notEqual(await answer(limiter.assertAllowed({ entrance: 'access_token', address: '203.0.113.3' })), 'told');
  for (const entrance of ['renewal', 'operator_key', 'connection'] as const) {
    assert.equal(await answer(limiter.assertAllowed({ entrance, address: '203.0.113.3' })), 'told');
  }
  assert.equal(await answer(limiter.assertAllowed(guess('203.0.113.3'))), 'told');
});

for (const [entrance, { name, max }] of [
  ['renewal', { name: 'failedRenewalsPerAddress', max: 30 }],
  ['access_token', { name: 'failedAccessTokensPerAddress', max: 10 }],
  ['operator_key', { name: 'failedOperatorKeysPerAddress', max: 10 }],
  ['connection', { name: 'failedConnectionsPerAddress', max: 30 }],
  ['provider_sign_in', { name: 'failedProviderSignInsPerAddress', max: 30 }],
] as const) {
  test(`AU-05 whoever has to wait is told which limit they have reached: ${name}`, async () => {
    const [limiter] = instances(1) as [AttemptLimiter];
    const attempt = { entrance, address: '203.0.113.6' };
    for (let i = 0; i < max; i++) await limiter.recordFailure(attempt);
    const message = 'Too many attempts failed. Wait before the next one.';
    const refusal = { code: 'rate_limited', message, retryable: true, limit: { name, max } };
    await assert.rejects(limiter.recordFailure(attempt), refusal);
    await assert.rejects(limiter.assertAllowed(attempt), refusal);
  });
}

for (const [what, guessOf, limit] of [
  ['one account from one address', () => guess('203.0.113.8'), { name: 'failedSignInsPerAccountAndAddress', max: 5 }],
  [
    'one account from everywhere',
    (i: number) => guess(`203.0.113.${100 + i}`),
    { name: 'failedSignInsPerAccount', max: 30 },
  ],
  [
    'one address',
    (i: number) => guess('203.0.113.9', `${i}@acme.example`),
    { name: 'failedSignInsPerAddress', max: 30 },
  ],
] as const) {
  test(`AU-05 whoever guesses passwords is told which limit they have reached: ${what}`, async () => {
    const [limiter] = instances(1) as [AttemptLimiter];
    for (let i = 0; i < limit.max; i++) await limiter.recordFailure(guessOf(i));
    await assert.rejects(limiter.recordFailure(guessOf(limit.max)), { code: 'rate_limited', limit });
  });
}

for (const [what, fault] of [
  ['unreachable', (proxy: FaultProxy) => proxy.cut()],
  ['silent', (proxy: FaultProxy) => proxy.blackHole()],
] as const) {
  test(`AU-05 while Redis is ${what} each instance limits alone, from what it has counted before`, async (t) => {
    const proxy = await FaultProxy.open(stores.redisUrl());
    t.after(() => proxy[Symbol.asyncDispose]());
    const redis = new Redis(proxy.url, { maxRetriesPerRequest: 1 });
    t.after(() => redis.disconnect());
    redis.on('error', () => undefined);
    await redis.ping();
    const [limiter] = instances(1, { redis }) as [AttemptLimiter];
    const told: ('told' | number)[] = [];
    for (let i = 0; i < 3; i++) told.push(await answer(limiter.recordFailure(guess('203.0.113.4'))));
    fault(proxy);
    const began = performance.now();
    for (let i = 0; i < 3; i++) told.push(await answer(limiter.recordFailure(guess('203.0.113.4'))));
    assert.ok(performance.now() - began < 1_500, 'it is waited for once');
    assert.deepEqual(told.slice(0, 5), Array(5).fill('told'));
    assert.equal(Math.round(Number(told[5]) / MINUTE), 15);
  });
}

test('AU-05 an instance that is just connecting to Redis counts with the others, from its first guess', async (t) => {
  const proxy = await FaultProxy.open(stores.redisUrl());
  t.after(() => proxy[Symbol.asyncDispose]());
  proxy.delay(40);
  const redis = new Redis(proxy.url, { maxRetriesPerRequest: 1 });
  t.after(() => redis.disconnect());
  // Of the same deployment: both know the counters by the same names.
  const pseudonym = (text: string): string => createHash('sha256').update(`${proxy.url} ${text}`).digest('base64url');
  const [old] = instances(1, { pseudonym }) as [AttemptLimiter];
  const [fresh] = instances(1, { pseudonym, redis }) as [AttemptLimiter];
  for (let i = 0; i < 5; i++) await answer(old.recordFailure(guess('203.0.113.9')));
  redis.disconnect(true);
  await once(redis, 'connecting');
  assert.notEqual(await answer(fresh.recordFailure(guess('203.0.113.9'))), 'told');
});

test('AU-05 the log says once who has to wait and how long, and names nobody', async () => {
  const lines: string[] = [];
  const counted: string[] = [];
  const log = {
    ...silentLogger,
    warn: (facts: object, message: string) => lines.push(JSON.stringify({ ...facts, message })),
  };
  const metrics = {
    ...noMetrics,
    count: (name: string, labels: object = {}) => counted.push(`${name} ${JSON.stringify(labels)}`),
  };
  const [limiter] = instances(1, { log, metrics }) as [AttemptLimiter];
  for (let i = 0; i < 8; i++) await answer(limiter.recordFailure(guess('203.0.113.5')));
  assert.equal(lines.length, 1);
  assert.match(
    lines[0] as string,
    /"entrance":"sign_in","by":"account_and_address","address":"203.0.113.5","account":"[\w-]+","retryAfterMs":(900000|899\d\d\d),/,
  );
  assert.doesNotMatch(lines.join(), /dana|acme/i);
  assert.equal(counted.filter((one) => one.startsWith('auth_attempts_failed_total')).length, 8);
  const refused = 'auth_attempts_refused_total {"entrance":"sign_in","by":"account_and_address"}';
  assert.equal(counted.filter((one) => one === refused).length, 3);
});

test('AU-05 what an attempt counts in at once stands in one slot of a cluster', async () => {
  const [limiter] = instances(1) as [AttemptLimiter];
  const { crossed, seen } = await crossedSlots(stores.redis(), async () => {
    for (const entrance of Object.keys(BUDGETS) as Attempt['entrance'][]) {
      const attempt = { ...guess('203.0.113.77'), entrance };
      await limiter.assertAllowed(attempt);
      await limiter.recordFailure(attempt);
      await limiter.recordSuccess(attempt);
    }
  });
  assert.deepEqual(crossed, []);
  assert(seen >= 3 * Object.keys(BUDGETS).length, `${seen} scripts ran`);
});

/** How often Redis is asked. */
function countedRedis(): { redis: Redis; asked: () => number } {
  const redis = new Redis(stores.redisUrl());
  let asked = 0;
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (...command) => {
    asked += 1;
    return send(...command);
  };
  return { redis, asked: () => asked };
}

test('AU-05 whoever is known to wait is refused from memory, also for what other instances have counted', async (t) => {
  const { redis, asked } = countedRedis();
  t.after(() => redis.disconnect());
  await redis.ping();
  const [here] = instances(1, { redis }) as [AttemptLimiter];
  const attempt = { entrance: 'renewal', address: '203.0.113.10' } as const;
  let before = asked();
  const answers = await Promise.all(Array.from({ length: 250 }, () => answer(here.recordFailure(attempt))));
  assert.equal(answers.filter((one) => one === 'told').length, 30);
  assert.ok(asked() - before <= 2 * 30, `Redis was asked ${asked() - before} times about 250 failures`);
  before = asked();
  assert.notEqual(await answer(here.assertAllowed(attempt)), 'told');
  assert.equal(asked(), before);
});

test('AU-05 a wait that another instance has brought about is asked for once', async (t) => {
  const { redis, asked } = countedRedis();
  t.after(() => redis.disconnect());
  await redis.ping();
  const scenario = stores.ids.next('req');
  const pseudonym = (text: string): string => createHash('sha256').update(`${scenario} ${text}`).digest('base64url');
  const [there] = instances(1, { pseudonym }) as [AttemptLimiter];
  const [here] = instances(1, { pseudonym, redis }) as [AttemptLimiter];
  const attempt = { entrance: 'renewal', address: '203.0.113.11' } as const;
  for (let i = 0; i < 30; i++) await there.recordFailure(attempt);
  const before = asked();
  for (let i = 0; i < 5; i++) assert.notEqual(await answer(here.assertAllowed(attempt)), 'told');
  assert.equal(asked(), before + 1);
});

test('AU-05 who comes back to a network is known there, on any instance, and nowhere else', async () => {
  const [here, there] = instances(2) as [AttemptLimiter, AttemptLimiter];
  await here.recordSuccess(guess('198.51.100.11'));
  assert.equal(await there.isKnown(guess('198.51.100.11', ' DANA@acme.example')), true);
  assert.equal(await there.isKnown(guess('198.51.100.12')), false);
  assert.equal(await there.isKnown(guess('198.51.100.11', 'ravi@acme.example')), false);
  assert.equal(await there.isKnown({ entrance: 'renewal', address: '198.51.100.11' }), false);
});

test('AU-05 Redis counts as an instance does, whatever happens when', async () => {
  const counters = (key: string) => [
    { key: `${key}:pair`, budget: BUDGETS.sign_in.account_and_address },
    { key: `${key}:address`, budget: { ...BUDGETS.connection.address, failures: 7 } },
  ];
  const step = fc.record({
    step: fc.constantFrom('look', 'fail', 'fail', 'fail', 'succeed' as const),
    laterMs: fc.constantFrom(0, 1, 5_000, MINUTE, 15 * MINUTE, 24 * 60 * MINUTE),
    which: fc.constantFrom([0], [1], [0, 1]),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const clock = new ControlledClock();
      const local = new LocalCounters(clock);
      const shared = new SharedCounters(stores.redis(), { clock, time: clock, log: silentLogger });
      const all = counters(`test:${stores.ids.next('req')}`);
      for (const { step: what, laterMs, which } of steps) {
        clock.advance(laterMs);
        const some = which.map((i) => all[i] as (typeof all)[number]);
        assert.deepEqual(await shared.apply(what as 'look', some), local.apply(what as 'look', some));
      }
    }),
    { numRuns: 60 },
  );
});
