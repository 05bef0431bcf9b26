import { z } from 'zod';
import {
  contextOfSubject,
  ofSubject,
  sql,
  type CustomerData,
  type ExportRecord,
  type Json,
  type RunId,
  type Subject,
  type Transactions,
} from '../../kernel';

const RUNS_AT_ONCE = 100;

const deletedRow = z.object({ id: z.custom<RunId>(), ended_at: z.date().nullable() });
const countRow = z.object({ place: z.string(), rows: z.coerce.number() });
const runRow = z.object({
  id: z.custom<RunId>(),
  user_id: z.string(),
  thread_id: z.string(),
  question: z.string(),
  state: z.string(),
  report: z.custom<Json>(),
  created_at: z.date(),
  published_at: z.date().nullable(),
});
const callRow = z.object({
  run_id: z.string(),
  call_id: z.string(),
  tool: z.string(),
  args: z.custom<Json>(),
  result: z.custom<Json>(),
});

/**
 * Questions with their reports, tool calls and publications, as data of a person or a company. `stop`: a run that had not ended
 * is gone, so whoever works on it stops.
 */
export function agentCustomerData(db: Transactions, stop: (id: RunId) => void): CustomerData {
  return {
    name: 'agents',
    async erase(subject) {
      for (let left = true; left;) {
        const gone = await db.transaction(contextOfSubject(subject), (tx) =>
          tx.query(
            sql`delete from runs where ${ofSubject(subject)} and id in (
                  select id from runs where ${ofSubject(subject)} order by id limit ${RUNS_AT_ONCE})
                returning id, ended_at`,
            deletedRow,
          ),
        );
        for (const { id, ended_at: endedAt } of gone) if (endedAt === null) stop(id);
        left = gone.length === RUNS_AT_ONCE;
      }
    },
    count(subject) {
      const calls = sql`select count(*) from tool_calls where (tenant_id, run_id) in
        (select tenant_id, id from runs where ${ofSubject(subject)})`;
      return db.transaction(
        contextOfSubject(subject),
        (tx) =>
          tx.query(
            sql`select 'runs' as place, count(*) as rows from runs where ${ofSubject(subject)}
                union all select 'tool_calls', (${calls})
                union all select 'published_reports', count(*) from published_reports where ${ofSubject(subject)}`,
            countRow,
          ),
        { readOnly: true },
      );
    },
    export: (subject) => exported(db, subject),
  };
}

async function* exported(db: Transactions, subject: Subject): AsyncGenerator<ExportRecord> {
  const ctx = contextOfSubject(subject);
  for (let after = ''; ;) {
    const [runs, calls] = await db.transaction(
      ctx,
      async (tx) => {
        const page = await tx.query(
          sql`select r.id, r.user_id, r.thread_id, r.question, r.state, r.report, r.created_at, p.published_at
              from (select * from runs where ${ofSubject(subject)} and id > ${after} order by id limit ${RUNS_AT_ONCE}) r
              left join published_reports p on (p.tenant_id, p.run_id) = (r.tenant_id, r.id) order by r.id`,
          runRow,
        );
        const ids = page.map(({ id }) => id);
        const made = sql`select run_id, call_id, tool, args, result from tool_calls where run_id = any(${ids})
          order by run_id, call_id`;
        return [page, await tx.query(made, callRow)] as const;
      },
      { readOnly: true },
    );
    for (const run of runs) {
      yield {
        place: 'runs',
        record: {
          ...{ runId: run.id, userId: run.user_id, threadId: run.thread_id, question: run.question, state: run.state },
          ...{ report: run.report, createdAt: run.created_at.toISOString() },
          publishedAt: run.published_at?.toISOString() ?? null,
        },
      };
    }
    for (const { run_id: runId, call_id: callId, tool, args, result } of calls) {
      yield { place: 'tool_calls', record: { runId, callId, tool, args, result } };
    }
    const last = runs[RUNS_AT_ONCE - 1];
    if (last === undefined) return;
    after = last.id;
  }
}
