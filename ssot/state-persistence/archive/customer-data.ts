import { z } from 'zod';
import {
  contextOfSubject,
  ofSubject,
  sql,
  type CustomerData,
  type Subject,
  type ThreadEvent,
  type Transactions,
  type UserId,
} from '../../kernel';
import { ArchivedParts, type ArchiveDeps } from './parts';

const countRow = z.object({ place: z.string(), rows: z.coerce.number() });
const partRow = z.object({
  kind: z.enum(['thread', 'run']),
  subject: z.string(),
  part: z.coerce.number(),
  checksum: z.string(),
  user_id: z.custom<UserId>(),
});

/** Threads and runs in the history, as data of a person or a company. */
export function archiveCustomerData(deps: ArchiveDeps): CustomerData {
  const { db, archive } = deps;
  return {
    name: 'archive',
    async erase(subject) {
      await archive.erase(subject);
      await db.transaction(contextOfSubject(subject), async (tx) => {
        for (const table of [sql`archive_part`, sql`archive_purge`])
          await tx.execute(sql`delete from ${table} where ${ofSubject(subject)}`);
      });
    },
    async count(subject) {
      const noted = await db.transaction(
        contextOfSubject(subject),
        (tx) =>
          tx.query(
            sql`select 'archive_part' as place, count(*) as rows from archive_part where ${ofSubject(subject)}
                union all select 'archive_purge', count(*) from archive_purge where ${ofSubject(subject)}`,
            countRow,
          ),
        { readOnly: true },
      );
      return [...noted, { place: 'history', rows: await archive.count(subject) }];
    },
    async *export(subject) {
      const { tenantId } = subject;
      for (const { kind, subject: name, user_id: userId, ...part } of await movedParts(db, subject)) {
        const content = await new ArchivedParts(kind, deps).content({ tenantId, userId, subject: name }, part);
        if (kind === 'run') yield { place: 'run_state', record: { runId: name, state: content } };
        for (const { seq, type, at, data } of kind === 'thread' ? (content as unknown as readonly ThreadEvent[]) : []) {
          yield { place: 'thread_events', record: { threadId: name, seq, type, at, data } };
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
        sql`select kind, subject, part, checksum, user_id from archive_part
            where ${ofSubject(subject)} and state = 'moved' order by kind, subject, part`,
        partRow,
      ),
    { readOnly: true },
  );
}
