import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { OwnSchema } from '../../../support/module-tests/own-schema';
import { stores } from '../../../support/module-tests/stores';
import { servicePrincipal, sql, type ServicePrincipal } from '../../kernel';

const none = z.unknown();
const CROWD = 20;
const WORK_S = 0.2;

/** Milliseconds that `asking` waits for an answer while a crowd of `working` keeps its connections busy. */
async function waitOf(asking: ServicePrincipal, working: ServicePrincipal): Promise<number> {
  const db = await stores.database();
  await db.asService(asking, (tx) => tx.query(sql`select 1`, none), { readOnly: true });
  const crowd = Array.from({ length: CROWD }, () =>
    db.asService(working, (tx) => tx.query(sql`select pg_sleep(${WORK_S})`, none), { readOnly: true }),
  );
  const began = performance.now();
  await db.asService(asking, (tx) => tx.query(sql`select 1`, none), { readOnly: true });
  const waited = performance.now() - began;
  await Promise.all(crowd);
  return waited;
}

const shared = servicePrincipal('shared');
const own = servicePrincipal('own', { connections: 1 });

test('DB-05 whoever has connections of their own waits for nobody else', async () => {
  assert.ok((await waitOf(own, shared)) < WORK_S * 1_000 * 2);
});

test('DB-05 nobody waits for whoever has connections of their own', async () => {
  assert.ok((await waitOf(shared, own)) < WORK_S * 1_000 * 2);
});

test('DB-05 own connections have a real ceiling', async () => {
  assert.ok((await waitOf(own, own)) >= WORK_S * 1_000 * CROWD);
});

test('DB-09 whoever looks at the server sees what each connection is for', async () => {
  await using schema = await OwnSchema.create();
  const db = await schema.open();
  await db.health();
  await db.asService(own, (tx) => tx.query(sql`select 1`, none));
  const open = await schema.query(`select distinct application_name as name from pg_stat_activity`);
  const names = new Set(open.map(({ name }) => name));
  for (const purpose of ['app', 'service', 'own', 'health']) {
    assert(names.has(`platform-${purpose}`), `platform-${purpose} is not among ${[...names].join(', ')}`);
  }
});
