import { z } from 'zod';
import type { DurableChange, DurableRecord, Logger, Script } from '../../kernel';
import { StateError } from '../errors';
import { tenantPrefix, type EntryKey } from '../keys';
import { CACHE_TTL_MS } from '../limits';
import type { RecordStore, StoredEntry } from '../records/record-store';
import { CACHE_RECORD, CACHE_REMOVAL, READ_CACHE } from './cache-scripts';

const answer = z.union([z.array(z.string()), z.null()]);

/** Copies of durable entries in Redis; without Redis everything is answered by PostgreSQL alone. */
export class Cache {
  constructor(private readonly deps: { readonly store: RecordStore; readonly logger: Logger }) {}

  /** `absent`: there is none that may be trusted. `unavailable`: Redis could not be asked. */
  async read({ tenant, owner, name }: EntryKey): Promise<StoredEntry | 'absent' | 'unavailable'> {
    try {
      return answer.parse(await this.deps.store.run(READ_CACHE, tenant, [owner, name, CACHE_TTL_MS])) ?? 'absent';
    } catch (error) {
      this.#assertRedisFailed(error);
      return 'unavailable';
    }
  }

  /** Keeps what was fetched, unless something newer is there. */
  async keep({ tenant }: EntryKey, record: DurableRecord): Promise<void> {
    try {
      await this.#run(CACHE_RECORD, tenant, record, entryOf(record));
    } catch (error) {
      this.#assertRedisFailed(error);
    }
  }

  /** Follows a committed change; a repeat, or one that comes late, never puts an older value back. Rejects when Redis fails. */
  async apply(change: DurableChange): Promise<void> {
    const { current } = change;
    const tenant = tenantPrefix(change);
    if (current === null) await this.#run(CACHE_REMOVAL, tenant, change, []);
    else await this.#run(CACHE_RECORD, tenant, current, entryOf(current));
  }

  async #run(
    script: Script,
    tenant: string,
    { owner, name, stamp }: Pick<DurableRecord, 'owner' | 'name' | 'stamp'>,
    entry: StoredEntry,
  ): Promise<unknown> {
    const { userEntries, userBytes, tenantEntries, tenantBytes } = this.deps.store.limits;
    const { store } = this.deps;
    await Promise.all([store.tenants.add(tenant), store.durableTenants.add(tenant)]);
    const values = [userEntries, userBytes, tenantEntries, tenantBytes, owner, name, stamp, ...entry];
    return store.run(script, tenant, values);
  }

  #assertRedisFailed(error: unknown): void {
    if (!(error instanceof StateError)) throw error;
    this.deps.logger.debug({ code: error.code }, 'a durable entry goes without its copy');
  }
}

/** As Redis gives an entry. */
export function entryOf(record: DurableRecord): StoredEntry {
  const { incarnation, version, body, createdAt, updatedAt, expiresAt, shape } = record;
  const times = [createdAt, updatedAt, expiresAt].map((date) => String(date.getTime()));
  return [incarnation, String(version), body, ...times, String(shape)];
}
