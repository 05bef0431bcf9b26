import { createIdSource, openMigration, postgresLedger } from '../ssot/id-manager';
import {
  noMetrics,
  silentLogger,
  systemClock,
  systemRandom,
  vouchFor,
  type TenantId,
  type UserId,
} from '../ssot/kernel';
import { openBooks } from './naming-books';
import { BATCH, linkedRecords } from './naming-old-records';

/** A company's import as a process of its own, to be killed: tells its parent how many batches are in. */
async function importAll(tenantId: TenantId, userId: UserId, move: string, count: number): Promise<void> {
  await using database = await openBooks();
  const context = vouchFor({ tenantId, userId, plan: 'enterprise', permissions: [] });
  const ids = createIdSource({ clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics });
  await using migration = await openMigration(context, move, {
    ledger: postgresLedger(database),
    clock: systemClock,
    ids,
    log: silentLogger,
  });
  const records = linkedRecords(tenantId, count);
  for (let from = 0; from < count; from += BATCH) {
    await migration.add(records.slice(from, from + BATCH));
    process.send?.(from / BATCH + 1);
  }
}

const [tenantId, userId, move = '', count] = process.argv.slice(2);
importAll(tenantId as TenantId, userId as UserId, move, Number(count)).catch((failure: unknown) => {
  console.error(failure);
  process.exitCode = 1;
});
