import { Pool } from 'pg';
import { z } from 'zod';
import { rowSecurity } from '../ssot/database-manager';
import { createIdSource } from '../ssot/id-manager';
import {
  noMetrics,
  silentLogger,
  sql,
  systemClock,
  systemRandom,
  vouchFor,
  type SchemaChange,
  type TenantContext,
} from '../ssot/kernel';
import { alternating } from './figures/alternating';
import { openDurableDatabase } from './stores/durable-database';
import type { Benchmark, Row } from './figures/row';

const CALLS = 200;
const CONNECTIONS = 15;
const MAX = 1.3;

const NOTE: SchemaChange = {
  name: 'zz-bench/0001-note',
  sql: `create table bench_note (tenant_id text not null, id bigint not null, body text not null, primary key (tenant_id, id));
    ${rowSecurity('bench_note', { app: ['select', 'insert', 'update'] })}`,
};
const bodyRow = z.object({ body: z.string() });
const ids = createIdSource({ clock: systemClock, random: systemRandom, logger: silentLogger, metrics: noMetrics });

export const about =
  'a transaction that names its company against bare pg with the same statements: reading, writing, 15 at once';

/** Bare pg: a pool, BEGIN, the two settings that row security reads, the statement, COMMIT; nothing else. */
const benchmark: Benchmark = async (say) => {
  await using database = await openDurableDatabase(say, [NOTE]);
  await using stack = new AsyncDisposableStack();
  const pool = stack.adopt(new Pool({ connectionString: database.url, max: CONNECTIONS }), (one) => one.end());
  const { db } = database;
  const ctx = vouchFor({ tenantId: ids.next('tenant'), userId: ids.next('user'), plan: 'free', permissions: [] });
  let id = 0;

  const bare = async (name: string, text: string, values: readonly unknown[]): Promise<unknown> => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query("select set_config('app.tenant_id', $1, true), set_config('app.user_id', $2, true)", [
        ctx.tenantId,
        ctx.userId,
      ]);
      const { rows } = await client.query({ name, text, values: [...values] });
      await client.query('commit');
      return rows;
    } finally {
      client.release();
    }
  };
  const INSERT = 'insert into bench_note (tenant_id, id, body) values ($1, $2, $3)';
  const SELECT = 'select body from bench_note where tenant_id = $1 and id = $2';
  const body = 'x'.repeat(200);
  const ours = {
    write: () =>
      db.transaction(ctx, (tx) =>
        tx.execute(sql`insert into bench_note (tenant_id, id, body) values (${ctx.tenantId}, ${++id}, ${body})`),
      ),
    read: () =>
      db.transaction(
        ctx,
        (tx) => tx.query(sql`select body from bench_note where tenant_id = ${ctx.tenantId} and id = ${1}`, bodyRow),
        { readOnly: true },
      ),
  };
  const theirs = {
    write: () => bare('bare-insert', INSERT, [ctx.tenantId, ++id, body]),
    read: () => bare('bare-select', SELECT, [ctx.tenantId, 1]),
  };
  const atOnce = (work: () => Promise<unknown>) => () => Promise.all(Array.from({ length: CONNECTIONS }, () => work()));
  await ours.write();

  const one = await alternating(
    { ourWrite: ours.write, bareWrite: theirs.write, ourRead: ours.read, bareRead: theirs.read },
    CALLS,
    say,
  );
  // Of a company at most 12, so that others find room: each asks for one of its own.
  const crowd = companies(ctx);
  const many = await alternating(
    {
      ours: () => Promise.all(crowd.map((by) => db.transaction(by, (tx) => write(by, tx, ++id)))),
      bare: atOnce(theirs.write),
    },
    CALLS / 10,
    say,
  );
  const row = (name: string, value: number, floor: number): Row => ({
    ...{ name, ours: value, unit: 'ms', target: `at most ${MAX} x`, met: value <= MAX * floor },
    floor: { name: 'bare pg, the same statements', value: floor },
  });
  return [
    row('a row written, and its company named', one.ourWrite, one.bareWrite),
    row('a row read, and its company named', one.ourRead, one.bareRead),
    row(`${CONNECTIONS} rows written at once, of as many companies`, many.ours, many.bare),
  ];

  function write(by: TenantContext, tx: Parameters<Parameters<typeof db.transaction>[1]>[0], n: number) {
    return tx.execute(sql`insert into bench_note (tenant_id, id, body) values (${by.tenantId}, ${n}, ${body})`);
  }
};
export default benchmark;

function companies({ userId, plan, permissions }: TenantContext): readonly TenantContext[] {
  return Array.from({ length: CONNECTIONS }, () =>
    vouchFor({ tenantId: ids.next('tenant'), userId, plan, permissions }),
  );
}
