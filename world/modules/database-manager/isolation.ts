import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { z } from 'zod';
import { openDatabase, type Database } from '../../../ssot/database-manager';
import {
  noMetrics,
  type PlatformError,
  silentLogger,
  sql,
  systemClock,
  systemRandom,
  vouchFor,
  type Sql,
  type TenantContext,
} from '../../../ssot/kernel';
import { schemaChanges } from '../../../platform/database/schema';
import type { Connections } from '../../stores/connections';
import { COMPANIES, type Company } from '../../actors/personas';
import type { RevenueWorld } from '../../revenue-world';
import { addressOf } from '../../settings';

const titled = z.object({ title: z.string() });
const heldRow = z.object({ company: z.string().nullable(), process: z.number(), threads: z.coerce.number() });
const processRow = z.object({ process: z.number() });

/** What is tried on rows: asked with a company's rights, or by somebody who names none. */
export type Try = 'reads' | 'adds' | 'renames' | 'removes' | 'hands over';

/** Rows of two companies in one table, and attempts of one on the other's, past every module but the database's. */
export class Isolation {
  seen: readonly string[] = [];
  touched = 0;
  refusal: PlatformError | null = null;
  /** The company that a lent connection still names. */
  named: string | null = null;
  readonly #contexts = new Map<Company, TenantContext>();
  readonly #stored = new Map<Company, readonly string[]>();
  #only: Promise<Database> | null = null;
  #servedBy = 0;

  constructor(
    private readonly world: RevenueWorld,
    private readonly connections: Connections,
  ) {}

  contextOf(company: Company): TenantContext {
    const known = this.#contexts.get(company);
    if (known !== undefined) return known;
    const { ids } = this.connections;
    const { plan } = COMPANIES[company];
    const context = vouchFor({ tenantId: ids.next('tenant'), userId: ids.next('user'), plan, permissions: [] });
    this.#contexts.set(company, context);
    return context;
  }

  async store(company: Company, titles: readonly string[]): Promise<void> {
    const database = await this.connections.database();
    const context = this.contextOf(company);
    await database.transaction(context, async (tx) => {
      for (const title of titles) await tx.execute(this.#addition(context, title));
    });
    this.#stored.set(company, titles);
  }

  /** With the company's rights and no word about whose rows are meant. */
  async askForAll(company: Company): Promise<void> {
    const database = await this.connections.database();
    const rows = await database.transaction(this.contextOf(company), (tx) =>
      tx.query(sql`select title from thread order by title`, titled),
    );
    this.seen = rows.map(({ title }) => title);
  }

  async writeAs(company: Company, what: Try): Promise<void> {
    const database = await this.connections.database();
    this.refusal = await database
      .transaction(this.contextOf(company), (tx) => tx.execute(this.#statement(what)))
      .then(
        () => null,
        (refusal: PlatformError) => refusal,
      );
  }

  /** With the platform's own login, before any company was announced. */
  async tryNameless(what: Try): Promise<void> {
    const client = new Client({ connectionString: addressOf('SPEC_POSTGRES_URL') });
    await client.connect();
    const { text, values } = this.#statement(what);
    const rows = await client.query(text, values).then(
      ({ rowCount }) => rowCount ?? 0,
      (refusal: { code?: string; message: string }) => {
        if (refusal.message.includes('row-level security')) return 0;
        throw new Error(`refused for another reason: ${refusal.message}`, { cause: refusal });
      },
    );
    this.touched = rows;
    await client.end();
  }

  /** What stands in the table, by each company's own eyes: row security binds even the owner of the schema. */
  async storedNow(): Promise<Readonly<Record<string, readonly string[]>>> {
    const database = await this.connections.database();
    const found: Record<string, readonly string[]> = {};
    for (const [company, context] of this.#contexts) {
      const rows = await database.transaction(context, (tx) =>
        tx.query(
          sql`select title from thread where tenant_id = ${context.tenantId} order by created_at, title`,
          titled,
        ),
      );
      found[company] = rows.map(({ title }) => title);
    }
    return found;
  }

  get storedBefore(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(this.#stored);
  }

  /** Adds a thread, and with the commit sends a part that the store refuses. */
  async addWithRefusedPart(company: Company, title: string): Promise<void> {
    const database = await this.connections.database();
    const context = this.contextOf(company);
    const turn = database.transaction(context, async (tx) => {
      await tx.execute(this.#addition(context, title));
      tx.send(sql`select 1 / 0`);
    });
    this.refusal = await turn.then(
      () => null,
      (refusal: PlatformError) => refusal,
    );
  }

  /** Two works at the same moment that change both threads, each beginning with the one that the other ends with. */
  async crossChanges(company: Company): Promise<void> {
    const database = await this.connections.database();
    const context = this.contextOf(company);
    const both = Promise.withResolvers<void>();
    let begun = 0;
    const change = (order: readonly string[]): Promise<void> =>
      database.transaction(context, async (tx) => {
        for (const title of order) {
          await tx.execute(sql`update thread set title = title || '+' where rtrim(title, '+') = ${title}`);
          if (++begun === 2) both.resolve();
          await both.promise;
        }
      });
    const titles = this.#stored.get(company) ?? [];
    await Promise.all([change(titles), change([...titles].reverse())]);
    await this.askForAll(company);
  }

  /** The company's next turn, on a connection of which this process cannot know yet that the server has cut it. */
  async serveAfterCut(company: Company): Promise<void> {
    await this.serve(company, 'finished');
    const database = await this.#onlyConnection();
    // In a process of its own while this one stands still, so that the cut is not heard of before the turn begins.
    const cut = `const { Client } = require('pg');
      const client = new Client({ connectionString: process.env.SPEC_POSTGRES_URL });
      client.connect().then(() => client.query('select pg_terminate_backend(${this.#servedBy}, 5000)')).then(() => client.end());`;
    execFileSync(process.execPath, ['-e', cut]);
    const rows = await database.transaction(this.contextOf(company), (tx) =>
      tx.query(sql`select title from thread order by title`, titled),
    );
    this.seen = rows.map(({ title }) => title);
  }

  /** What the only connection reads of a table before and after a column of it is given another type. */
  async readAcrossChange(company: Company): Promise<void> {
    const database = await this.#onlyConnection();
    const owner = new Client({ connectionString: addressOf('SPEC_POSTGRES_OWNER_URL') });
    await owner.connect();
    const table = `changing_${randomBytes(6).toString('hex')}`;
    try {
      await owner.query(`create table ${table} (title text); grant select on ${table} to specs_app`);
      await owner.query(`insert into ${table} values ('Q3 spend')`);
      const read = (): Promise<readonly { title: string }[]> =>
        database.transaction(this.contextOf(company), (tx) => tx.query(sql([`select title from ${table}`]), titled));
      await read();
      await owner.query(`alter table ${table} alter column title type varchar(100)`);
      this.seen = (await read()).map(({ title }) => title);
    } finally {
      await owner.query(`drop table if exists ${table}`);
      await owner.end();
    }
  }

  /** One turn of the company on a pool of one connection. */
  async serve(company: Company, ended: 'finished' | 'failed'): Promise<void> {
    const database = await this.#onlyConnection();
    const turn = database.transaction(this.contextOf(company), async (tx) => {
      const [row] = await tx.query(sql`select pg_backend_pid() as process from thread limit 1`, processRow);
      this.#servedBy = row?.process ?? 0;
      if (ended === 'failed') await tx.execute(sql`select 1 / 0`);
    });
    await turn.catch((failure: unknown) => {
      if (ended === 'finished') throw failure;
    });
  }

  /** Leaves the turn that announced the next company, so that only what the connection itself kept is left. */
  async lookThroughOnlyConnection(): Promise<void> {
    const database = await this.#onlyConnection();
    await database.transaction(this.contextOf('Birch'), async (tx) => {
      await tx.execute(sql`rollback`);
      const [held] = await tx.query(
        sql`select nullif(current_setting('app.tenant_id', true), '') as company, pg_backend_pid() as process,
              (select count(*) from thread) as threads`,
        heldRow,
      );
      if (held?.process !== this.#servedBy) throw new Error('another connection was lent');
      this.named = held.company;
      this.touched = held.threads;
    });
  }

  #onlyConnection(): Promise<Database> {
    this.#only ??= openDatabase(
      {
        url: addressOf('SPEC_POSTGRES_URL'),
        ownerUrl: addressOf('SPEC_POSTGRES_OWNER_URL'),
        serviceUrl: addressOf('SPEC_POSTGRES_SERVICE_URL'),
        changes: schemaChanges,
        poolSize: 1,
      },
      { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics },
    ).then((database) => this.world.own(database));
    return this.#only;
  }

  /** Each is aimed at rows of this scenario, so that a gap harms no other one. */
  #statement(what: Try): Sql {
    const acme = this.contextOf('Acme');
    const birch = this.contextOf('Birch');
    const statements: Readonly<Record<Try, () => Sql>> = {
      reads: () => sql`select title from thread`,
      adds: () => this.#addition(acme, 'Planted'),
      renames: () => sql`update thread set title = 'Taken' where tenant_id = ${acme.tenantId}`,
      removes: () => sql`delete from thread where tenant_id = ${acme.tenantId}`,
      'hands over': () => sql`update thread set tenant_id = ${acme.tenantId} where tenant_id = ${birch.tenantId}`,
    };
    return statements[what]();
  }

  #addition({ tenantId, userId }: TenantContext, title: string): Sql {
    return sql`insert into thread (tenant_id, thread_id, user_id, title, created_at)
      values (${tenantId}, ${this.connections.ids.next('thread')}, ${userId}, ${title}, now())`;
  }
}
