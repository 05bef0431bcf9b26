import assert from 'node:assert/strict';
import { z } from 'zod';
import type { Archive } from '../../ssot/analytics';
import { plans } from '../../ssot/configuration-manager';
import type { Database } from '../../ssot/database-manager';
import {
  noMetrics,
  silentLogger,
  sql,
  vouchFor,
  type Json,
  type Metrics,
  type RunId,
  type TenantContext,
  type ThreadId,
} from '../../ssot/kernel';
import {
  openStatePersistence,
  startRunArchiving,
  type Ending,
  type StatePersistence,
} from '../../ssot/state-persistence';
import { ControlledClock } from '../../world/operations/controlled-clock';
import { eventually } from '../../world/eventually';
import { stores } from './stores';

const MINUTE_MS = 60_000;
const { ids } = stores;

/** A company and what has become of its runs. */
interface EndedRuns {
  readonly db: Database;
  readonly clock: ControlledClock;
  readonly ctx: TenantContext;
  readonly persistence: StatePersistence;
  /** Where runs are saved, unless said otherwise. */
  readonly threadId: ThreadId;
  save(by: TenantContext, state: Json, ending?: Ending, threadId?: ThreadId): Promise<RunId>;
  /** An instance that looks through the runs. */
  archiving(archive: Archive): AsyncDisposable;
  /** Lets so many instances look through the runs once, at one moment. */
  turn(archive?: Archive, instances?: number): Promise<void>;
  readonly turns: { readonly count: number; readonly failed: number };
  /** By name and labels, for operators. */
  readonly counted: ReadonlyMap<string, number>;
  /** How many of a company's runs PostgreSQL has with what they hold, and how many the history has. */
  whereabouts(who?: TenantContext): Promise<readonly [warm: number, cold: number]>;
}

/** A company, whose runs end when the test says so and move to this history. */
export async function endedRuns(db: Database, history: Archive): Promise<EndedRuns> {
  const clock = new ControlledClock();
  const ctx = someone();
  const persistence = await openStatePersistence({
    ...{ warm: db, cold: () => history, clock, log: silentLogger, metrics: noMetrics },
  });
  const threadId = ids.next('thread');
  const save = async (by: TenantContext, state: Json, ending?: Ending, thread: ThreadId = threadId) => {
    const runId = ids.next('run');
    const head = { runId, threadId: thread, agent: 'data', fence: 1, expectedVersion: 0, step: 1, phase: 'data' };
    const isLast = ending === 'completed' ? { ending } : {};
    await persistence.save(by, { ...head, state, shape: 1, saveId: runId, ...isLast });
    if (ending === 'failed' || ending === 'cancelled')
      await db.transaction(by, (tx) => persistence.close(by, runId, ending, tx));
    return runId;
  };
  const turns = { count: 0, failed: 0 };
  const counted = new Map<string, number>();
  const metrics: Metrics = {
    ...noMetrics,
    count: (name, labels = {}, by = 1) => {
      const key = [name, ...Object.values(labels)].join(' ');
      counted.set(key, (counted.get(key) ?? 0) + by);
    },
  };
  const logger = {
    ...silentLogger,
    debug: () => void (turns.count += 1),
    warn: () => void (turns.failed += 1),
  };
  const archiving = (archive: Archive) =>
    startRunArchiving({
      ...{ db, archive, clock, logger, metrics, plans },
      plansOf: (tenants) => Promise.resolve(new Map(tenants.map((one) => [one, ctx.plan]))),
    });
  const turn = async (archive = history, instances = 1): Promise<void> => {
    const { count } = turns;
    await using all = new AsyncDisposableStack();
    for (let i = 0; i < instances; i++) all.use(archiving(archive));
    clock.advance(MINUTE_MS);
    await eventually(() => assert.equal(turns.count, count + instances));
  };
  const whereabouts = async (who = ctx): Promise<readonly [warm: number, cold: number]> => {
    const row = z.object({ run_id: z.string(), is_here: z.boolean() });
    const asked = sql`select run_id, body is not null as is_here from run_state`;
    const runs = await db.transaction(who, (tx) => tx.query(asked, row));
    const ofCompany = { tenantId: who.tenantId, kind: 'run' };
    const moved = await history.stored(
      ofCompany,
      runs.map(({ run_id: runId }) => runId),
    );
    return [runs.filter(({ is_here: isHere }) => isHere).length, moved.length];
  };
  return { db, clock, ctx, persistence, threadId, save, archiving, turn, turns, counted, whereabouts };
}

export function someone(): TenantContext {
  const [tenantId, userId] = [ids.next('tenant'), ids.next('user')];
  return vouchFor({ tenantId, userId, plan: 'enterprise', permissions: ['chat:use'] });
}

export function killed(): never {
  throw new Error('killed');
}
