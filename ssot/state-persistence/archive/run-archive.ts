import { z } from 'zod';
import {
  contextOfSubject,
  servicePrincipal,
  Recurring,
  sql,
  type Json,
  type Logger,
  type Metrics,
  type RunId,
  type Sql,
  type TenantId,
  type Transaction,
  type UserId,
} from '../../kernel';
import type { RunRetentionDeps } from './run-retention';
import { ArchivedParts, notCopied, unavailable, type ArchiveDeps, type Part, type Place } from './parts';

const RELAY = servicePrincipal('run-archiving');
const DAY_MS = 86_400_000;
/** Given up by PostgreSQL after so many days, and copied at once: until then a history that is lost is filled again. */
const MOVED_AFTER_DAYS = 30;
const EVERY_MS = 60_000;
const RUNS_AT_ONCE = 200;
const MAX_BYTES_AT_ONCE = 4 * 1_024 * 1_024;
/** A run's state is one part. */
const PART = 1;

const endedRow = z.object({ tenant_id: z.custom<TenantId>(), run_id: z.custom<RunId>(), ended_at: z.date() });
const stateRow = z.object({
  run_id: z.custom<RunId>(),
  user_id: z.custom<UserId>(),
  version: z.number(),
  body: z.string(),
});
const nameRow = z.object({ run_id: z.string() });

/** The state of a run that PostgreSQL has given up. Throws `persistence_cold_unavailable`. */
export async function readMovedRun(deps: ArchiveDeps, place: Place): Promise<Json> {
  const parts = new ArchivedParts('run', deps);
  const found = (await parts.parts(place)).find(({ state }) => state === 'moved');
  if (found === undefined) throw unavailable('this run is not there');
  return parts.content(place, found);
}

export interface RunArchivingDeps extends ArchiveDeps, Pick<RunRetentionDeps, 'plans' | 'plansOf'> {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * Copies, each minute, the state of runs that have ended to the history, oldest first, and lets PostgreSQL give up its own 30 days
 * later, compared once more; not of companies that keep it no longer than that. Killed anywhere, the next turn goes on from what is stored; instances share the work. Disposing it lets
 * the step that is under way land.
 */
export function startRunArchiving(deps: RunArchivingDeps): AsyncDisposable {
  const archiving = new RunArchiving(deps);
  const onFailure = (reason: string): void =>
    deps.logger.warn({ reason }, 'ended runs could not be looked through; they will be in a minute');
  const regularly = { firstAfterMs: EVERY_MS, everyMs: EVERY_MS, onFailure };
  return new Recurring(deps.clock, regularly, (closing) => archiving.turn(closing));
}

class RunArchiving {
  readonly #parts: ArchivedParts;

  constructor(private readonly deps: RunArchivingDeps) {
    this.#parts = new ArchivedParts('run', deps);
  }

  async turn(closing: AbortSignal): Promise<void> {
    const { clock, logger } = this.deps;
    const now = clock.now();
    await this.#leaveBrief();
    await this.#each(sql`archive = 'none'`, now, closing, (tenantId, parts) => this.#copy(tenantId, parts));
    const longAgo = now - MOVED_AFTER_DAYS * DAY_MS;
    await this.#each(sql`archive = 'copied'`, longAgo, closing, (tenantId, parts) => this.#move(tenantId, parts));
    logger.debug({}, 'ended runs were looked through');
  }

  /** Of companies whose plans keep it no longer than PostgreSQL does, nothing is copied, to be removed from there so soon. */
  async #leaveBrief(): Promise<void> {
    const { db, plans, plansOf } = this.deps;
    const companies = await db.asService(
      RELAY,
      (tx) =>
        tx.query(
          sql`select distinct tenant_id from run_state where archive = 'none' and ended_at is not null`,
          endedRow.pick({ tenant_id: true }),
        ),
      { readOnly: true },
    );
    for (const [tenantId, plan] of await plansOf(companies.map(({ tenant_id: tenantId }) => tenantId))) {
      if (plans[plan].runRetentionDays > MOVED_AFTER_DAYS) continue;
      await this.#ofCompany(tenantId, () =>
        db.transaction(contextOfSubject({ tenantId }), (tx) =>
          tx.execute(
            sql`update run_state set archive = 'stays'
                where tenant_id = ${tenantId} and archive = 'none' and ended_at is not null`,
          ),
        ),
      );
    }
  }

  /** Runs that ended before `until`, by company, a few MiB at a time. */
  async #each(
    where: Sql,
    until: number,
    closing: AbortSignal,
    work: (tenantId: TenantId, parts: readonly Part[]) => Promise<void>,
  ): Promise<void> {
    let page: readonly z.infer<typeof endedRow>[] = [];
    do {
      page = await this.#page(where, until, page.at(-1));
      for (const [tenantId, runs] of Map.groupBy(page, ({ tenant_id: tenant }) => tenant)) {
        const ids = runs.map(({ run_id: runId }) => runId);
        await this.#ofCompany(tenantId, async () => {
          for await (const parts of this.#bodies(tenantId, ids, where)) {
            if (closing.aborted) return;
            await work(tenantId, parts);
          }
        });
        if (closing.aborted) return;
      }
    } while (page.length === RUNS_AT_ONCE);
  }

  /** When it fails, nothing of these runs was given up; other companies do not wait for them. */
  async #ofCompany(tenantId: TenantId, work: () => Promise<unknown>): Promise<void> {
    const { metrics, logger } = this.deps;
    try {
      await work();
    } catch (error) {
      metrics.count('runs_archiving_failed_total');
      logger.warn({ tenantId, reason: String(error) }, 'ended runs could not be moved to the history');
    }
  }

  #page(where: Sql, until: number, after: z.infer<typeof endedRow> | undefined) {
    const beyond = after && sql`and (ended_at, run_id) > (${after.ended_at}, ${after.run_id})`;
    return this.deps.db.asService(
      RELAY,
      (tx) =>
        tx.query(
          sql`select tenant_id, run_id, ended_at from run_state
              where ${where} and ended_at <= ${new Date(until)} ${beyond ?? sql``} order by ended_at, run_id limit ${RUNS_AT_ONCE}`,
          endedRow,
        ),
      { readOnly: true },
    );
  }

  async *#bodies(tenantId: TenantId, ids: readonly RunId[], where: Sql): AsyncGenerator<readonly Part[]> {
    for (let left = ids; left.length > 0;) {
      const rows = await this.deps.db.transaction(
        contextOfSubject({ tenantId }),
        (tx) =>
          tx.query(
            sql`select run_id, user_id, version, body from (
                  select run_id, user_id, version, body, sum(octet_length(body)) over (order by run_id) - octet_length(body) as before
                  from run_state where run_id = any(${left}) and ended_at is not null and ${where}) r
                where before < ${MAX_BYTES_AT_ONCE} order by run_id`,
            stateRow,
          ),
        { readOnly: true },
      );
      const last = rows.at(-1)?.run_id;
      // Deleted meanwhile, or another instance was quicker.
      if (last === undefined) return;
      yield rows.map(({ run_id: subject, user_id: userId, version, body }) => {
        return { userId, subject, part: PART, last: version, content: JSON.parse(body) as Json };
      });
      left = left.filter((id) => id > last);
    }
  }

  async #copy(tenantId: TenantId, parts: readonly Part[]): Promise<void> {
    const copied = await this.#parts.copy(tenantId, parts, goneOf(parts));
    await this.deps.db.transaction(contextOfSubject({ tenantId }), (tx) =>
      tx.execute(
        sql`update run_state set archive = 'copied' where run_id = any(${idsOf(copied)}) and archive = 'none'`,
      ),
    );
    this.deps.metrics.count('runs_archived_total', { step: 'copied' }, copied.length);
    // Deleted meanwhile, or not the same in the history: those wait for the next turn.
    if (copied.length < parts.length) throw notCopied();
  }

  async #move(tenantId: TenantId, parts: readonly Part[]): Promise<void> {
    const copied = await this.#parts.copy(tenantId, parts, goneOf(parts));
    const moved = await this.deps.db.transaction(contextOfSubject({ tenantId }), (tx) =>
      this.#giveUp(tx, tenantId, copied),
    );
    this.deps.metrics.count('runs_archived_total', { step: 'moved' }, moved);
    if (copied.length < parts.length) throw notCopied();
  }

  /** Exactly what was copied, of those that nobody else has deleted or moved meanwhile. */
  async #giveUp(tx: Transaction, tenantId: TenantId, copied: readonly Part[]): Promise<number> {
    const locked = await tx.query(
      sql`select run_id from run_state where run_id = any(${idsOf(copied)}) and archive = 'copied' and body is not null
          for update skip locked`,
      nameRow,
    );
    const held = new Set(locked.map(({ run_id: runId }) => runId));
    const parts = copied.filter(({ subject }) => held.has(subject));
    await this.#parts.markMoved(tx, tenantId, parts);
    await tx.execute(sql`update run_state set body = null, archive = 'moved' where run_id = any(${idsOf(parts)})`);
    await tx.execute(sql`delete from run_save where run_id = any(${idsOf(parts)})`);
    return parts.length;
  }
}

/** Of these runs those that were deleted meanwhile. */
const goneOf =
  (parts: readonly Part[]) =>
  async (tx: Transaction): Promise<readonly string[]> => {
    const gone = await tx.query(
      sql`select c.run_id from unnest(${idsOf(parts)}::text[]) as c (run_id)
        where not exists(select from run_state r where r.run_id = c.run_id)`,
      nameRow,
    );
    return gone.map(({ run_id: runId }) => runId);
  };

function idsOf(parts: readonly Part[]): readonly string[] {
  return parts.map(({ subject }) => subject);
}
