import type { Connections } from '../../stores/connections';
import type { TenantId } from '../../../ssot/kernel';

/** Tables that may name whoever was erased by an id, which stands for nothing then, and by nothing else; and why. */
const BY_ID_ALONE = {
  person: {
    audit_entry: 'what was decided about the company; the chain stays whole (AU-13)',
    erasure: 'that they were erased, for a store that comes back older',
    sso_connection: 'who may sign in past the provider, until the owners name another',
    config_change: "which settings somebody has changed: the company's history",
  },
  company: {
    audit_entry: 'what was decided about the company; the chain stays whole (AU-13)',
    audit_head: 'where that chain ends',
    erasure: 'that it was erased, for a store that comes back older',
  },
} as const satisfies Record<string, Readonly<Record<string, string>>>;
/** What an erasure itself leaves behind, and the trail of who asked for it. */
const NOT_OF_ANYBODY = [...Object.keys(BY_ID_ALONE.company), 'working_state_erased', 'removed_person'];
const PUBLIC_ID = /^(?:user|tenant|session)_/;

interface Column {
  readonly table: string;
  readonly column: string;
}

/**
 * Every table, key and column there is, by the stores' own catalogues: whatever is added later is searched as well. With the eyes
 * of those who own the stores, past the modules and past row security.
 */
export class Everywhere {
  constructor(
    private readonly connections: Connections,
    /** Of PostgreSQL; an instance may have one of its own. */
    readonly schema = 'public',
  ) {}

  /** The places that name any of these texts of a person or a company, but for what may. */
  async naming(texts: readonly string[], whose: keyof typeof BY_ID_ALONE = 'person'): Promise<readonly string[]> {
    const byIdAlone = Object.keys(BY_ID_ALONE[whose]);
    const rows = this.tablesNaming(texts, byIdAlone);
    return [...(await rows), ...(await this.#keys(texts)), ...(await this.#history(texts, byIdAlone))].sort();
  }

  /** What a company has that names none of these texts: a fingerprint of each table and column. */
  async restOf(tenantId: TenantId, texts: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const rest: Record<string, string> = {};
    for (const table of (await this.tables()).filter((one) => !NOT_OF_ANYBODY.includes(one))) {
      const counted = `select count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as found
        from ${this.schema}.${table} t where t::text like $1 and not t::text like any($2)`;
      rest[`postgres/${table}`] = await this.#asOwner(table, counted, [`%${tenantId}%`, texts.map(within)]);
    }
    for (const [table, text] of await this.#columns()) {
      if (NOT_OF_ANYBODY.includes(table)) continue;
      const answer = await this.connections.history().query({
        query: `select concat(toString(count()), ' ', toString(groupBitXor(cityHash64(${text})))) as found from ${table} final
          where position(${text}, {tenant: String}) > 0 and not multiSearchAny(${text}, {texts: Array(String)})`,
        query_params: { tenant: tenantId, texts: [...texts] },
        format: 'JSONEachRow',
      });
      rest[`clickhouse/${table}`] = (await answer.json<{ found: string }>())[0]?.found ?? '';
    }
    return rest;
  }

  /** How many rows of a table name this. */
  async rowsWith(table: string, text: string): Promise<number> {
    const counted = `select count(*) as found from ${this.schema}.${table} t where t::text like $1`;
    return Number(await this.#asOwner(table, counted, [within(text)]));
  }

  /** When a job that one instance does for all is due again. */
  async jobDueAt(name: string): Promise<string | undefined> {
    const statement = `select due_at::text from ${this.schema}.singleton_job where name = $1`;
    return (await this.connections.rows().query<{ due_at: string }>(statement, [name])).rows[0]?.due_at;
  }

  /** How many parts of a thread the history has. */
  async partsOf(subject: string): Promise<number> {
    const answer = await this.connections.history().query({
      query: 'select count() as found from archive final where subject = {subject: String}',
      query_params: { subject },
      format: 'JSONEachRow',
    });
    return Number((await answer.json<{ found: string }>())[0]?.found);
  }

  /** The tables of PostgreSQL that do, and that may name nobody even by an id, but for these. */
  async tablesNaming(texts: readonly string[], byIdAlone: readonly string[] = []): Promise<readonly string[]> {
    const found: string[] = [];
    for (const table of await this.tables()) {
      const wanted = byIdAlone.includes(table) ? texts.filter((text) => !PUBLIC_ID.test(text)) : texts;
      const named = `select exists(select from ${this.schema}.${table} t where t::text like any($1))::text as found`;
      if ((await this.#asOwner(table, named, [wanted.map(within)])) === 'true') found.push(`postgres/${table}`);
    }
    return found;
  }

  async #keys(texts: readonly string[]): Promise<readonly string[]> {
    const redis = this.connections.everyRedis();
    const found = new Set<string>();
    for (const database of redis) {
      for await (const keys of database.scanStream({ count: 1_000 }) as AsyncIterable<string[]>) {
        const held = await Promise.all(keys.map((key) => database.dumpBuffer(key)));
        keys.forEach((key, i) => {
          const whole = `${key} ${held[i]?.toString('latin1') ?? ''}`;
          if (texts.some((text) => whole.includes(text))) found.add(`redis/${key}`);
        });
      }
    }
    return [...found];
  }

  async #history(texts: readonly string[], byIdAlone: readonly string[]): Promise<readonly string[]> {
    const found: string[] = [];
    for (const [table, text] of await this.#columns()) {
      const answer = await this.connections.history().query({
        query: `select count() as found from ${table} where multiSearchAny(${text}, {texts: Array(String)})`,
        query_params: { texts: byIdAlone.includes(table) ? texts.filter((one) => !PUBLIC_ID.test(one)) : [...texts] },
        format: 'JSONEachRow',
      });
      if (Number((await answer.json<{ found: string }>())[0]?.found) > 0) found.push(`clickhouse/${table}`);
    }
    return found;
  }

  async tables(): Promise<readonly string[]> {
    const { rows } = await this.connections.rows().query<{ name: string }>(
      `select table_name as name from information_schema.tables
       where table_schema = $1 and table_type = 'BASE TABLE' order by 1`,
      [this.schema],
    );
    return rows.map(({ name }) => name);
  }

  /** Row security binds the owner, too; so it is lifted for one statement, in a transaction that never lands. */
  async #asOwner(table: string, statement: string, values: readonly unknown[]): Promise<string> {
    const client = await this.connections.rows().connect();
    try {
      await client.query(`begin; alter table ${this.schema}.${table} no force row level security`);
      const { rows } = await client.query<{ found: string }>(statement, [...values]);
      return rows[0]?.found ?? '';
    } finally {
      await client.query('rollback');
      client.release();
    }
  }

  /** Each table of ClickHouse with all its columns as one text. */
  async #columns(): Promise<ReadonlyMap<string, string>> {
    const answer = await this.connections.history().query({
      query: `select c.table as table, c.name as column from system.columns c
        join system.tables t on (t.database, t.name) = (c.database, c.table)
        where c.database = currentDatabase() and t.engine like '%MergeTree' and c.default_kind != 'ALIAS' order by 1, 2`,
      format: 'JSONEachRow',
    });
    const columns = Map.groupBy(await answer.json<Column>(), ({ table }) => table);
    return new Map(
      [...columns].map(([table, of]) => [
        table,
        `concat_ws('|', ${of.map(({ column }) => `toString(${column})`).join(', ')})`,
      ]),
    );
  }
}

function within(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}
