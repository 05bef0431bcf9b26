import { Pool } from 'pg';
import { agentSchemaChanges } from '../../../ssot/agent-registry';
import { openDatabase, type Database } from '../../../ssot/database-manager';
import { noMetrics, silentLogger, systemClock, systemRandom } from '../../../ssot/kernel';
import { persistenceSchemaChanges } from '../../../ssot/state-persistence';
import { chatSchemaChanges } from '../../../ssot/websocket-manager';
import { OwnTables } from '../../../world/stores/own-tables';
import { addressOf } from '../../../world/settings';

interface OpenSchema {
  readonly database: Database;
  readonly schema: string;
  readonly tables: OwnTables;
  /** Sees and changes every tenant's rows, from outside the modules. */
  readonly rows: Pool;
}

/**
 * A schema of a test's own in the real PostgreSQL. Every instance claims whatever waits in its tables: in the shared ones
 * it would claim the runs of other tests.
 */
export class RegistrySchema implements AsyncDisposable {
  #opened: Promise<OpenSchema> | null = null;

  open(): Promise<OpenSchema> {
    this.#opened ??= build();
    return this.#opened;
  }

  /** Nobody claims what an earlier test left. */
  async clear(): Promise<void> {
    if (this.#opened === null) return;
    const { rows, schema } = await this.#opened;
    await rows.query(`delete from ${schema}.runs; delete from ${schema}.run_state; delete from ${schema}.thread`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#opened === null) return;
    const { database, rows, tables } = await this.#opened;
    this.#opened = null;
    await database[Symbol.asyncDispose]();
    await tables[Symbol.asyncDispose]();
    await rows.end();
  }
}

async function build(): Promise<OpenSchema> {
  const rows = new Pool({ connectionString: addressOf('SPEC_POSTGRES_OWNER_URL'), max: 2, allowExitOnIdle: true });
  const tables = await OwnTables.create(rows);
  const { schema } = tables;
  const database = await openDatabase(
    {
      url: tables.within(addressOf('SPEC_POSTGRES_URL')),
      ownerUrl: tables.within(addressOf('SPEC_POSTGRES_OWNER_URL')),
      serviceUrl: tables.within(addressOf('SPEC_POSTGRES_SERVICE_URL')),
      changes: [...persistenceSchemaChanges, ...agentSchemaChanges, ...chatSchemaChanges],
    },
    { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics },
  );
  // Row security binds the owner too; the tests look, and clear up, from outside.
  const secured = await rows.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = $1::regnamespace and relkind = 'r' and relrowsecurity`,
    [schema],
  );
  const policy = ({ name }: { name: string }): string =>
    `create policy looked_at on ${schema}.${name} to current_user using (true) with check (true)`;
  await rows.query(secured.rows.map(policy).join(';'));
  return { database, schema, rows, tables };
}
