import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportedOf } from '../../../support/module-tests/customer-data/told-of';
import { StateTest } from '../../../support/module-tests/state/state-test';
import { HABIT, NOTE, PLAN } from '../../../world/modules/state-manager/kinds';
import type { UserId } from '../../kernel';

/** Of two people, together more than Redis gives at a time. */
const MANY = 600;
const AT_ONCE = 100;
const range = (from: number, length: number): readonly number[] => Array.from({ length }, (_, index) => from + index);

void test('ST-11 a person who is erased leaves no key in Redis, however many there were, and every colleague keeps theirs', async () => {
  await using t = new StateTest();
  const [state, dana, ravi] = [await t.instance(), t.who('Dana'), t.who('Ravi')];
  for (let n = 0; n < MANY; n += AT_ONCE)
    for (const who of [dana, ravi])
      await Promise.all(range(n, AT_ONCE).map((id) => state.put(who, NOTE, { id: `thread ${id}` }, id)));
  const { customerData } = state;
  const { tenantId } = dana;
  const keysOf = async (userId?: UserId): Promise<number> =>
    (await customerData.count({ tenantId, ...(userId && { userId }) }))[0]?.rows ?? 0;
  const [his, all] = [await keysOf(ravi.userId), await keysOf()];
  assert(his >= MANY && all >= 2 * MANY, `${his} of ${all} keys`);
  await customerData.erase({ tenantId, userId: dana.userId });
  assert.deepEqual([await keysOf(dana.userId), await keysOf(ravi.userId)], [0, his]);
  await assert.rejects(state.put(dana, NOTE, { id: 'thread 0' }, 'back again'), { code: 'state_erased' });
  const listed = await t.notes.instances.redis().zscore('sm:tenants:any', `sm:{${tenantId}}:`);
  assert.notEqual(listed, null, 'what her colleague keeps is still cleared away when it has ended');
  assert.equal((await state.get(ravi, NOTE, { id: 'thread 0' }))?.value, 0);
});

void test('ST-11 a company that is erased leaves no key in Redis, and its neighbour keeps its own', async () => {
  await using t = new StateTest();
  const [state, dana, leo] = [await t.instance(), t.who('Dana'), t.who('Leo')];
  for (const name of ['Dana', 'Ravi', 'Leo'] as const)
    for (const kind of [HABIT, PLAN]) await state.put(t.who(name), kind, kind === HABIT ? {} : { id: 'Q3' }, name);
  await state.customerData.erase({ tenantId: dana.tenantId });
  for (const list of ['sm:tenants:any', 'sm:tenants:durable'])
    assert.equal(await t.notes.instances.redis().zscore(list, `sm:{${dana.tenantId}}:`), null);
  assert.deepEqual(await state.customerData.count({ tenantId: dana.tenantId }), [{ place: 'redis', rows: 0 }]);
  assert.equal((await state.get(leo, HABIT, {}))?.value, 'Leo');
});

void test('ST-11 an export says which entries there are and until when, and never what stands in them', async () => {
  await using t = new StateTest();
  const [state, dana] = [await t.instance(), t.who('Dana')];
  const createdAt = new Date(t.clock.now()).toISOString();
  await state.put(dana, NOTE, { id: 'Q3 spend' }, 'compare');
  t.clock.advance(1_000);
  const updatedAt = new Date(t.clock.now()).toISOString();
  const { expiresAt } = await state.put(dana, NOTE, { id: 'Q3 spend' }, 'compare prices');
  await state.put(t.who('Ravi'), NOTE, { id: 'Q3 spend' }, 'hire');
  const records = await exportedOf(state.customerData, { tenantId: dana.tenantId, userId: dana.userId });
  const entry = `${dana.userId}:thread:Q3%20spend:spec-note:~`;
  const times = { createdAt, updatedAt, endsAt: expiresAt.toISOString() };
  assert.deepEqual(records, [{ place: 'redis', record: { entry, ...times } }]);
});
