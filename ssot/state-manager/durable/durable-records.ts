import {
  DeadlineExceeded,
  PlatformError,
  withDeadline,
  type Clock,
  type DurableRecord,
  type DurableStore,
  type Logger,
  type TenantContext,
} from '../../kernel';
import type { Rev } from '../contract';
import { StateError } from '../errors';
import { redisKey, type EntryKey } from '../keys';
import {
  erased,
  revOf,
  type Conflict,
  type Put,
  type RecordStore,
  type StoredEntry,
  type Written,
} from '../records/record-store';
import { entryOf, type Cache } from './cache';

/** With a try at Redis before or after it a caller is answered within two seconds. */
const CALL_LIMIT_MS = 1_500;

export interface Found {
  readonly entry: StoredEntry;
  readonly source: 'hot' | 'warm';
}

export interface DurableRecordsDeps {
  readonly durable: DurableStore;
  readonly cache: Cache;
  readonly store: RecordStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Kinds that must last: PostgreSQL decides, and the copy in Redis is trusted for 30 seconds after it was confirmed. */
export class DurableRecords {
  readonly #inFlight = new Map<string, Promise<DurableRecord | undefined>>();

  constructor(private readonly deps: DurableRecordsDeps) {}

  async read(ctx: TenantContext, key: EntryKey, fresh: 'hot' | 'latest' = 'hot'): Promise<Found | undefined> {
    if (fresh === 'latest') return warm(await this.#load(ctx, key));
    const copy = await this.deps.cache.read(key);
    if (typeof copy === 'object') return { entry: copy, source: 'hot' };
    return warm(await this.#fetch(ctx, key, copy === 'absent'));
  }

  async put(ctx: TenantContext, put: Put, writeId?: string): Promise<Written | Conflict> {
    const { durable, store } = this.deps;
    const { key, text, expect, shape, lifetimeMs, defaultLifetimeMs } = put;
    const outcome = await this.#inTime(
      durable.apply(
        ctx,
        {
          ...{ op: 'put', owner: key.owner, name: key.name, expect, shape, lifetimeMs, defaultLifetimeMs },
          ...{ body: store.seal.close(text, key), incarnation: store.incarnation() },
        },
        writeId,
      ),
    );
    this.#inFlight.delete(redisKey(key));
    if ('refused' in outcome) return refusalOf(outcome);
    const { result, replayed, delivered } = outcome;
    if ('was' in result) throw new TypeError('the durable store answered a put with the result of a removal');
    const { incarnation, version, expiresAt } = result;
    return {
      ...{ rev: revOf([incarnation, String(version)]), version, expiresAt },
      ...{ replayed, durable: true, hotCopy: delivered ? 'fresh' : 'pending' },
    };
  }

  async remove(ctx: TenantContext, key: EntryKey, expect: Rev | ''): Promise<{ removed: boolean } | Conflict> {
    const { owner, name } = key;
    const outcome = await this.#inTime(this.deps.durable.apply(ctx, { op: 'remove', owner, name, expect }));
    this.#inFlight.delete(redisKey(key));
    if ('refused' in outcome) return refusalOf(outcome);
    return { removed: 'was' in outcome.result && outcome.result.was };
  }

  async page(
    ctx: TenantContext,
    q: { owner: string; start: string; middle: string; since: Date; limit: number; from: string | undefined },
  ): Promise<{ rows: readonly { name: string; entry: StoredEntry }[]; next: string | undefined }> {
    const { from, limit, ...rest } = q;
    const below = from === undefined ? null : Number(from);
    const found = await this.#inTime(this.deps.durable.page(ctx, { ...rest, below, limit: limit + 1 }));
    const records = found.slice(0, limit);
    return {
      rows: records.map((record) => ({ name: record.name, entry: entryOf(record) })),
      next: found.length > limit ? String(records.at(-1)?.order) : undefined,
    };
  }

  async clear(ctx: TenantContext, owner: string, start: string, erasing: boolean): Promise<number> {
    const { removed } = await this.#inTime(this.deps.durable.clear(ctx, owner, start, erasing));
    this.#inFlight.clear();
    return removed;
  }

  /** Whoever asks while the same entry is being fetched gets what comes of it; after a change it is fetched anew. */
  async #fetch(ctx: TenantContext, key: EntryKey, caching: boolean): Promise<DurableRecord | undefined> {
    const name = redisKey(key);
    const known = this.#inFlight.get(name);
    if (known !== undefined) return known;
    const load = this.#load(ctx, key, caching);
    this.#inFlight.set(name, load);
    try {
      return await load;
    } finally {
      if (this.#inFlight.get(name) === load) this.#inFlight.delete(name);
    }
  }

  async #load(ctx: TenantContext, key: EntryKey, caching = true): Promise<DurableRecord | undefined> {
    const { owner, name } = key;
    const record = await this.#inTime(this.deps.durable.load(ctx, { owner, name }));
    if (caching && record !== undefined) await this.deps.cache.keep(key, record);
    return record;
  }

  /** Within two seconds, or not at all. */
  async #inTime<T>(answer: Promise<T>): Promise<T> {
    const { clock, logger } = this.deps;
    try {
      return await withDeadline(clock, CALL_LIMIT_MS, answer);
    } catch (error) {
      if (error instanceof DeadlineExceeded) throw unavailable(error.message, error);
      if (!(error instanceof PlatformError) || !error.retryable) throw error;
      logger.warn({ code: error.code }, 'the durable store could not be asked');
      throw unavailable('the connection failed', error);
    }
  }
}

function warm(record: DurableRecord | undefined): Found | undefined {
  return record && { entry: entryOf(record), source: 'warm' };
}

function refusalOf(refusal: { refused: 'erased' } | { refused: 'conflict'; current: DurableRecord | null }): Conflict {
  if (refusal.refused === 'erased') throw erased();
  const { current } = refusal;
  return { refused: 'conflict', current: current === null ? undefined : entryOf(current), source: 'warm' };
}

function unavailable(why: string, cause: unknown): StateError {
  return new StateError(
    'state_durable_unavailable',
    `PostgreSQL cannot be reached (${why}). Try again, with the same writeId if it was a write.`,
    { cause },
  );
}
