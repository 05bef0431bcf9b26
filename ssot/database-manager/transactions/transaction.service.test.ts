import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { OwnSchema, somebodyOf } from '../../../support/module-tests/own-schema';
import { joinSql, servicePrincipal, sql, type Transaction } from '../../kernel';
import type { Database } from '../contract';
import type { DatabaseError } from '../errors';

const acme = somebodyOf('acme');
const birch = somebodyOf('birch');
const note = z.object({ id: z.number(), body: z.string() });
const sum = z.object({ sum: z.coerce.number() });
const service = servicePrincipal('looks');

let schema: OwnSchema;
let db: Database;
before(async () => {
  schema = await OwnSchema.create();
  db = await schema.open();
});
after(() => schema[Symbol.asyncDispose]());

let next = 1;
function add(tx: Transaction, id: number, body = 'text', amount = 0): Promise<{ rows: number }> {
  return tx.execute(sql`insert into note (tenant_id, id, body, amount) values ('acme', ${id}, ${body}, ${amount})`);
}
/** What stands in the table, by the service login's eyes. */
async function stored(...ids: readonly number[]): Promise<readonly number[]> {
  const rows = await db.asService(service, (tx) =>
    tx.query(sql`select id, body from note where id = any(${ids}) order by id`, note),
  );
  return rows.map(({ id }) => id);
}
function code(expected: string): (error: DatabaseError) => boolean {
  return (error) => {
    assert.equal(error.code, expected);
    return true;
  };
}

void test('DB-01 a part that failed and was ignored means that nothing was saved, and says so', async () => {
  const id = next++;
  const work = db.transaction(acme, async (tx) => {
    await add(tx, id);
    await add(tx, id).catch(() => undefined);
  });
  await assert.rejects(work, code('database_constraint'));
  assert.deepEqual(await stored(id), []);
});

void test('DB-01 a part that nobody waited for undoes the whole with its own reason', async () => {
  const id = next++;
  const work = db.transaction(acme, (tx) => {
    tx.send(sql`insert into note (tenant_id, id) values ('acme', ${id})`);
    tx.send(sql`insert into note (tenant_id, id, amount) values ('acme', ${id + 1_000}, -1)`);
    return Promise.resolve();
  });
  await assert.rejects(work, (error: DatabaseError) => error.constraint?.kind === 'check');
  assert.deepEqual(await stored(id, id + 1_000), []);
});

void test('DB-01 work that was left running is refused after the end, and never lands in the next transaction', async () => {
  const [first, late, second] = [next++, next++, next++];
  let forgotten: Promise<unknown> = Promise.resolve();
  let keep: Transaction | undefined;
  await db.transaction(acme, async (tx) => {
    keep = tx;
    await add(tx, first);
  });
  await db.transaction(acme, async (tx) => {
    forgotten = add(keep as Transaction, late);
    forgotten.catch(() => undefined);
    await add(tx, second);
  });
  await assert.rejects(forgotten, code('database_closed'));
  assert.deepEqual(await stored(first, late, second), [first, second]);
});

void test('DB-01 work after the commit is done once, for what landed only', async () => {
  const done: string[] = [];
  const id = next++;
  await db.transaction(acme, async (tx) => {
    tx.afterCommit(() => done.push('landed'));
    await add(tx, id);
  });
  await db
    .transaction(acme, async (tx) => {
      tx.afterCommit(() => done.push('undone'));
      await add(tx, id);
    })
    .catch(() => undefined);
  assert.deepEqual(done, ['landed']);
});

void test('DB-01 a commit that is sent along stores what was sent before the first wait, and nothing later', async () => {
  const [id, later] = [next++, next++];
  const work = async (tx: Transaction): Promise<unknown> => {
    await add(tx, id);
    return add(tx, later).catch((error: unknown) => error);
  };
  const refused = await db.transaction(acme, work, { commitAlong: true });
  assert.equal((refused as DatabaseError).code, 'database_closed');
  assert.deepEqual(await stored(id, later), [id]);
});

void test('DB-01 a commit that is sent along stores nothing when a statement before it fails, and the connection is as good as before', async () => {
  const [id, after] = [next++, next++];
  await using one = await schema.open({ poolSize: 1 });
  const twice = (tx: Transaction): Promise<unknown> => Promise.all([add(tx, id), add(tx, id)]);
  await assert.rejects(one.transaction(acme, twice, { commitAlong: true }), code('database_constraint'));
  await one.transaction(acme, (tx) => add(tx, after), { commitAlong: true });
  assert.deepEqual(await stored(id, after), [after]);
});

void test('DB-01 what is read only changes nothing', async () => {
  const id = next++;
  await assert.rejects(
    db.transaction(acme, (tx) => add(tx, id), { readOnly: true }),
    code('database_read_only'),
  );
  assert.deepEqual(await stored(id), []);
});

void test('DB-01 a row that is not of the shape asked for undoes the work and names the field', async () => {
  const id = next++;
  const work = db.transaction(acme, async (tx) => {
    await add(tx, id);
    await tx.query(sql`select id, null as body from note where id = ${id}`, note);
  });
  await assert.rejects(work, {
    ...{ code: 'database_row_invalid', field: 'body', retryable: false },
    message: 'A stored row is not of the expected shape at "body": Invalid input: expected string, received null.',
  });
  assert.deepEqual(await stored(id), []);
});

void test('DB-02 a statement with more values than the protocol counts is refused unsent, and one with as many is not', async () => {
  const listed = (count: number) => sql`select 1 where 1 in (${joinSql(Array.from({ length: count }, (_, i) => i))})`;
  await db.transaction(acme, async (tx) => assert.deepEqual(await tx.execute(listed(65_535)), { rows: 1 }));
  const work = db.transaction(acme, async (tx) => {
    await assert.rejects(tx.execute(listed(65_536)), {
      code: 'database_value_invalid',
      message: 'A statement has 65536 values, 65535 are possible. Send lists as arrays.',
    });
    return tx.query(sql`select 1 as sum`, sum);
  });
  assert.deepEqual(await work, [{ sum: 1 }], 'nothing was sent, so that the work goes on');
});

for (const [what, value] of [
  ['quotes and a comment', `'; drop table note; --`],
  ['a placeholder', '$1 $2 ${1}'],
  ['four-byte characters', 'a \u{1F9EE} b'],
  ['a backslash and a line break', 'a\\b\nc'],
] as const) {
  void test(`DB-02 hostile text stays text: ${what}`, async () => {
    const id = next++;
    const rows = await db.transaction(acme, async (tx) => {
      await add(tx, id, value);
      return tx.query(sql`select id, body from note where id = ${id}`, note);
    });
    assert.deepEqual(rows, [{ id, body: value }]);
  });
}

for (const [how, end] of [
  ['finished', async (tx: Transaction) => void (await tx.execute(sql`select 1`))],
  [
    'failed',
    async (tx: Transaction) => {
      await tx.execute(sql`select 1`);
      throw new Error('changed my mind');
    },
  ],
  ['refused', async (tx: Transaction) => void (await tx.execute(sql`select 1 / 0`))],
] as const) {
  void test(`DB-02 nothing of a company stays on the connection after its work ${how}`, async () => {
    const id = next++;
    await using one = await schema.open({ poolSize: 1 });
    await one.transaction(acme, (tx) => add(tx, id));
    await one.transaction(acme, end).catch(() => undefined);
    const seen = await one.transaction(birch, (tx) =>
      tx.query(sql`select id, current_setting('app.tenant_id') as body from note`, note),
    );
    assert.deepEqual(seen, []);
  });
}

void test('DB-03 a hundred transfers at once keep the total', async () => {
  const [from, to] = [next++, next++];
  await db.transaction(acme, async (tx) => {
    await add(tx, from, 'from', 500);
    await add(tx, to, 'to', 500);
  });
  const transfer = (amount: number): Promise<void> =>
    db.transaction(acme, async (tx) => {
      await tx.execute(sql`update note set amount = amount - ${amount} where id = ${from}`);
      await tx.execute(sql`update note set amount = amount + ${amount} where id = ${to}`);
    });
  await Promise.all(Array.from({ length: 100 }, (_, i) => transfer((i % 5) + 1)));
  const totals = await db.transaction(acme, (tx) =>
    tx.query(sql`select amount as sum from note where id in (${from}, ${to}) order by id`, sum),
  );
  assert.deepEqual(totals, [{ sum: 200 }, { sum: 800 }]);
});

void test('DB-03 two changes that block each other both land, each exactly once, and so does the work after them', async () => {
  const [a, b] = [next++, next++];
  await db.transaction(acme, async (tx) => {
    await add(tx, a);
    await add(tx, b);
  });
  const after: string[] = [];
  const meeting = Promise.withResolvers<void>();
  let there = 0;
  const both = (first: number, second: number): Promise<void> =>
    db.transaction(acme, async (tx) => {
      await tx.execute(sql`update note set amount = amount + 1 where id = ${first}`);
      if (++there === 2) meeting.resolve();
      await meeting.promise;
      await tx.execute(sql`update note set amount = amount + 1 where id = ${second}`);
      tx.afterCommit(() => after.push(`${first}`));
    });
  await Promise.all([both(a, b), both(b, a)]);
  assert.equal(there, 3, 'one of them was done again');
  const totals = await db.transaction(acme, (tx) =>
    tx.query(sql`select amount as sum from note where id in (${a}, ${b})`, sum),
  );
  assert.deepEqual(totals, [{ sum: 2 }, { sum: 2 }]);
  assert.deepEqual(after.sort(), [`${a}`, `${b}`].sort());
});

void test('DB-03 of two changes that are allowed alone but not together one lands', async () => {
  const [a, b] = [next++, next++];
  await db.transaction(acme, async (tx) => {
    await add(tx, a, 'on call', 1);
    await add(tx, b, 'on call', 1);
  });
  const meeting = Promise.withResolvers<void>();
  let there = 0;
  /** Leaves, unless nobody else were on call then. */
  const leave = (id: number): Promise<void> =>
    db.transaction(
      acme,
      async (tx) => {
        const [onCall] = await tx.query(sql`select sum(amount) as sum from note where id in (${a}, ${b})`, sum);
        if (++there === 2) meeting.resolve();
        await meeting.promise;
        if ((onCall?.sum ?? 0) < 2) throw new Error('somebody has to stay');
        await tx.execute(sql`update note set amount = 0 where id = ${id}`);
      },
      { isolation: 'serializable' },
    );
  const ends = await Promise.allSettled([leave(a), leave(b)]);
  assert.deepEqual(ends.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  const refused = ends.find((one) => one.status === 'rejected');
  assert.match(String(refused?.reason), /somebody has to stay/);
});

void test('DB-03 a report sees one moment throughout, whatever lands meanwhile', async () => {
  const id = next++;
  await db.transaction(acme, (tx) => add(tx, id, 'before'));
  const seen = await db.transaction(
    acme,
    async (tx) => {
      const first = await tx.query(sql`select id, body from note where id = ${id}`, note);
      await db.transaction(acme, (other) => other.execute(sql`update note set body = 'after' where id = ${id}`));
      return [...first, ...(await tx.query(sql`select id, body from note where id = ${id}`, note))];
    },
    { isolation: 'repeatable read' },
  );
  assert.deepEqual(
    seen.map(({ body }) => body),
    ['before', 'before'],
  );
});

void test('DB-05 more values than a statement can carry are refused before anything is sent, with the way out', async () => {
  const placeholders = ['select ', ...Array.from({ length: 65_535 }, () => ','), ''];
  const work = db.transaction(acme, (tx) => tx.execute(sql(placeholders, ...placeholders.slice(1).map(() => 1))));
  await assert.rejects(work, (error: DatabaseError) => {
    assert.equal(error.code, 'database_value_invalid');
    assert.match(error.message, /has 65536 values, 65535 are possible\. Send lists as arrays/);
    return true;
  });
});

void test('DB-05 work that outlives its limit is ended here and on the server, and nothing is saved', async () => {
  const id = next++;
  const work = db.transaction(
    acme,
    async (tx) => {
      await add(tx, id);
      await tx.execute(sql`select pg_sleep(30), 'outlives ' || ${id}`);
    },
    { limitMs: 100 },
  );
  await assert.rejects(work, code('database_time_limit'));
  assert.deepEqual(await stored(id), []);
  assert.equal(db.pool().inUse, 0);
});

void test('DB-05 the pool has its whole size again after failures of every kind', async () => {
  // Two of the five are what one company may hold.
  await using small = await schema.open({ poolSize: 5 });
  await small.transaction(acme, (tx) => tx.execute(sql`select 1 / 0`)).catch(() => undefined);
  await small
    .transaction(acme, (tx) => tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`))
    .catch(() => undefined);
  await small.transaction(acme, (tx) => tx.execute(sql`select pg_sleep(5)`), { limitMs: 50 }).catch(() => undefined);
  const meeting = Promise.withResolvers<void>();
  let there = 0;
  await Promise.all(
    Array.from({ length: 2 }, () =>
      small.transaction(acme, async (tx) => {
        await tx.execute(sql`select 1`);
        if (++there === 2) meeting.resolve();
        await meeting.promise;
      }),
    ),
  );
  assert.deepEqual([small.pool().inUse, small.pool().waiting], [0, 0]);
});

void test('DB-10 what runs when an instance stops is finished, undone at the end, or refused, and counted', async () => {
  const [quick, slow, late] = [next++, next++, next++];
  const stopping = await schema.open();
  await stopping.transaction(acme, (tx) => tx.execute(sql`select 1`));
  await stopping.transaction(acme, (tx) => tx.execute(sql`select 1 / 0`)).catch(() => undefined);
  const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const goOn = Promise.withResolvers<void>();
  const finished = stopping.transaction(acme, async (tx) => {
    await add(tx, quick);
    begun[0]?.resolve();
    await goOn.promise;
  });
  const undone = stopping.transaction(acme, async (tx) => {
    await add(tx, slow);
    begun[1]?.resolve();
    await tx.execute(sql`select pg_sleep(30)`);
  });
  undone.catch(() => undefined);
  await Promise.all(begun.map(({ promise }) => promise));
  const report = stopping.drain(300);
  await assert.rejects(
    stopping.transaction(acme, (tx) => add(tx, late)),
    code('database_stopping'),
  );
  goOn.resolve();
  await finished;
  await assert.rejects(undone, code('database_stopping'));
  assert.deepEqual(await report, { finished: 1, undone: 1, refused: 1 });
  assert.equal(await stopping.drain(0), await report, 'stopping twice is harmless');
  assert.deepEqual(await stored(quick, slow, late), [quick]);
});
