import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateTest } from '../../support/module-tests/state/state-test';
import { eventually } from '../../world/eventually';
import { NOTE, PLAN } from '../../world/modules/state-manager/kinds';
import type { OwnRedis } from '../../world/modules/state-manager/own-redis';

const at = { id: 'Q3 spend' };

/** How Redis fails without being away, how it is mended, what health says of it, and what a volatile write is told. */
interface Failure {
  readonly what: string;
  readonly fail: (redis: OwnRedis) => unknown;
  readonly mend: (redis: OwnRedis) => unknown;
  readonly cause: RegExp;
  readonly state?: string;
  readonly code?: string;
  readonly told?: RegExp;
}

const FAILURES: readonly Failure[] = [
  {
    what: 'it was demoted to a read-only replica',
    fail: (redis) => redis.demote(true),
    mend: (redis) => redis.demote(false),
    cause: /^Redis is a read-only replica\./,
  },
  {
    what: 'it is full',
    fail: (redis) => redis.configure('maxmemory', '1'),
    mend: (redis) => redis.configure('maxmemory', '0'),
    cause: /^Redis has no memory left/,
    code: 'state_out_of_memory',
  },
  {
    what: 'it does not let this login run scripts',
    fail: (redis) => Promise.all(['evalsha', 'eval'].map((command) => redis.permit(command, false))),
    mend: (redis) => Promise.all(['evalsha', 'eval'].map((command) => redis.permit(command, true))),
    cause: /^Redis does not let this login write/,
    told: /it answers NOPERM/,
  },
  {
    what: 'it does not let this login write',
    fail: (redis) => redis.permit('set', false),
    mend: (redis) => redis.permit('set', true),
    cause: /^Redis does not let this login write/,
    code: 'answered',
  },
  {
    what: 'it answers late',
    fail: (redis) => redis.proxy.delay(170),
    mend: (redis) => redis.proxy.restore(),
    cause: /^Redis takes [34]\d\d ms to answer\.$/,
    state: 'slow',
    code: 'answered',
  },
  {
    what: 'it answers after everybody has given up',
    fail: (redis) => redis.proxy.delay(400),
    mend: (redis) => redis.proxy.restore(),
    cause: /^Redis does not answer\.$/,
  },
  {
    what: 'something else answers at its address',
    fail: (redis) => redis.proxy.babble(),
    mend: (redis) => redis.proxy.restore(),
    cause: /^Redis does not answer\.$/,
  },
];

for (const { what, fail, mend, cause, state = 'down', code = 'state_hot_unavailable', told = /./ } of FAILURES) {
  void test(`ST-09 health names how Redis fails, what was acknowledged stays, and it is used again: ${what}`, async () => {
    await using t = new StateTest();
    await t.ownRedis.start();
    const [instance, dana] = [await t.instance(), t.who('Dana')];
    await instance.put(dana, NOTE, at, 'compare prices');
    await instance.put(dana, PLAN, at, 'must last');
    assert.equal((await instance.health()).state, 'up');
    await fail(t.ownRedis);
    await eventually(async () => {
      const health = await instance.health();
      assert.match(health.cause ?? '', cause);
      assert.equal(health.state, state);
    });
    const answer = await instance.put(dana, NOTE, { id: 'another' }, 'lost').then(
      () => ({ code: 'answered', message: 'answered' }),
      (error: unknown) => error as { code: string; message: string },
    );
    assert.equal(answer.code, code);
    assert.match(answer.message, told);
    assert.equal((await instance.get(dana, PLAN, at, { fresh: 'latest' }))?.value, 'must last');
    await mend(t.ownRedis);
    await eventually(async () => assert.equal((await instance.health()).state, 'up'));
    assert.equal((await instance.get(dana, NOTE, at))?.value, 'compare prices');
    assert.equal((await instance.put(dana, NOTE, at, 'hire')).version, 2);
  });
}

void test('ST-09 a Redis that comes back empty keeps what must last, from PostgreSQL, and takes notes again', async () => {
  await using t = new StateTest();
  await t.ownRedis.start();
  const [instance, dana] = [await t.instance(), t.who('Dana')];
  await instance.put(dana, NOTE, at, 'compare prices');
  await instance.put(dana, PLAN, at, 'must last');
  const heard: unknown[] = [];
  await instance.onHint({ ctx: dana, scope: 'thread', id: at.id }, (note) => heard.push(note));
  await t.ownRedis.restartEmpty();
  await eventually(async () => assert.equal((await instance.health()).state, 'up'));
  assert.equal((await instance.get(dana, PLAN, at, { fresh: 'latest' }))?.value, 'must last');
  assert.equal(await instance.get(dana, NOTE, at), undefined);
  assert.equal((await instance.put(dana, NOTE, at, 'anew')).version, 1);
  await eventually(() => assert.ok(heard.includes('some_may_be_missing')));
  await instance.hint({ ctx: dana, scope: 'thread', id: at.id }, 7);
  await eventually(() => assert.ok(heard.includes(7)));
});

void test('ST-09 when the address leads to another primary, the connection to the one that was demoted is given up', async () => {
  await using t = new StateTest();
  await t.ownRedis.start();
  const [instance, dana] = [await t.instance(), t.who('Dana')];
  await instance.put(dana, PLAN, at, 'must last');
  await t.ownRedis.failOver();
  await eventually(async () => assert.equal((await instance.health()).state, 'up'));
  assert.equal((await instance.get(dana, PLAN, at, { fresh: 'latest' }))?.value, 'must last');
  assert.equal((await instance.put(dana, NOTE, at, 'compare prices')).version, 1);
});

void test('ST-09 a Redis that refuses CONFIG, as managed ones do, is well', async () => {
  await using t = new StateTest();
  await t.ownRedis.start();
  await t.ownRedis.permit('config', false);
  assert.deepEqual((await (await t.instance()).health()).state, 'up');
});

void test('ST-09 health asks also while Redis has failed too often, and what it finds holds for everybody at once', async () => {
  await using t = new StateTest();
  await t.faults.serveBehindProxy('Redis');
  const instance = await t.instance();
  await t.faults.failUntilRefused('Dana');
  await t.faults.restore();
  await eventually(async () => assert.equal((await instance.health()).state, 'up'));
  assert.equal((await instance.put(t.who('Dana'), NOTE, at, 'compare prices')).version, 1);
});
