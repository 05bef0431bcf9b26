import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { OwnSchema, somebodyOf } from '../../../support/module-tests/own-schema';
import { eventually } from '../../../world/eventually';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { FaultProxy } from '../../../world/operations/fault-proxy';
import { addressOf } from '../../../world/settings';
import { servicePrincipal, sql, type Transaction } from '../../kernel';
import type { Database } from '../contract';
import type { DatabaseError } from '../errors';

const acme = somebodyOf('acme');
const service = servicePrincipal('looks');
const found = z.object({ id: z.number() });

let schema: OwnSchema;
let proxy: FaultProxy;
let db: Database;
before(async () => {
  schema = await OwnSchema.create();
  proxy = await FaultProxy.open(addressOf('SPEC_POSTGRES_URL'));
  db = await schema.open({ through: () => proxy.url });
});
after(async () => {
  proxy.restore();
  await schema[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
});

let next = 1;
function add(tx: Transaction, id: number): Promise<{ rows: number }> {
  return tx.execute(sql`insert into note (tenant_id, id) values ('acme', ${id})`);
}
/** The service login does not come through the proxy. */
async function isStored(id: number): Promise<boolean> {
  return (await db.asService(service, (tx) => tx.query(sql`select id from note where id = ${id}`, found))).length > 0;
}
function outcomeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'saved',
    (error: unknown) => (error as DatabaseError).code,
  );
}

void test('DB-04 a connection that breaks before the commit is sent: not saved, said so, and done once only', async () => {
  const id = next++;
  let attempts = 0;
  const outcome = await outcomeOf(
    db.transaction(acme, async (tx) => {
      attempts++;
      await add(tx, id);
      proxy.cut();
      await add(tx, id + 100_000);
    }),
  );
  proxy.restore();
  assert.deepEqual([outcome, attempts, await isStored(id)], ['database_connection_lost', 1, false]);
  await db.transaction(acme, (tx) => add(tx, id));
  assert.equal(await isStored(id), true, 'the next work lands');
});

void test('DB-04 a reply to the commit that is lost: the outcome is called unknown, never "not saved", and nothing is repeated', async () => {
  const id = next++;
  let attempts = 0;
  const outcome = await outcomeOf(
    db.transaction(acme, async (tx) => {
      attempts++;
      await add(tx, id);
      proxy.cutAfterBytes(0, 'received');
    }),
  );
  proxy.restore();
  assert.deepEqual([outcome, attempts, await isStored(id)], ['database_commit_unknown', 1, true]);
});

void test('DB-04 a commit that never arrives: the outcome is called unknown, and looking tells that it is not there', async () => {
  const id = next++;
  const outcome = await outcomeOf(
    db.transaction(acme, async (tx) => {
      await add(tx, id);
      proxy.cutAfterBytes(0, 'sent');
    }),
  );
  proxy.restore();
  assert.deepEqual([outcome, await isStored(id)], ['database_commit_unknown', false]);
});

void test('DB-04 a commit that is not answered within the limit: the outcome is called unknown, as it may still land', async () => {
  const id = next++;
  const swallowed = async (tx: Transaction): Promise<void> => {
    await add(tx, id);
    proxy.blackHole();
  };
  const outcome = await outcomeOf(db.transaction(acme, swallowed, { limitMs: 300 }));
  proxy.restore();
  assert.equal(outcome, 'database_commit_unknown');
  await eventually(async () => assert.equal(await isStored(id), true));
});

void test('DB-04 a commit that is not answered when the instance stops: the outcome is called unknown', async () => {
  const id = next++;
  const stopping = await schema.open({ through: () => proxy.url });
  const swallowed = async (tx: Transaction): Promise<void> => {
    await add(tx, id);
    proxy.blackHole();
  };
  const outcome = outcomeOf(stopping.transaction(acme, swallowed));
  await eventually(() => assert.equal(stopping.pool().inUse, 1));
  const drained = stopping.drain(300);
  await outcome;
  proxy.restore();
  await drained;
  assert.equal(await outcome, 'database_commit_unknown');
});

void test('DB-04 what was only read is there, whatever becomes of the end of its transaction', async () => {
  // None of its connections was cut by an earlier test.
  await using fresh = await schema.open({ through: () => proxy.url });
  const read = async (tx: Transaction): Promise<readonly { id: number }[]> => {
    const rows = await tx.query(sql`select 1 as id`, found);
    proxy.cutAfterBytes(0, 'received');
    return rows;
  };
  const rows = await fresh.transaction(acme, read, { readOnly: true });
  proxy.restore();
  assert.deepEqual(rows, [{ id: 1 }]);
});

void test('DB-06 idle connections that were cut are replaced, and nobody notices', async () => {
  const id = next++;
  await Promise.all(Array.from({ length: 5 }, () => db.transaction(acme, (tx) => tx.execute(sql`select 1`))));
  const lostBefore = db.pool().lost;
  proxy.cut();
  proxy.restore();
  const outcomes = await Promise.all(
    Array.from({ length: 5 }, (_, i) => outcomeOf(db.transaction(acme, (tx) => add(tx, id * 1_000 + i)))),
  );
  assert.deepEqual(new Set(outcomes), new Set(['saved']));
  assert.ok(db.pool().lost > lostBefore, 'and they are counted');
});

void test('DB-06 a network that swallows everything ends the work within its limit', async () => {
  const id = next++;
  const outcome = await outcomeOf(
    db.transaction(
      acme,
      async (tx) => {
        await add(tx, id);
        proxy.blackHole();
        await add(tx, id + 100_000);
      },
      { limitMs: 300 },
    ),
  );
  proxy.restore();
  assert.deepEqual([outcome, await isStored(id)], ['database_time_limit', false]);
});

void test('DB-09 health says what is wrong: away, hanging, and well again', async () => {
  proxy.blackHole();
  const hanging = await db.health();
  proxy.restore();
  assert.partialDeepStrictEqual(hanging, { state: 'down', latencyMs: null, cause: 'no_answer' });
  proxy.cut();
  const away = await db.health();
  proxy.restore();
  assert.partialDeepStrictEqual(away, { state: 'down', latencyMs: null, cause: 'refused' });
  assert.equal((await db.health()).state, 'up');
  proxy.delay(200);
  const slow = await db.health();
  proxy.restore();
  assert.partialDeepStrictEqual(slow, { state: 'degraded', cause: 'slow' });
});

void test('DB-05 whoever waits five seconds for a connection of their company is refused, and may try again', async () => {
  const clock = new ControlledClock();
  await using busy = await schema.open({ ports: { clock }, poolSize: 4 });
  const held = Promise.withResolvers<void>();
  const first = busy.transaction(acme, () => held.promise);
  let outcome = 'waits';
  const second = outcomeOf(busy.transaction(acme, () => Promise.resolve())).then((now) => (outcome = now));
  await eventually(async () => assert.equal((await busy.health()).pool.waiting, 1));
  clock.advance(5_000);
  try {
    await eventually(() => Promise.resolve(assert.equal(outcome, 'database_pool_exhausted')));
  } finally {
    held.resolve();
    await Promise.all([first, second]);
  }
});
