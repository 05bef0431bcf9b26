import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateTest } from '../../../support/module-tests/state/state-test';
import { stores } from '../../../support/module-tests/stores';
import { COUNTER } from '../../../world/modules/state-manager/kinds';
import { FaultProxy } from '../../../world/operations/fault-proxy';
import { systemClock } from '../../kernel';
import { connectRedis } from '..';

const at = { id: 'Q3 spend' };
/** Sooner than the platform connects again. */
const RESTORED_MS = 30;

void test('ST-04 a change whose answer is lost with its connection is made once: it is not sent again unknown to its caller', async () => {
  await using t = new StateTest();
  await using proxy = await FaultProxy.open(stores.redisUrl());
  const redis = connectRedis(proxy.url);
  redis.on('error', () => undefined);
  using _ = { [Symbol.dispose]: () => redis.disconnect() };
  const state = await t.notes.serveWith({ clock: systemClock, redis });
  await state.update(t.who('Dana'), COUNTER, at, () => 1);
  const changed = state.update(t.who('Dana'), COUNTER, at, (now = 0) => {
    // What is read has arrived; what comes of the write will not.
    if (now === 1) {
      proxy.cutAfterBytes(0, 'received');
      setTimeout(() => proxy.restore(), RESTORED_MS);
    }
    return now + 1;
  });
  await assert.rejects(changed, { code: 'state_hot_unavailable', retryable: true });
  assert.equal((await state.get(t.who('Dana'), COUNTER, at))?.value, 2);
});
