import { z } from 'zod';
import { COMPANY } from '../../analytics';
import {
  contextOfSubject,
  Recurring,
  servicePrincipal,
  sql,
  type Clock,
  type Logger,
  type Metrics,
  type Plan,
  type TenantId,
  type Transactions,
} from '../../kernel';
import { SingletonJob, type SingletonJobDeps } from '../singleton-job';
import { deleteArchivedOf } from './purge';

const RETENTION = servicePrincipal('run-retention');
const FIRST_AFTER_MS = 60_000;
const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
const AT_ONCE = 500;

const companyRow = z.object({ tenant_id: z.custom<TenantId>() });
const removedRow = z.object({ run_id: z.string() });

/** The part of the table of plans that says for how long what runs have saved is kept. */
type RunRetentionLimits = Readonly<Record<Plan, { readonly runRetentionDays: number }>>;

export interface RunRetentionDeps extends SingletonJobDeps {
  readonly db: Transactions;
  readonly clock: Clock;
  readonly plans: RunRetentionLimits;
  /** Met by auth; a company that is gone is not among them. */
  readonly plansOf: (tenants: readonly TenantId[]) => Promise<ReadonlyMap<TenantId, Plan>>;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * Removes, hourly and by one instance for all, what runs have saved that ended longer ago than their company's plan keeps it, in
 * PostgreSQL and in the history. What is on legal hold stays. Disposing it lets the batch that is under way land.
 */
export function startRunRetention(deps: RunRetentionDeps): AsyncDisposable {
  const { clock, logger, metrics } = deps;
  const job = new SingletonJob(deps, 'run-retention', EVERY_MS);
  const onFailure = (reason: string): void =>
    logger.warn({ reason }, 'what ended runs have saved could not all be removed; it will be in an hour');
  const hourly = { firstAfterMs: FIRST_AFTER_MS, everyMs: EVERY_MS, onFailure };
  return new Recurring(clock, hourly, async (closing) => {
    await job.run(async () => {
      const removed = await sweep(deps, closing);
      metrics.count('run_states_expired_total', {}, removed);
      logger.debug({ removed }, 'what ended runs have saved was looked through');
      return removed;
    });
  });
}

async function sweep({ db, clock, plans, plansOf, logger }: RunRetentionDeps, closing: AbortSignal): Promise<number> {
  const now = clock.now();
  const endedBefore = (plan: Plan): Date => new Date(now - plans[plan].runRetentionDays * DAY_MS);
  const latest = new Date(Math.max(...(Object.keys(plans) as Plan[]).map((plan) => endedBefore(plan).getTime())));
  const companies = await db.asService(
    RETENTION,
    (tx) => tx.query(sql`select distinct tenant_id from run_state where ended_at <= ${latest}`, companyRow),
    { readOnly: true },
  );
  let removed = 0;
  for (const [tenantId, plan] of await plansOf(companies.map(({ tenant_id: tenantId }) => tenantId))) {
    try {
      for (let batch = AT_ONCE; batch === AT_ONCE; removed += batch) {
        closing.throwIfAborted();
        batch = await removeBatch(db, tenantId, endedBefore(plan), new Date(now));
      }
    } catch (error) {
      closing.throwIfAborted();
      // Other companies do not wait for this one.
      logger.warn({ tenantId, reason: String(error) }, 'what ended runs of a company have saved could not be removed');
    }
  }
  return removed;
}

function removeBatch(db: Transactions, tenantId: TenantId, endedBefore: Date, now: Date): Promise<number> {
  return db.transaction(contextOfSubject({ tenantId }), async (tx) => {
    const removed = await tx.query(
      sql`delete from run_state where run_id in (
            select run_id from run_state r
            where tenant_id = ${tenantId} and ended_at <= ${endedBefore} and not exists(
              select from retention_hold h where h.tenant_id = r.tenant_id and h.subject in (r.user_id, ${COMPANY}))
            order by ended_at limit ${AT_ONCE} for update skip locked)
          returning run_id`,
      removedRow,
    );
    const runs = removed.map(({ run_id: runId }) => runId);
    await deleteArchivedOf(tx, { tenantId, kind: 'run' }, runs, now);
    return runs.length;
  });
}
