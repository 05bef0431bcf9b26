import { z } from 'zod';
import {
  contextOfSubject,
  sql,
  vouchFor,
  type CustomerData,
  type Sql,
  type Subject,
  type ThreadId,
  type Transactions,
  type UserId,
} from '../../kernel';
import { ThreadSegments, type ThreadArchiveDeps } from './thread-archive';

const countRow = z.object({ place: z.string(), rows: z.coerce.number() });
const partRow = z.object({ subject: z.custom<ThreadId>(), part: z.coerce.number(), user_id: z.custom<UserId>() });

/** Threads in the history, as data of a person or a company. */
export function archiveCustomerData(deps: ThreadArchiveDeps): CustomerData {
  const { db, archive } = deps;
  return {
    name: 'archive',
    async erase(subject) {
      if ((await archive.count(subject)) > 0) await archive.erase(subject);
      await db.transaction(contextOfSubject(subject), async (tx) => {
        for (const table of [sql`archive_part`, sql`archive_purge`])
          await tx.execute(sql`delete from ${table} where ${of(subject)}`);
      });
    },
    async count(subject) {
      const noted = await db.transaction(
        contextOfSubject(subject),
        (tx) =>
          tx.query(
            sql`select 'archive_part' as place, count(*) as rows from archive_part where ${of(subject)}
                union all select 'archive_purge', count(*) from archive_purge where ${of(subject)}`,
            countRow,
          ),
        { readOnly: true },
      );
      return [...noted, { place: 'history', rows: await archive.count(subject) }];
    },
    async *export(subject) {
      const segments = new ThreadSegments(deps);
      for (const { subject: threadId, part, user_id: userId } of await movedParts(db, subject)) {
        const ctx = vouchFor({ tenantId: subject.tenantId, userId, plan: 'free', permissions: [] });
        for (const { seq, type, at, data } of await segments.read(ctx, threadId, part - 1)) {
          yield { place: 'thread_events', record: { threadId, seq, type, at, data } };
        }
      }
    },
  };
}

function movedParts(db: Transactions, subject: Subject) {
  return db.transaction(
    contextOfSubject(subject),
    (tx) =>
      tx.query(
        sql`select subject, part, user_id from archive_part
            where ${of(subject)} and kind = 'thread' and state = 'moved' order by subject, part`,
        partRow,
      ),
    { readOnly: true },
  );
}

function of({ tenantId, userId }: Subject): Sql {
  return userId === undefined ? sql`tenant_id = ${tenantId}` : sql`tenant_id = ${tenantId} and user_id = ${userId}`;
}
