import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger, vouchFor, type TenantId, type UserId } from '../../../kernel';
import type { LeasedSlot, LeasedSlots } from '../../contract';
import { ConnectionSlots } from './connection-slots';

const leo = vouchFor({
  ...{ tenantId: 'birch' as TenantId, userId: 'leo' as UserId, plan: 'free', permissions: ['chat:use'] },
});
const limits = () => Promise.resolve({ connectionsPerPerson: 10, connectionsPerTenant: 1_000 });

/** Slots whose leases have lapsed whenever they are renewed; each answer waits until it is let through. */
class LapsedSlots implements LeasedSlots {
  taken = 0;
  released = 0;
  taking = Promise.withResolvers<void>();
  readonly renewing = Promise.withResolvers<void>();

  async takeSlot(): Promise<LeasedSlot> {
    this.taken += 1;
    await this.taking.promise;
    return {
      renew: () => this.renewing.promise.then(() => false),
      [Symbol.asyncDispose]: async () => void (this.released += 1),
    };
  }
}

for (const [what, isKnown, taken] of [
  ['before it is known that they have lapsed', false, 2],
  ['while others are taken for them', true, 4],
] as const) {
  void test(`WS-02 a connection that ends while its slots are renewed leaves none behind: ${what}`, async () => {
    const slots = new LapsedSlots();
    slots.taking.resolve();
    const lease = await new ConnectionSlots(slots, limits, silentLogger).acquire(leo);
    slots.taking = Promise.withResolvers();
    const renewed = lease.renew();
    if (isKnown) slots.renewing.resolve();
    await new Promise(setImmediate);
    lease[Symbol.dispose]();
    slots.renewing.resolve();
    slots.taking.resolve();
    await renewed;
    assert.deepEqual([slots.taken, slots.released], [taken, taken]);
  });
}
