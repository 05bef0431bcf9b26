import { z } from 'zod';
import type { TenantId } from '../kernel';
import { storedInstant } from './store/instants';
import type { Layout } from './schema/layout';
import type { Store } from './store/store';

/** Stands for the whole company where otherwise the id of a person stands. */
export const COMPANY = 'company';

/** Somebody who was erased, named by an id that stands for nothing any more. */
export interface ErasureRecord {
  readonly tenantId: TenantId;
  /** The id of a person, or `COMPANY`. */
  readonly subject: string;
  /** Milliseconds since 1970, UTC. Of two about the same subject the later counts. */
  readonly requestedAt: number;
}

/** The history's own list of erasures: it lives outside PostgreSQL, so that either store can tell that the other came back older. */
export interface ErasureRecords {
  /** Stored when it resolves, and every report that is recorded from then on knows of it; again, it does nothing more. Throws `AnalyticsError`. */
  note(record: ErasureRecord): Promise<void>;
  /** Of all companies, one for each subject. */
  all(): Promise<readonly ErasureRecord[]>;
}

/** In its place of the history's shape. */
export const erasureTable = ({ onCluster, engine }: Layout): string => `create table if not exists erasure${onCluster} (
    tenant_id String, subject String, requested_at DateTime64(3, 'UTC'))
  engine = ${engine('ReplacingMergeTree')}(requested_at) order by (tenant_id, subject)`;

const AT_ONCE = 10_000;
const recordRow = z
  .object({ tenant_id: z.custom<TenantId>(), subject: z.string(), at: z.coerce.number() })
  .transform(({ tenant_id: tenantId, subject, at: requestedAt }): ErasureRecord => ({
    tenantId,
    subject,
    requestedAt,
  }));

/**
 * `onTables`: does the work, and builds the tables again for a history that came back without them. `reported`: resolves when the
 * company's reports that are being recorded, and may not have seen what was noted meanwhile, are stored.
 */
export function erasureRecordsIn(
  store: Store,
  onTables: <T>(work: () => Promise<T>) => Promise<T>,
  reported: (tenantId: TenantId) => Promise<void>,
): ErasureRecords {
  const page = (after: ErasureRecord | undefined): Promise<readonly ErasureRecord[]> =>
    store.askAcross(
      'erasure',
      `select tenant_id, subject, toUnixTimestamp64Milli(requested_at) as at from erasure final
       where (tenant_id, subject) > ({tenantOf:String}, {subject:String}) order by tenant_id, subject limit ${AT_ONCE}`,
      { tenantOf: after?.tenantId ?? '', subject: after?.subject ?? '' },
      recordRow,
    );
  return {
    async note({ tenantId, subject, requestedAt }) {
      const row = { tenant_id: tenantId, subject, requested_at: storedInstant(requestedAt) };
      await onTables(() => store.insert('erasure', [row]));
      await reported(tenantId);
    },
    all: () =>
      onTables(async () => {
        const found: ErasureRecord[] = [];
        let records: readonly ErasureRecord[];
        do {
          records = await page(found.at(-1));
          found.push(...records);
        } while (records.length === AT_ONCE);
        return found;
      }),
  };
}
