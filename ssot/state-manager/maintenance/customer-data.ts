import { z } from 'zod';
import { contextOfSubject, type CustomerData, type ExportRecord, type Subject } from '../../kernel';
import type { DurableRecords } from '../durable/durable-records';
import { tenantPrefix, userPart } from '../keys';
import type { RecordStore } from '../records/record-store';
import { serversOf } from '../redis/connection';
import type { RedisClient } from '../redis/redis-client';
import { clear } from './clear';

const KEYS_AT_ONCE = 1_000;
const ENTRY = z.object({ created: z.string(), updated: z.string(), expires: z.string() });

interface Deps {
  readonly redis: RedisClient;
  readonly store: RecordStore;
  readonly durable: DurableRecords;
}

/**
 * What Redis holds of a person or a company; what lasts is counted by state-persistence, where it is stored. Values are sealed
 * working facts that end by themselves, so an export says that they are there, and not what they are.
 */
export function workingStateCustomerData(deps: Deps): CustomerData {
  return {
    name: 'working-state',
    async erase(subject) {
      const { userId } = subject;
      // By owner first: what finds and counts the entries stays right, and whoever still writes for them is refused.
      if (userId !== undefined) await clear(deps, contextOfSubject(subject), { user: userId });
      for await (const keys of keysOf(deps, subject)) await deps.redis.call((redis) => redis.unlink(...keys));
      if (userId !== undefined) return;
      const prefix = tenantPrefix(subject);
      for (const list of [deps.store.tenants, deps.store.durableTenants]) await list.remove(prefix);
    },
    async count(subject) {
      let rows = 0;
      for await (const keys of keysOf(deps, subject)) rows += keys.length;
      return [{ place: 'redis', rows }];
    },
    export: (subject) => exported(deps, subject),
  };
}

/** Every key of theirs, by looking through all there are, at every server: no index is believed. */
async function* keysOf({ redis }: Deps, subject: Subject): AsyncGenerator<readonly string[]> {
  const prefix = tenantPrefix(subject);
  const owner = subject.userId && userPart(subject.userId);
  for (const server of await redis.call((connection) => Promise.resolve(serversOf(connection)))) {
    let cursor = '0';
    do {
      const scan = () => server.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', KEYS_AT_ONCE);
      const [next, found] = await redis.call(scan);
      const keys = found.filter((key) => owner === undefined || key.slice(prefix.length).split(':').includes(owner));
      if (keys.length > 0) yield keys;
      cursor = next;
    } while (cursor !== '0');
  }
}

async function* exported(deps: Deps, subject: Subject): AsyncGenerator<ExportRecord> {
  const entries = `${tenantPrefix(subject)}e:`;
  for await (const keys of keysOf(deps, subject)) {
    for (const key of keys.filter((one) => one.startsWith(entries))) {
      const [created, updated, expires] = await deps.redis.call((redis) =>
        redis.hmget(key, 'created', 'updated', 'expires'),
      );
      const read = ENTRY.safeParse({ created, updated, expires });
      // Ended while this was being read.
      if (!read.success) continue;
      const at = (text: string): string => new Date(Number(text)).toISOString();
      yield {
        place: 'redis',
        record: {
          entry: key.slice(entries.length),
          createdAt: at(read.data.created),
          updatedAt: at(read.data.updated),
          endsAt: at(read.data.expires),
        },
      };
    }
  }
}
