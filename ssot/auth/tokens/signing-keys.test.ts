import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createIdSource } from '../../id-manager';
import {
  KeyRing,
  noMetrics,
  silentLogger,
  systemClock,
  systemRandom,
  type MasterKey,
  type Sql,
  type Transaction,
  type Transactions,
} from '../../kernel';
import type { AuthDeps } from '../contract';
import { Seal } from '../sealing';
import { loadSigningKey, type SigningKey } from './signing-keys';

const machine = { clock: systemClock, random: systemRandom, metrics: noMetrics };
const ids = createIdSource({ ...machine, logger: silentLogger });
const key = (id: string): MasterKey => ({ id, key: randomBytes(32) });

/** The table of signing keys, and what was logged of it. */
class Table {
  readonly rows: { kid: unknown; public_jwk: unknown; sealed_private: unknown }[] = [];
  readonly errors: object[] = [];
  locks = 0;

  load(...keys: readonly MasterKey[]): Promise<SigningKey> {
    const tx = {
      query: () => Promise.resolve(this.rows.slice(-1)),
      execute: ({ text, values: [kid, jwk, sealed_private] }: Sql) => {
        if (text.includes('lock')) this.locks += 1;
        if (!text.includes('insert')) return Promise.resolve({ rows: 0 });
        return Promise.resolve({ rows: this.rows.push({ kid, public_jwk: JSON.parse(String(jwk)), sealed_private }) });
      },
    };
    const db = {
      asService: (_: unknown, body: (tx: Transaction) => unknown) => body(tx as unknown as Transaction),
    } as unknown as Transactions;
    const log = { ...silentLogger, error: (facts: object) => void this.errors.push(facts) };
    return loadSigningKey({ ...machine, db, ids, log } as unknown as AuthDeps, new Seal(new KeyRing(keys)));
  }
}

const [first, second] = [key('first'), key('second')];

void test('AU-01 the published key says what it is for, and holds no private part', async () => {
  const { kid, jwk } = await new Table().load(first);
  assert.match(kid, /^key_[0-9a-z]{26}$/);
  const { x, y, ...rest } = jwk;
  assert.deepEqual(rest, { kid, kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' });
  assert.deepEqual([typeof x, typeof y], ['string', 'string']);
});

void test('AU-01 whoever finds the signing key waits for no other instance; whoever makes one excludes the others', async () => {
  const table = new Table();
  await table.load(first);
  assert.equal(table.locks, 1);
  await table.load(first);
  assert.equal(table.locks, 1);
});

void test('CF-06 the signing key outlives a rotation of the master key', async () => {
  const table = new Table();
  const { kid } = await table.load(first);
  assert.equal((await table.load(second, first)).kid, kid);
  assert.equal(table.rows.length, 1);
});

void test('CF-06 a signing key whose master key is lost is replaced, and operators are told which key it was', async () => {
  const table = new Table();
  const { kid } = await table.load(first);
  const replaced = await table.load(second);
  assert.notEqual(replaced.kid, kid);
  assert.equal((await table.load(second)).kid, replaced.kid);
  assert.equal(table.rows.length, 2);
  assert.equal(table.errors.length, 1);
  assert.match(JSON.stringify(table.errors), new RegExp(`${kid}.*master key \\\\"first\\\\"`));
});
