import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { KeyRing, type MasterKey, type Sql, type Transaction, type Transactions } from '../kernel';
import { recogniseKeys } from './master-keys';

const key = (id: string): MasterKey => ({ id, key: randomBytes(32) });

/** The table of master keys, as a port that records. */
class Table {
  readonly rows: { key_id: unknown; proof: unknown }[] = [];

  start(...keys: readonly MasterKey[]): Promise<void> {
    const tx = {
      query: () => Promise.resolve([...this.rows]),
      execute: ({ values: [key_id, proof] }: Sql) => Promise.resolve({ rows: this.rows.push({ key_id, proof }) }),
    };
    const db = { asService: (_: unknown, body: (tx: Transaction) => unknown) => body(tx as unknown as Transaction) };
    return recogniseKeys(db as unknown as Transactions, new KeyRing(keys));
  }
}

const [first, second, third] = [key('first'), key('second'), key('third')];

void test('CF-06 an instance starts with the first keys there are, and through a rotation', async () => {
  const table = new Table();
  await table.start(first);
  await table.start(first, second);
  await table.start(second, first);
  await table.start(second);
  assert.deepEqual(
    table.rows.map(({ key_id }) => key_id),
    ['first', 'second'],
  );
});

void test('CF-06 a key that an earlier release has noted is known', async () => {
  const table = new Table();
  const proof = Buffer.from('71226dd7ea56bf292799c9b17727cacc81f4590aa47593de818ebf3d64eff618', 'hex');
  table.rows.push({ key_id: 'first', proof });
  await table.start({ id: 'first', key: createHash('sha256').update('first').digest() });
  assert.equal(table.rows.length, 1);
});

void test('CF-06 the start is refused when no key of the ring was ever used here, and nothing is noted', async () => {
  const table = new Table();
  await table.start(second, first);
  await assert.rejects(table.start(third), {
    ...{ code: 'keys_unknown', field: 'MASTER_KEYS' },
    message: /None of the master keys is known here; known are first, second\./,
  });
  assert.equal(table.rows.length, 2);
});

void test('CF-06 the start is refused when another key has the id of a known one', async () => {
  const table = new Table();
  await table.start(first, second);
  await assert.rejects(table.start(second, key('first')), { code: 'keys_unknown', message: /"first" is not the one/ });
});
