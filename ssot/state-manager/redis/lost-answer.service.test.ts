import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateTest } from '../../../support/module-tests/state/state-test';
import { stores } from '../../../support/module-tests/stores';
import { COUNTER } from '../../../world/modules/state-manager/kinds';
import { eventually } from '../../../world/eventually';
import { FaultProxy } from '../../../world/operations/fault-proxy';
import { systemClock } from '../../kernel';
import { connectRedis } from '..';

const at = { id: 'Q3 spend' };

/** What breaks the connection, for a moment, to an instance that is handed it. */
async function behindProxy(t: StateTest) {
  const proxy = await FaultProxy.open(stores.redisUrl());
  const redis = connectRedis(proxy.url);
  redis.on('error', () => undefined);
  return {
    state: await t.notes.serveWith({ clock: systemClock, redis }),
    loseAnswers: () => {
      proxy.cutAfterBytes(0, 'received');
      void eventually(() => assert.equal(proxy.open, 0)).then(() => proxy.restore());
    },
    [Symbol.asyncDispose]: () => {
      redis.disconnect();
      return proxy[Symbol.asyncDispose]();
    },
  };
}

void test('ST-04 a change whose answer is lost with its connection is made once: it is not sent again unknown to its caller', async () => {
  await using t = new StateTest();
  await using redis = await behindProxy(t);
  const { state } = redis;
  await state.update(t.who('Dana'), COUNTER, at, () => 1);
  const changed = state.update(t.who('Dana'), COUNTER, at, (now = 0) => {
    // What is read has arrived; what comes of the write will not.
    if (now === 1) redis.loseAnswers();
    return now + 1;
  });
  await assert.rejects(changed, { code: 'state_hot_unavailable', retryable: true });
  assert.equal((await state.get(t.who('Dana'), COUNTER, at))?.value, 2);
});

void test('ST-09 however much was under way on a connection that breaks, it is one failure: what comes next is answered', async () => {
  await using t = new StateTest();
  await using redis = await behindProxy(t);
  const { state } = redis;
  const put = (item: number) => state.put(t.who('Dana'), COUNTER, { ...at, item: `${item}` }, item);
  await put(0);
  redis.loseAnswers();
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, item) => put(item)));
  assert.deepEqual(new Set(outcomes.map(({ status }) => status)), new Set(['rejected']));
  assert.equal((await put(20)).version, 1);
});
