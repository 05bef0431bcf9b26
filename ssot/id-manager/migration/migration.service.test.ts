import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { suffixOf, uuidFrom } from '../../../world/modules/id-manager/typeid-standard';
import { z } from 'zod';
import { eventually } from '../../../world/eventually';
import { silentLogger, sql, systemRandom, vouchFor, type Logger, type TenantContext } from '../../kernel';
import type { LegacyRecord } from './ledger';
import { entryOf } from './ledger-entry';
import { openMigration, type Migration } from './migration';
import { postgresLedger } from './postgres-ledger';

const newUuid = (): string => uuidFrom(systemRandom.bytes(16), 4);
const newThread = (): LegacyRecord => ({ kind: 'thread', legacy: newUuid() });

function newTenant(): TenantContext {
  const { ids } = stores;
  return vouchFor({ tenantId: ids.next('tenant'), userId: ids.next('user'), plan: 'enterprise', permissions: [] });
}

async function newMigration(
  clock = new ControlledClock(),
  logger: Logger = silentLogger,
  ctx = newTenant(),
): Promise<Migration> {
  const { ids } = stores;
  return openMigration(ctx, 'test', { ledger: postgresLedger(await stores.database()), clock, ids, logger });
}

void test('ID-07 one record in two spellings is one record, found under either', async () => {
  const migration = await newMigration();
  const legacy = newUuid();
  const batch = [legacy, legacy.toUpperCase()].map((text): LegacyRecord => ({ kind: 'thread', legacy: text }));
  assert.deepEqual(await migration.add(batch), { converted: 1, already: 1, refused: [] });
  assert.equal(await migration.resolve('thread', legacy.toUpperCase()), `thread_${suffixOf(legacy)}`);
  const { seen, converted } = await migration.report();
  assert.deepEqual({ seen, converted }, { seen: 1, converted: 1 });
});

void test('ID-07 refused texts are listed abbreviated and printable, and two different ones stay two', async () => {
  const migration = await newMigration();
  const long = [0, 1].map((end) => `${end}`.padStart(10_000, 'x'));
  const batch = [newUuid(), ...long, 'a\0b', 'a\\u0000b'].map((legacy): LegacyRecord => ({ kind: 'thread', legacy }));
  const outcome = await migration.add(batch);
  assert.deepEqual([outcome.converted, outcome.already, outcome.refused.length], [1, 0, 4]);
  const { refused } = await migration.report();
  assert.deepEqual(
    refused.map(({ reason }) => reason),
    Array.from({ length: 4 }, () => 'id_legacy_malformed'),
  );
  const texts = refused.map(({ legacy }) => legacy);
  assert.equal(new Set(texts).size, 4);
  assert(texts.every((text) => text.length <= 200));
  assert(texts.includes('a\\u0000b') && texts.includes('a\\u005cu0000b'));
});

void test('ID-07 operators see how far a migration has come, at most once a second, and at its end', async () => {
  const progress: unknown[] = [];
  const clock = new ControlledClock();
  const info = (facts: object, message: string): void =>
    void progress.push([(facts as { converted: number }).converted, message]);
  const migration = await newMigration(clock, { ...silentLogger, info });
  for (let i = 0; i < 6; i++) {
    clock.advance(500);
    await migration.add([newThread()]);
  }
  await migration[Symbol.asyncDispose]();
  const during = 'migration in progress';
  assert.deepEqual(progress, [
    [2, during],
    [4, during],
    [6, during],
    [6, 'migration paused or finished'],
  ]);
});

void test('ID-07 a record in good order cannot be withdrawn', async () => {
  const migration = await newMigration();
  const thread = newThread();
  const run: LegacyRecord = { kind: 'run', legacy: newUuid(), parent: thread };
  await migration.add([thread, run]);
  assert.equal(await migration.withdraw('thread', thread.legacy), false);
  assert.equal(await migration.withdraw('run', run.legacy), false);
  assert.deepEqual(await migration.report(), { seen: 2, converted: 2, refused: [], orphans: [], mayCutOver: true });
});

void test('ID-07 a cut-over closes the migration at that moment and for good', async () => {
  const clock = new ControlledClock();
  const ctx = newTenant();
  const migration = await newMigration(clock, silentLogger, ctx);
  await migration.add([newThread()]);
  await migration.cutOver();
  clock.advance(1_000);
  await migration.cutOver();
  const row = z.object({ state: z.string(), cut_over_at: z.date().nullable() });
  const rows = await (
    await stores.database()
  ).transaction(ctx, (tx) => tx.query(sql`select state, cut_over_at from id_migration`, row));
  assert.deepEqual(rows, [{ state: 'cut_over', cut_over_at: new Date(clock.now() - 1_000) }]);
  const message = 'The migration "test" is closed. Import late records with a migration of another name.';
  await assert.rejects(migration.add([newThread()]), { code: 'id_migration_closed', message });
});

void test('ID-07 a migration that is not balanced says the counts and the way out', async () => {
  const migration = await newMigration();
  await migration.add([newThread(), { kind: 'thread', legacy: 'no. 17' }]);
  const message =
    'Of 2 records 1 are converted, 1 refused and 0 orphaned. ' +
    'Correct them at their source, withdraw them here and import them again.';
  await assert.rejects(migration.cutOver(), { code: 'id_migration_unbalanced', message });
  assert.deepEqual((await migration.report()).mayCutOver, false);
});

void test('ID-07 a record whose parent was refused is an orphan', async () => {
  const migration = await newMigration();
  const parent = { kind: 'thread', legacy: 'no. 17' } as const;
  const child: LegacyRecord = { kind: 'run', legacy: newUuid(), parent };
  await migration.add([parent, child]);
  const { converted, refused, orphans } = await migration.report();
  assert.deepEqual({ converted, refused: refused.length, orphans }, { converted: 1, refused: 1, orphans: [child] });
});

void test('ID-07 a cut-over waits for the batch under way, and counts it', async () => {
  const ctx = newTenant();
  const database = await stores.database();
  const written = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  /** Keeps its batch's transaction open until it may end. */
  const slow = postgresLedger({
    transaction: (by, work, options) =>
      database.transaction(
        by,
        async (tx) => {
          const outcome = await work(tx);
          written.resolve();
          await mayEnd.promise;
          return outcome;
        },
        options,
      ),
  });
  await newMigration(new ControlledClock(), silentLogger, ctx);
  const at = new Date();
  const adding = slow.add(ctx, 'test', [entryOf(newThread())], at);
  await written.promise;
  const closing = postgresLedger(database).close(ctx, 'test', () => true, at);
  await Promise.race([closing, eventually(isWaitingForLock)]);
  mayEnd.resolve();
  await adding;
  assert.equal((await closing).seen, 1);
});

/** Nothing else is under way here, so whoever waits for a lock is the cut-over. */
async function isWaitingForLock(): Promise<void> {
  const { rows } = await stores.rows().query('select from pg_locks where not granted');
  assert(rows.length > 0, 'the cut-over does not wait for the batch');
}
