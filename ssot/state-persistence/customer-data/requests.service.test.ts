import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ErasureTest } from '../../../support/module-tests/customer-data/erasure-test';
import { ownDatabase } from '../../../support/module-tests/own-database';
import { stores } from '../../../support/module-tests/stores';
import { persistenceSchemaChanges, type InSameTransaction } from '..';

const nothingElse = (): Promise<void> => Promise.resolve();
const UNKNOWN = {
  ...{ code: 'persistence_subject_unknown', field: 'userId' },
  message: 'There is no such person in your company.',
};

describe('what is asked of customer data', () => {
  const own = ownDatabase(persistenceSchemaChanges);

  void it('SP-09 the same request is the same erasure, and its key is nobody else’s', async () => {
    const t = new ErasureTest(own.db);
    const [dana, ravi, requests] = [t.person(), t.person(), t.requests()];
    await using _ = await requests.start();
    // It stays under way.
    t.module('agents').before = () => new Promise(() => undefined);
    const heard: boolean[] = [];
    const decide: InSameTransaction = (_, { isHeld }) => Promise.resolve(void heard.push(isHeld));
    const first = await requests.erase(t.by, dana, decide, 'key-1');
    assert.deepEqual(first, {
      ...{ userId: dana, state: 'erasing', requestedAt: first.requestedAt, doneAt: null },
      ...{ emptied: [], failing: null },
    });
    for (const key of ['key-1', 'key-2', undefined]) {
      assert.deepEqual(await requests.erase(t.by, dana, decide, key), first);
    }
    assert.deepEqual(heard, [false]);
    await assert.rejects(requests.erase(t.by, ravi, decide, 'key-1'), {
      ...{ code: 'persistence_request_key_reused', field: 'idempotency-key' },
      message: 'This Idempotency-Key belongs to another erasure. Give each its own.',
    });
    assert.deepEqual(await requests.erasures(t.tenantId), [first]);
    assert.deepEqual(await requests.erasure(t.by, dana), first);
  });

  void it('SP-09 of whom there is nothing, nothing is erased, told or looked for', async () => {
    const t = new ErasureTest(own.db);
    const [dana, requests] = [t.person(), t.requests()];
    await using _ = await requests.start();
    const stranger = stores.ids.next('user');
    await assert.rejects(requests.erase(t.by, stranger, nothingElse), UNKNOWN);
    await assert.rejects(requests.erasure(t.by, stranger), UNKNOWN);
    await assert.rejects(requests.assertKnown({ tenantId: t.tenantId, userId: stranger }), UNKNOWN);
    await requests.assertKnown({ tenantId: t.tenantId, userId: dana });
    assert.deepEqual(await requests.count({ tenantId: t.tenantId, userId: stranger }), []);
    assert.deepEqual(await requests.erasures(t.tenantId), []);
  });

  void it('SP-08 a legal hold is of one person or of all, once, with its newest reason, until it is lifted', async () => {
    const t = new ErasureTest(own.db);
    const [dana, requests] = [t.person(), t.requests()];
    await using _ = await requests.start();
    const heard: boolean[] = [];
    const decide: InSameTransaction = (_, { isHeld }) => Promise.resolve(void heard.push(isHeld));
    const NONE = { code: 'persistence_not_held', message: 'There is no legal hold to lift.' };
    await assert.rejects(requests.lift(t.by, dana, decide), NONE);
    await requests.hold(t.by, { userId: dana, reason: 'a claim' }, decide);
    await requests.hold(t.by, { userId: dana, reason: 'another claim' }, decide);
    const placed = { placedBy: t.by.userId, placedAt: new Date(t.clock.now()) };
    assert.deepEqual(await requests.holds(t.by), [{ userId: dana, reason: 'another claim', ...placed }]);
    await assert.rejects(requests.lift(t.by, undefined, decide), NONE);
    await requests.lift(t.by, dana, decide);
    assert.deepEqual([await requests.holds(t.by), heard], [[], [true, true, false]]);
    await requests.hold(t.by, { reason: 'an order of a court' }, decide);
    assert.deepEqual(await requests.holds(t.by), [{ reason: 'an order of a court', ...placed }]);
    assert.equal((await requests.erase(t.by, dana, decide)).state, 'held');
    assert.deepEqual(heard.slice(3), [true, true]);
  });
});
