import { createHash } from 'node:crypto';
import pg from 'pg';
import { pause, type Clock, type Logger, type SchemaChange } from '../../kernel';
import { connectWritable } from '../connections/server-pool';
import { DatabaseError } from '../errors';
import { classify } from '../failures';
import { pinnedSession } from '../transactions/session';

const NAME = /^([a-z][a-z0-9-]*)\/(\d{4}-[a-z0-9-]+)$/;
/** Any number will do as long as every release uses the same one. */
const LOCK = 7_203_114_901;
const WAIT_FOR_OTHERS_MS = 60_000;
const ALL_MS = 300_000;
const TABLE_LOCK_MS = 3_000;
const TABLE_LOCK_TRIES = 5;

interface Login {
  readonly ownerUrl: string;
  /** Logins that act through the roles `specs_app` and `specs_service`. */
  readonly app: string;
  readonly service: string;
}
interface Applied {
  readonly name: string;
  readonly checksum: string;
}

/**
 * Brings the schema up to these changes: each applied once, in order of name, in a transaction of its own together
 * with its entry in `schema_change`; one instance at a time. One question when nothing is to be done.
 *
 * Own loop rather than umzug's: that one notes a change in a second step after running it, takes no lock and keeps no
 * checksum, so of the promise (once, whole, unchanged) nothing but the sorting would be left to it.
 */
export async function bringUpToDate(
  login: Login,
  changes: readonly SchemaChange[],
  clock: Clock,
  log: Logger,
): Promise<void> {
  const wanted = inOrder(changes);
  const { connectionString, options } = pinnedSession(login.ownerUrl);
  const client = await connectWritable(connectionString, {
    options,
    application_name: 'platform-owner',
    connectionTimeoutMillis: 5_000,
    statement_timeout: ALL_MS,
  });
  client.on('error', (error) => log.warn({ reason: error.message }, 'the connection for schema changes was lost'));
  try {
    if (missing(wanted, await applied(client)).length === 0) return;
    await withLock(client, async () => {
      await prepare(client, login);
      for (const change of missing(wanted, await applied(client))) {
        const began = clock.monotonic();
        await apply(client, change, clock);
        log.info({ change: change.name, tookMs: Math.round(clock.monotonic() - began) }, 'schema change applied');
      }
    });
  } catch (error) {
    throw classify(error);
  } finally {
    await client.end();
  }
}

function inOrder(changes: readonly SchemaChange[]): readonly SchemaChange[] {
  const sorted = [...changes].sort((a, b) => (a.name < b.name ? -1 : 1));
  sorted.forEach((change, i) => {
    if (!NAME.test(change.name)) {
      throw new DatabaseError(
        'database_config_invalid',
        `The schema change "${change.name}" is not named <module>/<four digits>-<what>.`,
        {
          field: 'changes',
        },
      );
    }
    if (sorted[i + 1]?.name === change.name) {
      throw new DatabaseError('database_config_invalid', `The schema change "${change.name}" is there twice.`, {
        field: 'changes',
      });
    }
  });
  return sorted;
}

async function applied(client: pg.Client): Promise<readonly Applied[]> {
  try {
    return (await client.query<Applied>('select name, checksum from schema_change order by name')).rows;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === '42P01') return [];
    throw error;
  }
}

/** What is still to do. A newer release may be ahead of us; a history that differs from ours is refused. */
function missing(wanted: readonly SchemaChange[], done: readonly Applied[]): readonly SchemaChange[] {
  const known = new Map(wanted.map((change) => [change.name, change]));
  const newestHere = new Map(wanted.map((change) => [moduleOf(change.name), change.name]));
  const newestThere = new Map(done.map(({ name }) => [moduleOf(name), name]));
  for (const { name, checksum } of done) {
    const change = known.get(name);
    if (change !== undefined && checksumOf(change) !== checksum && change.formerly?.includes(checksum) !== true)
      throw mismatch(name, 'was edited after it had been applied');
    const newest = newestHere.get(moduleOf(name));
    if (change === undefined && newest !== undefined && name < newest)
      throw mismatch(name, 'was applied once and is missing now');
  }
  const names = new Set(done.map(({ name }) => name));
  const todo = wanted.filter(({ name }) => !names.has(name));
  for (const { name } of todo) {
    const newest = newestThere.get(moduleOf(name));
    if (newest !== undefined && name < newest)
      throw mismatch(name, `was slipped in before "${newest}", which is applied already`);
  }
  return todo;
}

async function withLock(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query(`set lock_timeout = ${WAIT_FOR_OTHERS_MS}`);
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== '55P03') throw error;
    throw new DatabaseError(
      'database_change_busy',
      `Another instance has been changing the schema for ${WAIT_FOR_OTHERS_MS / 1000} s. Try again.`,
      {
        cause: error,
      },
    );
  }
  await client.query(`set lock_timeout = ${TABLE_LOCK_MS}`);
  // Given back by ending the connection, which holds it.
  await work();
}

/** The ledger of changes, and the two roles every module grants to. Roles belong to the whole server, so others may race. */
async function prepare(client: pg.Client, login: Login): Promise<void> {
  await client.query(`create table if not exists schema_change (
    name text primary key, checksum text not null, applied_at timestamptz not null default now(),
    took_ms integer not null, applied_by text not null default current_user)`);
  for (const [role, member] of [
    ['specs_app', login.app],
    ['specs_service', login.service],
  ] as const) {
    await client.query(`do $$ begin
      if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;
      exception when duplicate_object or unique_violation then null; end $$`);
    if (member !== role) await client.query(`grant ${role} to ${client.escapeIdentifier(member)}`);
  }
  // What a schema change does not grant, nobody has: PostgreSQL by itself gives everybody several rights.
  await client.query(`revoke all on schema public from public;
    grant usage on schema public to specs_app, specs_service;
    alter default privileges revoke execute on functions from public`);
}

async function apply(client: pg.Client, change: SchemaChange, clock: Clock): Promise<void> {
  for (let tries = 1; ; tries++) {
    const began = clock.monotonic();
    try {
      await client.query('begin');
      await client.query(change.sql);
      await client.query('insert into schema_change (name, checksum, took_ms) values ($1, $2, $3)', [
        change.name,
        checksumOf(change),
        Math.round(clock.monotonic() - began),
      ]);
      await client.query('commit');
      return;
    } catch (error) {
      await client.query('rollback');
      const locked = error instanceof pg.DatabaseError && error.code === '55P03';
      if (!locked || tries === TABLE_LOCK_TRIES) {
        throw new DatabaseError(
          'database_change_failed',
          `The schema change "${change.name}" failed and left nothing: ${reasonOf(error)}`,
          {
            cause: error,
            field: change.name,
          },
        );
      }
      await pause(clock, 200 * tries);
    }
  }
}

function checksumOf(change: SchemaChange): string {
  return createHash('sha256').update(change.sql).digest('hex');
}

function moduleOf(name: string): string {
  return name.slice(0, name.indexOf('/'));
}

function mismatch(name: string, what: string): DatabaseError {
  return new DatabaseError(
    'database_change_mismatch',
    `The schema change "${name}" ${what}. Add a new change instead.`,
    { field: name },
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
