import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crossedSlots } from '../../../support/module-tests/state/crossed-slots';
import { StateTest } from '../../../support/module-tests/state/state-test';
import { eventually } from '../../../world/eventually';
import { NOTE, PLAN } from '../../../world/modules/state-manager/kinds';
import type { StateManager } from '../contract';

const DAY = 86_400_000;
const at = { id: 'Q3 spend' };
const pool = { scope: 'user', name: 'connections' } as const;

/** Everything that is asked of working state, so that every script of it runs. */
async function everything(t: StateTest, state: StateManager): Promise<void> {
  const dana = t.who('Dana');
  for (const kind of [NOTE, PLAN]) {
    await state.put(dana, kind, at, 'compare prices', { writeId: 'once' });
    await state.update(dana, kind, at, () => 'compare all prices');
    await state.get(dana, kind, at);
    await state.list(dana, kind, { limit: 1 });
    await state.put(dana, kind, { id: 'gone' }, 'x');
    await state.remove(dana, kind, { id: 'gone' });
    await state.clear(dana, { scope: 'thread', id: at.id });
    await state.put(dana, kind, at, 'ends', { lifetimeMs: 1_000 });
  }
  const slot = await state.takeSlot(dana, pool, { limit: 1, leaseMs: 60_000 });
  assert(!('full' in slot));
  await slot.renew();
  await slot[Symbol.asyncDispose]();
  await state.hint({ ctx: dana, scope: 'user' });
  await state.health();
  t.notes.instances.endQuietly(DAY);
  t.clock.advance(30_000);
  await eventually(async () => assert.deepEqual(await t.stored.entryKeys('Dana'), []));
  await state.clear(dana, { user: dana.userId });
  await state.customerData.erase({ tenantId: dana.tenantId });
}

void test('ST-05 whatever working state does at once stands in one slot of a cluster, so it lands whole there too', async () => {
  await using t = new StateTest();
  const state = await t.notes.serveWith({ clock: t.clock });
  const { crossed, seen } = await crossedSlots(t.notes.instances.redis(), () => everything(t, state));
  assert.deepEqual(crossed, []);
  // Each is sent once where Redis knows it already.
  assert(seen > 25, `${seen} scripts ran`);
});
