import { Client } from 'pg';
import { openDatabase, rowSecurity, type Database, type DatabasePorts } from '../../ssot/database-manager';
import {
  noMetrics,
  silentLogger,
  systemClock,
  systemRandom,
  vouchFor,
  type SchemaChange,
  type TenantContext,
  type TenantId,
  type UserId,
} from '../../ssot/kernel';
import { OwnTables } from '../../world/stores/own-tables';
import { addressOf } from '../../world/settings';

/** Notes and accounts of companies: a table that every test of database-manager can break without touching the platform's. */
export const NOTES: SchemaChange = {
  name: 'notes/0001-note',
  sql: `create table note (
      tenant_id text not null, id integer not null, body text not null default '', amount integer not null default 0
        check (amount >= 0),
      primary key (tenant_id, id));
    ${rowSecurity('note', { app: ['select', 'insert', 'update', 'delete'], service: ['select'] })}`,
};

export interface OwnSchemaOptions {
  readonly changes?: readonly SchemaChange[];
  readonly ports?: Partial<DatabasePorts>;
  /** What stands between the app login and the server, for instance a fault proxy. */
  readonly through?: (address: string) => string;
  readonly poolSize?: number;
  /** Logins in place of those of the run. */
  readonly logins?: { readonly app?: string; readonly service?: string };
}

/** A schema of one test's own on the real server; dropped with all that it holds. */
export class OwnSchema implements AsyncDisposable {
  readonly #opened = new AsyncDisposableStack();

  private constructor(
    private readonly tables: OwnTables,
    private readonly owner: Client,
  ) {}

  static async create(): Promise<OwnSchema> {
    const owner = new Client({ connectionString: addressOf('SPEC_POSTGRES_OWNER_URL') });
    await owner.connect();
    return new OwnSchema(await OwnTables.create(owner), owner);
  }

  get name(): string {
    return this.tables.schema;
  }

  async open(options: OwnSchemaOptions = {}): Promise<Database> {
    const { changes = [NOTES], ports = {}, through = (address) => address, poolSize, logins = {} } = options;
    const database = await openDatabase(
      {
        url: this.tables.within(through(logins.app ?? addressOf('SPEC_POSTGRES_URL'))),
        ownerUrl: this.tables.within(addressOf('SPEC_POSTGRES_OWNER_URL')),
        serviceUrl: this.tables.within(logins.service ?? addressOf('SPEC_POSTGRES_SERVICE_URL')),
        changes,
        ...(poolSize !== undefined && { poolSize }),
      },
      { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics, ...ports },
    );
    return this.#opened.use(database);
  }

  /** The owner's own statement in this schema, past the module. */
  async query(text: string): Promise<readonly Record<string, unknown>[]> {
    const found = await this.owner.query<Record<string, unknown>>(`set search_path to ${this.name}; ${text}`);
    return ([found].flat().at(-1) as { rows: Record<string, unknown>[] }).rows;
  }

  /** Takes every row out of every table. What row security hides from the owner takes room all the same. */
  async empty(): Promise<void> {
    const filled = await this.query(
      `select relname from pg_class where relnamespace = '${this.name}'::regnamespace and relkind = 'r'
         and relname <> 'schema_change' and pg_relation_size(oid) > 0`,
    );
    if (filled.length > 0) await this.query(`truncate ${filled.map(({ relname }) => String(relname)).join(', ')}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.disposeAsync();
    await this.tables[Symbol.asyncDispose]();
    await this.owner.end();
  }
}

/** Somebody of a company, as auth would vouch for them. */
export function somebodyOf(company: string): TenantContext {
  return vouchFor({ tenantId: company as TenantId, userId: `${company}-user` as UserId, plan: 'mid', permissions: [] });
}
