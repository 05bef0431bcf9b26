import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { agentSchemaChanges } from '../ssot/agent-registry';
import { openDatabase, type Database } from '../ssot/database-manager';
import { noMetrics, silentLogger, systemClock, systemRandom } from '../ssot/kernel';
import { persistenceSchemaChanges } from '../ssot/state-persistence';
import { chatSchemaChanges } from '../ssot/websocket-manager';
import { addressOf, isProofUnderWay } from './settings';

interface Ground {
  readonly database: Database;
  readonly schema: string;
  /** Sees and changes every company's rows, from outside the modules. */
  readonly rows: Pool;
}

/**
 * Tables of one worker's own in the real PostgreSQL. Every instance looks for runs that wait, whoever asked: beside a
 * serving platform, either would take the other's.
 */
export class AgentsGround implements AsyncDisposable {
  #opened: Promise<Ground> | null = null;

  open(): Promise<Ground> {
    this.#opened ??= build();
    return this.#opened;
  }

  /** Nobody takes up what an earlier scenario left. */
  async clear(): Promise<void> {
    if (this.#opened === null) return;
    const { rows, schema } = await this.#opened;
    await rows.query(`delete from ${schema}.runs; delete from ${schema}.run_state; delete from ${schema}.thread`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // One process runs the suite thousands of times while it is proven; its tables go with that proof's PostgreSQL.
    if (isProofUnderWay() || this.#opened === null) return;
    const { database, rows, schema } = await this.#opened;
    this.#opened = null;
    await database[Symbol.asyncDispose]();
    await rows.query(`drop schema ${schema} cascade`);
    await rows.end();
  }
}

async function build(): Promise<Ground> {
  const rows = new Pool({ connectionString: addressOf('SPEC_POSTGRES_OWNER_URL'), max: 2, allowExitOnIdle: true });
  const schema = `agents_${randomBytes(6).toString('hex')}`;
  await rows.query(`create schema ${schema}; grant usage on schema ${schema} to specs_app, specs_service`);
  const within = (address: string): string => {
    const url = new URL(address);
    url.searchParams.set('options', `-c search_path=${schema}`);
    return url.href;
  };
  const database = await openDatabase(
    {
      url: within(addressOf('SPEC_POSTGRES_URL')),
      ownerUrl: within(addressOf('SPEC_POSTGRES_OWNER_URL')),
      serviceUrl: within(addressOf('SPEC_POSTGRES_SERVICE_URL')),
      changes: [...persistenceSchemaChanges, ...agentSchemaChanges, ...chatSchemaChanges],
    },
    { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics },
  );
  // Row security binds the owner too; the specification looks, and clears up, from outside.
  const tables = [
    'runs',
    'tool_calls',
    'run_state',
    'run_save',
    'thread',
    'thread_counts',
    'thread_heads',
    'thread_events',
    'run_sequences',
  ];
  const policy = (table: string): string =>
    `create policy looked_at on ${schema}.${table} to current_user using (true) with check (true)`;
  await rows.query(tables.map(policy).join(';'));
  return { database, schema, rows };
}
