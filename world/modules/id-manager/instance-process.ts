import { Client } from 'pg';
import { createIdSource, readId } from '../../../ssot/id-manager';
import { noMetrics, silentLogger, systemClock, systemRandom, type Id } from '../../../ssot/kernel';

export type Order = { readonly type: 'give'; readonly count: number } | { readonly type: 'store' };
export type Report = { readonly type: 'ready' } | { readonly type: 'done'; readonly distinct: number };

/** A process that gives ids and stores a record under each, as an instance of the platform does; obeys its parent. */
const [table = '', url = ''] = process.argv.slice(2);
const ids = createIdSource({ clock: systemClock, random: systemRandom, logger: silentLogger, metrics: noMetrics });
let given: Id[] = [];

process.on('message', (order: Order) => {
  obey(order).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
process.once('disconnect', () => process.exit());
report({ type: 'ready' });

async function obey(order: Order): Promise<void> {
  if (order.type === 'give') given = Array.from({ length: order.count }, () => ids.next('thread'));
  else await store();
  report({ type: 'done', distinct: new Set(given.filter((id) => readId('thread', id).ok)).size });
}

async function store(): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`insert into ${table} (thread_id) select unnest($1::text[])`, [given]);
  await client.end();
}

function report(message: Report): void {
  process.send?.(message);
}
