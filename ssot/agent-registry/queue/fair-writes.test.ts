import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { Foreground, vouchFor, type TenantContext, type TenantId, type Transactions, type UserId } from '../../kernel';
import { fairWrites } from './fair-writes';

function somebodyOf(company: string): TenantContext {
  return vouchFor({ tenantId: company as TenantId, userId: 'user' as UserId, plan: 'enterprise', permissions: [] });
}

void test("AG-08 however many runs of a company write, a neighbour's write begins at once", async () => {
  const begun: string[] = [];
  const end = Promise.withResolvers<never>();
  const db: Transactions = {
    transaction: ({ tenantId }) => {
      begun.push(tenantId);
      return end.promise;
    },
    asService: () => end.promise,
  };
  const writes = fairWrites(db, new ControlledClock());
  const companies = [...Array.from({ length: 50 }, () => 'Acme'), 'Birch', 'Cedar'];
  const all = companies.map((company) => writes.transaction(somebodyOf(company), () => Promise.resolve()));
  await turn();
  assert.deepEqual(begun, ['Acme', 'Birch', 'Cedar']);
  end.reject(new Error('over'));
  await Promise.allSettled(all);
  assert.equal(begun.length, 52);
});

void test('AG-08 the writes of a crowd give way while somebody else signs in, those of a neighbour do not', async () => {
  const begun: string[] = [];
  const end = Promise.withResolvers<void>();
  const db = {
    transaction: ({ tenantId }: TenantContext) => Promise.resolve(void begun.push(tenantId)),
  } as unknown as Transactions;
  const foreground = new Foreground();
  const signIn = foreground.run(undefined, () => end.promise);
  const writes = fairWrites(db, new ControlledClock(), foreground);
  const companies = ['Birch', 'Acme', 'Acme', 'Acme', 'Acme', 'Birch'];
  const all = companies.map((company) => writes.transaction(somebodyOf(company), () => Promise.resolve()));
  await turn();
  assert.deepEqual(begun, ['Birch', 'Acme', 'Birch']);
  end.resolve();
  await Promise.all([signIn, ...all]);
  assert.deepEqual(begun.slice(3), ['Acme', 'Acme', 'Acme']);
});
