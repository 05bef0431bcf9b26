import { z, type ZodType } from 'zod';
import { openMigration, postgresLedger, type IdSource, type LegacyRecord } from '../../../ssot/id-manager';
import {
  PlatformError,
  silentLogger,
  sql,
  systemClock,
  type Id,
  type Sql,
  type TenantContext,
} from '../../../ssot/kernel';
import type { IdentifiersHost } from './host';
import { suffixOf } from './typeid-standard';

const migrationRow = z.object({ state: z.string(), over: z.date().nullable() });
const entryRow = z.object({
  kind: z.string(),
  legacy: z.string(),
  new_id: z.string().nullable(),
  parent_legacy: z.string().nullable(),
});
const countRow = z.object({ count: z.coerce.number() });

/** The ledger as it is stored, looked at from outside the module with the company's own rights. */
export class StoredMigrations {
  constructor(private readonly host: IdentifiersHost) {}

  migrations(context: TenantContext): Promise<readonly { state: string; over: Date | null }[]> {
    return this.#read(context, sql`select state, cut_over_at as over from id_migration`, migrationRow);
  }

  async entries(context: TenantContext): Promise<number> {
    const [row] = await this.#read(context, sql`select count(*) from id_migration_item`, countRow);
    return row?.count ?? 0;
  }

  /** Records that are not stored under the one id of their UUID, or not with the parent they came with. */
  async misplaced(context: TenantContext, records: readonly LegacyRecord[]): Promise<readonly string[]> {
    const statement = sql`select kind, legacy, new_id, parent_legacy from id_migration_item`;
    const rows = await this.#read(context, statement, entryRow);
    const stored = new Map(rows.map((row) => [`${row.kind} ${row.legacy}`, row]));
    return records
      .filter(({ kind, legacy, parent }) => {
        const row = stored.get(`${kind} ${legacy}`);
        return row?.new_id !== `${kind}_${suffixOf(legacy)}` || row.parent_legacy !== (parent?.legacy ?? null);
      })
      .map(({ legacy }) => legacy);
  }

  /** Opens a migration under this id, as an instance would that gives one id twice; returns the refusal, if any. */
  async openUnder(context: TenantContext, id: Id<'mig'>): Promise<PlatformError | null> {
    const ids = { next: () => id } as unknown as IdSource;
    const ledger = postgresLedger(await this.host.connections.database());
    try {
      await openMigration(context, 'import', { ledger, clock: systemClock, ids, logger: silentLogger });
      return null;
    } catch (error) {
      if (error instanceof PlatformError) return error;
      throw error;
    }
  }

  async #read<R>(context: TenantContext, statement: Sql, row: ZodType<R>): Promise<readonly R[]> {
    const database = await this.host.connections.database();
    return database.transaction(context, (tx) => tx.query(statement, row), { readOnly: true });
  }
}
