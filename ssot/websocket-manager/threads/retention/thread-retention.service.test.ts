import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { ownDatabase } from '../../../../support/module-tests/own-database';
import { stores } from '../../../../support/module-tests/stores';
import { ControlledClock } from '../../../../world/operations/controlled-clock';
import { eventually } from '../../../../world/eventually';
import { limitsOfPlans } from '../../../configuration-manager';
import {
  noMetrics,
  silentLogger,
  sql,
  vouchFor,
  type EventDraft,
  type Metrics,
  type Plan,
  type TenantContext,
  type ThreadId,
} from '../../../kernel';
import { chatSchemaChanges, createThreadLog, createThreads, startThreadRetention, type RetentionLimits } from '../..';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const days = (threadRetentionDays: number) => ({ threadRetentionDays });
/** Apart from those of the product, so that it shows which row was taken. */
const LIMITS: RetentionLimits = { free: days(10), early: days(20), mid: days(30), enterprise: days(40) };
const limits = { threadsPerPerson: 100, threadsPerTenant: 100 };
const MANY = { free: limits, early: limits, mid: limits, enterprise: limits };

const { ids } = stores;

describe('what is kept of threads', () => {
  const own = ownDatabase(chatSchemaChanges);

  /** A company with one thread of so many events, and time at the last of them. */
  async function begin(plan: Plan, events: number) {
    const { db } = own;
    const clock = new ControlledClock();
    const ctx = vouchFor({ tenantId: ids.next('tenant'), userId: ids.next('user'), plan, permissions: ['chat:use'] });
    const notifier = { notify: () => Promise.resolve(), subscribe: () => assert.fail() };
    const stored = createThreadLog({ db, clock, notifier: notifier as never });
    const log = {
      read: stored.read.bind(stored),
      append: (who: TenantContext, id: ThreadId, drafts: readonly EventDraft[]) =>
        db.transaction(who, (tx) => stored.append(who, id, drafts, tx)),
    };
    const { threadId } = await createThreads({ db, clock, ids, limits: limitsOfPlans(MANY) }).create(ctx, 'Q3 spend');
    for (let left = events; left > 0; left -= 500) {
      await log.append(ctx, threadId, Array.from({ length: Math.min(left, 500) }, question));
    }
    const counts = new Map<string, number>();
    const metrics: Metrics = {
      ...noMetrics,
      count: (name, _, by = 1) => void counts.set(name, (counts.get(name) ?? 0) + by),
    };
    const emptied: ThreadId[] = [];
    const sweeps = { count: 0 };
    const retention = (
      more: { onBatch?: () => Promise<void>; onLook?: () => void; asPlan?: Plan | null; beside?: TenantContext } = {},
    ) => {
      const { asPlan = plan, beside } = more;
      return startThreadRetention({
        ...{ db, clock, metrics, plans: LIMITS, logger: { ...silentLogger, debug: () => void (sweeps.count += 1) } },
        dependents: [{ deleteOfThread: () => more.onBatch?.() ?? Promise.resolve() }],
        plansOf: () => {
          more.onLook?.();
          const companies = [ctx, ...(beside ? [beside] : [])];
          return Promise.resolve(new Map(asPlan === null ? [] : companies.map(({ tenantId }) => [tenantId, asPlan])));
        },
        keptDays: ({ tenantId }) =>
          tenantId === beside?.tenantId ? Promise.reject(new Error('its settings do not open')) : Promise.resolve(0),
        onEmptied: (_, id) => Promise.resolve(void emptied.push(id)),
      });
    };
    const ends = async () => {
      const { events: found, firstSeq, headSeq } = await log.read(ctx, threadId, 0);
      return { events: found.length, firstSeq, headSeq };
    };
    return { clock, ctx, log, threadId, retention, ends, counts, emptied, sweeps };
  }

  for (const plan of ['free', 'early', 'mid', 'enterprise'] as const) {
    const kept = LIMITS[plan].threadRetentionDays;
    void it(`WS-06 on the plan ${plan} events are kept for the ${kept} days of its row, and no longer`, async () => {
      const { clock, retention, ends, emptied, threadId, counts, sweeps } = await begin(plan, 3);
      clock.set(clock.now() + kept * DAY_MS - MINUTE_MS - 1);
      {
        await using _ = retention();
        clock.advance(MINUTE_MS);
        await eventually(() => assert.equal(sweeps.count, 1));
      }
      assert.deepEqual(await ends(), { events: 3, firstSeq: 1, headSeq: 3 });
      await using _ = retention();
      clock.advance(MINUTE_MS);
      await eventually(() => assert.deepEqual(emptied, [threadId]));
      assert.deepEqual(await ends(), { events: 0, firstSeq: 4, headSeq: 3 });
      assert.deepEqual(Object.fromEntries(counts), { chat_events_expired_total: 3, chat_threads_expired_total: 1 });
    });
  }

  void it('WS-06 it is looked for again every hour', async () => {
    const { clock, retention, emptied } = await begin('free', 1);
    let looks = 0;
    await using _ = retention({ onLook: () => (looks += 1) });
    clock.advance(MINUTE_MS);
    await eventually(() => assert.equal(looks, 1));
    clock.set(clock.now() + 10 * DAY_MS);
    await eventually(() => {
      clock.advance(60 * MINUTE_MS);
      assert.equal(emptied.length, 1);
    });
  });

  void it('WS-06 the thread goes on behind its last number', async () => {
    const { clock, ctx, log, retention, ends, emptied, threadId } = await begin('free', 2);
    await using _ = retention();
    clock.set(clock.now() + 10 * DAY_MS);
    clock.advance(MINUTE_MS);
    await eventually(() => assert.equal(emptied.length, 1));
    await log.append(ctx, threadId, [question()]);
    assert.deepEqual(await ends(), { events: 1, firstSeq: 3, headSeq: 3 });
  });

  void it('WS-06 of several instances that look at one moment each event is removed by one, in batches', async () => {
    const { clock, retention, ends, emptied, counts, ctx } = await begin('free', 2_400);
    await using _all = new AsyncDisposableStack();
    for (let instance = 0; instance < 4; instance++) _all.use(retention());
    clock.set(clock.now() + 10 * DAY_MS);
    clock.advance(MINUTE_MS);
    await eventually(async () => assert.deepEqual(await ends(), { events: 0, firstSeq: 2_401, headSeq: 2_400 }));
    await _all.disposeAsync();
    assert.deepEqual([counts.get('chat_events_expired_total'), emptied.length], [2_400, 1]);
    assert.equal(await rowsOf(ctx), 0);
  });

  void it('WS-06 who asks again while the beginning is removed keeps the rest', async () => {
    const { clock, ctx, log, threadId, retention, ends, emptied } = await begin('free', 2_400);
    let batches = 0;
    const onBatch = async (): Promise<void> => {
      batches += 1;
      if (batches === 2) await log.append(ctx, threadId, [question()]);
    };
    await using sweeping = retention({ onBatch });
    clock.set(clock.now() + 10 * DAY_MS);
    clock.advance(MINUTE_MS);
    await eventually(() => assert.equal(batches, 2));
    await sweeping[Symbol.asyncDispose]();
    assert.deepEqual(await ends(), { events: 200, firstSeq: 1_001, headSeq: 2_401 });
    assert.deepEqual(emptied, []);
  });

  void it('WS-06 nothing is removed of a company whose plan nobody can tell', async () => {
    const { clock, retention, ends, sweeps } = await begin('free', 1);
    await using _ = retention({ asPlan: null });
    clock.set(clock.now() + 400 * DAY_MS);
    clock.advance(MINUTE_MS);
    await eventually(() => assert.equal(sweeps.count, 1));
    assert.deepEqual(await ends(), { events: 1, firstSeq: 1, headSeq: 1 });
  });

  void it('WS-06 a company whose threads cannot be looked at holds up no other', async () => {
    const { ctx: beside, ends: endsBeside } = await begin('free', 1);
    const { clock, retention, ends, emptied, threadId } = await begin('free', 1);
    await using _ = retention({ beside });
    clock.set(clock.now() + 10 * DAY_MS);
    clock.advance(MINUTE_MS);
    await eventually(() => assert.deepEqual(emptied, [threadId]));
    assert.deepEqual(await ends(), { events: 0, firstSeq: 2, headSeq: 1 });
    assert.deepEqual(await endsBeside(), { events: 1, firstSeq: 1, headSeq: 1 });
  });

  /** Events and sequences of a company that are stored. */
  async function rowsOf(ctx: TenantContext): Promise<number> {
    const row = z.object({ rows: z.coerce.number() });
    const [found] = await own.db.transaction(ctx, (tx) =>
      tx.query(sql`select (select count(*) from thread_events) + (select count(*) from run_sequences) as rows`, row),
    );
    return found?.rows ?? -1;
  }
});

function question(): EventDraft {
  const data = {
    text: 'Where does our money go?',
    userId: ids.next('user'),
    clientMessageId: ids.next('req'),
    waiting: 0,
  };
  return {
    id: ids.next('event'),
    type: 'user_message',
    runId: ids.next('run'),
    agent: null,
    data,
  } as unknown as EventDraft;
}
