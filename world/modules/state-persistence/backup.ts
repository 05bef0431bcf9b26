import type { Pool, PoolClient } from 'pg';

/** A backup of one schema in PostgreSQL, as whoever runs the database makes it: every row of every table, past row security. */
export class Backup implements AsyncDisposable {
  private constructor(
    private readonly rows: Pool,
    private readonly schema: string,
    /** In an order in which each stands behind those that it refers to. */
    private readonly tables: readonly string[],
  ) {}

  static async make(rows: Pool, schema: string): Promise<Backup> {
    const backup = new Backup(rows, schema, await inOrder(rows, schema));
    await backup.#asOwner(async (client) => {
      await client.query(`create schema ${backup.#copy}`);
      for (const table of backup.tables) {
        await client.query(`create table ${backup.#copy}.${table} as table ${schema}.${table}`);
      }
    });
    return backup;
  }

  /** The tables are as they were; whatever came after it is gone. */
  restore(): Promise<void> {
    return this.#asOwner(async (client) => {
      await client.query(`truncate ${this.tables.map((table) => `${this.schema}.${table}`).join(', ')}`);
      for (const table of this.tables) {
        await client.query(`insert into ${this.schema}.${table} select * from ${this.#copy}.${table}`);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rows.query(`drop schema ${this.#copy} cascade`);
  }

  get #copy(): string {
    return `${this.schema}_backup`;
  }

  /** Row security binds the owner, too, and triggers judge what is written: both are lifted for one transaction. */
  async #asOwner(work: (client: PoolClient) => Promise<void>): Promise<void> {
    const client = await this.rows.connect();
    const each = async (change: string): Promise<void> => {
      for (const table of this.tables) await client.query(`alter table ${this.schema}.${table} ${change}`);
    };
    try {
      const { rows } = await client.query<{ table: string }>(
        `select relname as table from pg_class where relnamespace = $1::regnamespace and relforcerowsecurity`,
        [this.schema],
      );
      await client.query('begin');
      await each('disable trigger user');
      await each('no force row level security');
      await work(client);
      await each('enable trigger user');
      for (const { table } of rows) await client.query(`alter table ${this.schema}.${table} force row level security`);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }
}

async function inOrder(rows: Pool, schema: string): Promise<readonly string[]> {
  const { rows: tables } = await rows.query<{ name: string; needs: string[] }>(
    `select c.relname as name, array(
       select distinct r.relname::text from pg_constraint f join pg_class r on r.oid = f.confrelid
       where f.conrelid = c.oid and f.contype = 'f' and r.oid <> c.oid) as needs
     from pg_class c where c.relnamespace = $1::regnamespace and c.relkind = 'r' order by 1`,
    [schema],
  );
  const ordered: string[] = [];
  while (ordered.length < tables.length) {
    const next = tables.find(
      ({ name, needs }) => !ordered.includes(name) && needs.every((one) => ordered.includes(one)),
    );
    if (next === undefined) throw new Error('the tables refer to each other in a circle');
    ordered.push(next.name);
  }
  return ordered;
}
