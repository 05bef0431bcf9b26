import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { OwnSchema, somebodyOf } from '../../../support/module-tests/own-schema';
import { eventually } from '../../../world/eventually';
import { noMetrics, servicePrincipal, sql, type Metrics } from '../../kernel';
import type { Database } from '../contract';
import type { DatabaseError } from '../errors';

const acme = somebodyOf('acme');
const birch = somebodyOf('birch');
const service = servicePrincipal('looks');
const WAITERS = 200;

/** What was counted and observed, with its labels. */
class Figures implements Metrics {
  readonly seen: string[] = [];
  readonly gauge = noMetrics.gauge;
  readonly count: Metrics['count'] = (name, labels = {}) => this.#note(name, labels);
  readonly observe: Metrics['observe'] = (name, value, labels = {}) => {
    assert(value >= 0 && value < 60, `${name}: ${value} s`);
    this.#note(name, labels);
  };

  of(name: string): readonly string[] {
    return this.seen.filter((one) => one.startsWith(name)).map((one) => one.slice(name.length + 1));
  }

  #note(name: string, labels: Readonly<Record<string, string>>): void {
    this.seen.push(`${name} ${Object.values(labels).join(' ')}`);
  }
}

describe('connections that are all in use', () => {
  let schema: OwnSchema;
  before(async () => (schema = await OwnSchema.create()));
  after(() => schema[Symbol.asyncDispose]());

  const told = (work: Promise<unknown>): Promise<readonly unknown[]> =>
    work.then(
      () => ['done'],
      (error: unknown) => {
        const { code, message, retryAfterMs } = error as DatabaseError;
        return [code, message, retryAfterMs];
      },
    );
  const exhausted = (why: string, inUse: number) => [
    'database_pool_exhausted',
    `The database is busy: ${why} (${inUse} in use). Try again in a second.`,
    1_000,
  ];

  void it('DB-05 of one company so many wait and no more, and another company does not wait', async () => {
    const figures = new Figures();
    await using db = await schema.open({ poolSize: 4, ports: { metrics: figures } });
    const held = Promise.withResolvers<void>();
    const first = db.transaction(acme, () => held.promise);
    const waiting = Array.from({ length: WAITERS }, () => told(db.transaction(acme, () => Promise.resolve())));
    assert.deepEqual(
      await told(db.transaction(acme, () => Promise.resolve())),
      exhausted('200 others are waiting already', 1),
    );
    assert.deepEqual(await told(db.transaction(birch, () => Promise.resolve())), ['done']);
    assert.deepEqual([figures.of('database_transactions_refused_total'), db.pool().refused], [['app'], 1]);
    held.resolve();
    await first;
    assert.deepEqual(new Set((await Promise.all(waiting)).flat()), new Set(['done']));
  });

  void it('DB-05 of services so many wait, and none for longer than five seconds', async () => {
    await using db = await schema.open();
    const held = Promise.withResolvers<void>();
    const holders = [1, 2].map(() => db.asService(service, () => held.promise));
    const waiting = Array.from({ length: WAITERS }, () => told(db.asService(service, () => Promise.resolve())));
    const tooMany = told(db.asService(service, () => Promise.resolve()));
    assert.deepEqual(await tooMany, exhausted('200 others are waiting already', 2));
    const [late] = await Promise.all(waiting);
    assert.deepEqual(late, exhausted('no connection came free within 5 seconds', 2));
    held.resolve();
    await Promise.all(holders);
    assert.deepEqual(await told(db.asService(service, () => Promise.resolve())), ['done']);
  });

  void it('DB-09 what was done, failed or done again is counted, by whose connections it went', async () => {
    const figures = new Figures();
    await using db = await schema.open({ ports: { metrics: figures } });
    await db.transaction(acme, () => Promise.resolve());
    await told(db.transaction(acme, (tx) => tx.execute(sql`select 1 / 0`)));
    await db.asService(service, () => Promise.resolve());
    const name = 'database_transaction_seconds';
    assert.deepEqual(figures.of(name), ['app committed', 'app failed', 'service committed']);
    await bothBlocked(db);
    assert.deepEqual(figures.of('database_transaction_repeats_total'), ['']);
    const draining = db.drain(0);
    assert.deepEqual((await db.health()).state, 'stopping');
    await draining;
  });
});

/** Each waits for what the other holds: the server ends one of them, which is done again. */
async function bothBlocked(db: Database): Promise<void> {
  await db.transaction(acme, (tx) =>
    tx.execute(sql`insert into note (tenant_id, id, body) values ('acme', 901, 'a'), ('acme', 902, 'b')`),
  );
  let met = 0;
  await Promise.all(
    [
      [901, 902],
      [902, 901],
    ].map(([one, other]) =>
      db.transaction(acme, async (tx) => {
        await tx.execute(sql`update note set body = 'c' where id = ${one}`);
        met += 1;
        await eventually(() => assert(met >= 2));
        await tx.execute(sql`update note set body = 'c' where id = ${other}`);
      }),
    ),
  );
}
