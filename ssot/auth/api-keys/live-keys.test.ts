import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { silentLogger, type Id, type Transaction, type Transactions } from '../../kernel';
import { sha256 } from '../sealing';
import { LiveKeys } from './live-keys';

const DAY_MS = 86_400_000;

void test('AU-12 of more keys than one would have the last use is not remembered, and written down once more', async () => {
  const clock = new ControlledClock();
  let asked = '';
  let noted = 0;
  const row = () => ({
    ...{ key_id: asked, tenant_id: 'tenant', user_id: 'user', secret_hash: sha256('secret'), scopes: ['usage:read'] },
    ...{ expires_at: new Date(clock.now() + DAY_MS), last_used_at: null },
    ...{ role: 'owner', plan: 'free', is_suspended: false },
  });
  const tx = { query: () => Promise.resolve([row()]), execute: () => Promise.resolve({ rows: (noted += 1) }) };
  const db = { asService: (_: unknown, body: (tx: Transaction) => unknown) => body(tx as unknown as Transaction) };
  const keys = new LiveKeys({ clock, log: silentLogger, db: db as unknown as Transactions });
  const use = async (id: string): Promise<void> => {
    asked = id;
    await keys.check(id as Id<'key'>, 'secret');
  };
  await use('one');
  await use('one');
  assert.equal(noted, 1);
  for (let other = 0; other < 10_000; other++) await use(`other ${other}`);
  await use('one');
  assert.equal(noted, 10_002);
});
