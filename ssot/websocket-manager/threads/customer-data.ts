import { z } from 'zod';
import {
  contextOfSubject,
  ofSubject,
  sql,
  type CustomerData,
  type ExportRecord,
  type Json,
  type PlaceCount,
  type Subject,
  type Transactions,
} from '../../kernel';

/** So many threads a transaction: what they hold goes with them, and nobody waits long for a lock. */
const THREADS_AT_ONCE = 50;
const EVENTS_AT_ONCE = 500;
const PLACES = ['thread', 'thread_events', 'thread_counts'] as const;

const countRow = z.object({ place: z.string(), rows: z.coerce.number() });
const threadRow = z.object({ thread_id: z.string(), user_id: z.string(), title: z.string(), created_at: z.date() });
const eventRow = z.object({ seq: z.coerce.number(), type: z.string(), at: z.date(), data: z.custom<Json>() });

/** Threads, their events and what counts them, as data of a person or a company. */
export function chatCustomerData(db: Transactions): CustomerData {
  return {
    name: 'chat',
    async erase(subject) {
      const ctx = contextOfSubject(subject);
      for (let left = true; left;) {
        left = await db.transaction(ctx, async (tx) => {
          const { rows } = await tx.execute(
            sql`delete from thread where ${ofSubject(subject)} and thread_id in (
                  select thread_id from thread where ${ofSubject(subject)} order by thread_id limit ${THREADS_AT_ONCE})`,
          );
          return rows === THREADS_AT_ONCE;
        });
      }
      await db.transaction(ctx, (tx) => tx.execute(sql`delete from thread_counts where ${ofSubject(subject)}`));
    },
    count(subject) {
      return db.transaction(contextOfSubject(subject), (tx) => countIn(tx.query.bind(tx), subject), { readOnly: true });
    },
    export: (subject) => exported(db, subject),
  };
}

function countIn(query: Parameters<Parameters<Transactions['transaction']>[1]>[0]['query'], subject: Subject) {
  const mine = sql`(select tenant_id, thread_id from thread where ${ofSubject(subject)})`;
  return query(
    sql`select ${PLACES[0]} as place, count(*) as rows from thread where ${ofSubject(subject)}
        union all select ${PLACES[1]}, count(*) from thread_events where (tenant_id, thread_id) in ${mine}
        union all select ${PLACES[2]}, count(*) from thread_counts where ${ofSubject(subject)}`,
    countRow,
  ) as Promise<readonly PlaceCount[]>;
}

/** Thread by thread and page by page: a long life of chatting is never in memory at once. */
async function* exported(db: Transactions, subject: Subject): AsyncGenerator<ExportRecord> {
  const ctx = contextOfSubject(subject);
  const read = { readOnly: true };
  for (let after = ''; ;) {
    const threads = await db.transaction(
      ctx,
      (tx) =>
        tx.query(
          sql`select thread_id, user_id, title, created_at from thread where ${ofSubject(subject)} and thread_id > ${after}
              order by thread_id limit ${THREADS_AT_ONCE}`,
          threadRow,
        ),
      read,
    );
    for (const { thread_id: threadId, user_id: userId, title, created_at: createdAt } of threads) {
      yield { place: 'thread', record: { threadId, userId, title, createdAt: createdAt.toISOString() } };
      for (let afterSeq = 0; ;) {
        const events = await db.transaction(
          ctx,
          (tx) =>
            tx.query(
              sql`select seq, type, at, data from thread_events where thread_id = ${threadId} and seq > ${afterSeq}
                  order by seq limit ${EVENTS_AT_ONCE}`,
              eventRow,
            ),
          read,
        );
        for (const { seq, type, at, data } of events) {
          yield { place: 'thread_events', record: { threadId, seq, type, at: at.toISOString(), data } };
        }
        afterSeq = events.at(-1)?.seq ?? afterSeq;
        if (events.length < EVENTS_AT_ONCE) break;
      }
    }
    after = threads.at(-1)?.thread_id ?? after;
    if (threads.length < THREADS_AT_ONCE) return;
  }
}
