import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CustomerDataTest, type Somebody } from '../../../support/module-tests/customer-data/customer-data-test';
import { stores } from '../../../support/module-tests/stores';

const nothingElse = (): Promise<void> => Promise.resolve();
const UNKNOWN = {
  ...{ code: 'persistence_subject_unknown', field: 'userId' },
  message: 'There is no such person in your company.',
};

describe('what is asked of customer data', () => {
  void it('SP-09 the same request is the same erasure, and its key is nobody else’s', async () => {
    await using t = new CustomerDataTest();
    await t.fill(3);
    const [dana, by, ravi] = t.people as readonly [Somebody, Somebody, Somebody];
    const ctx = t.contextOf(by);
    // It stays under way.
    const requests = t.requests(
      t.modules.map((module) => ({
        name: module.name,
        count: (subject) => module.count(subject),
        export: (subject) => module.export(subject),
        erase: () => new Promise<void>(() => undefined),
      })),
    );
    let decided = 0;
    const decide = (): Promise<void> => Promise.resolve(void (decided += 1));
    const first = await requests.erase(ctx, dana.userId, decide, 'key-1');
    assert.deepEqual(first, {
      ...{ userId: dana.userId, state: 'erasing', requestedAt: first.requestedAt, doneAt: null },
      ...{ emptied: [], failing: null },
    });
    for (const key of ['key-1', 'key-2', undefined]) {
      assert.deepEqual(await requests.erase(ctx, dana.userId, decide, key), first);
    }
    assert.equal(decided, 1);
    await assert.rejects(requests.erase(ctx, ravi.userId, decide, 'key-1'), {
      ...{ code: 'persistence_request_key_reused', field: 'idempotency-key' },
      message: 'This Idempotency-Key belongs to another erasure. Give each its own.',
    });
    assert.deepEqual(await requests.erasures(t.tenantId), [first]);
    assert.deepEqual(await requests.erasure(ctx, dana.userId), first);
  });

  void it('SP-09 of whom there is nothing, nothing is erased, told or looked for', async () => {
    await using t = new CustomerDataTest();
    await t.fill(2);
    const requests = t.requests();
    const ctx = t.contextOf(t.people[1] as Somebody);
    const stranger = stores.ids.next('user');
    await assert.rejects(requests.erase(ctx, stranger, nothingElse), UNKNOWN);
    await assert.rejects(requests.erasure(ctx, stranger), UNKNOWN);
    await assert.rejects(requests.assertKnown({ tenantId: t.tenantId, userId: stranger }), UNKNOWN);
    await requests.assertKnown({ tenantId: t.tenantId, userId: (t.people[0] as Somebody).userId });
    assert.deepEqual(await requests.count({ tenantId: t.tenantId, userId: stranger }), []);
    assert.deepEqual(await requests.erasures(t.tenantId), []);
  });

  void it('SP-08 a legal hold is of one person or of all, once, with its newest reason, until it is lifted', async () => {
    await using t = new CustomerDataTest();
    await t.fill(2);
    const [dana, by] = t.people as readonly [Somebody, Somebody];
    const requests = t.requests();
    const ctx = t.contextOf(by);
    const heard: boolean[] = [];
    const decide = (_: unknown, { isHeld }: { readonly isHeld: boolean }): Promise<void> =>
      Promise.resolve(void heard.push(isHeld));
    const NONE = { code: 'persistence_not_held', message: 'There is no legal hold to lift.' };
    await assert.rejects(requests.lift(ctx, dana.userId, decide), NONE);
    await requests.hold(ctx, { userId: dana.userId, reason: 'a claim' }, decide);
    await requests.hold(ctx, { userId: dana.userId, reason: 'another claim' }, decide);
    const placed = { placedBy: by.userId, placedAt: new Date(t.clock.now()) };
    assert.deepEqual(await requests.holds(ctx), [{ userId: dana.userId, reason: 'another claim', ...placed }]);
    await assert.rejects(requests.lift(ctx, undefined, decide), NONE);
    await requests.lift(ctx, dana.userId, decide);
    assert.deepEqual([await requests.holds(ctx), heard], [[], [true, true, false]]);
    await requests.hold(ctx, { reason: 'an order of a court' }, decide);
    assert.deepEqual(await requests.holds(ctx), [{ reason: 'an order of a court', ...placed }]);
    assert.equal((await requests.erase(ctx, dana.userId, decide)).state, 'held');
    assert.deepEqual(heard.slice(3), [true, true]);
  });
});
