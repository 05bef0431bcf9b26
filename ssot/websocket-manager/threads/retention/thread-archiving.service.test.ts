import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { ownDatabase } from '../../../../support/module-tests/own-database';
import { stores } from '../../../../support/module-tests/stores';
import { ControlledClock } from '../../../../world/operations/controlled-clock';
import { eventually } from '../../../../world/eventually';
import { REWRITE_PATIENCE_MS } from '../../../../world/patience';
import { openUsage } from '../../../../world/modules/analytics/analytics-under-test';
import type { Analytics, Archive } from '../../../analytics';
import { limitsOfPlans } from '../../../configuration-manager';
import type { Database } from '../../../database-manager';
import {
  noMetrics,
  silentLogger,
  sql,
  vouchFor,
  type EventDraft,
  type TenantContext,
  type ThreadArchive,
  type ThreadEvent,
} from '../../../kernel';
import { openStatePersistence, persistenceSchemaChanges, startPurge, ThreadSegments } from '../../../state-persistence';
import { chatSchemaChanges, createThreadLog, createThreads, startThreadArchiving, startThreadRetention } from '../..';

const DAY_MS = 86_400_000;
const MANY = { threadsPerPerson: 100, threadsPerTenant: 100 };
const { ids } = stores;

describe('quiet threads', () => {
  const own = ownDatabase([...persistenceSchemaChanges, ...chatSchemaChanges]);
  let analytics: Analytics;
  before(async () => void (analytics = await openUsage()));
  after(() => analytics[Symbol.asyncDispose]());

  /** A company that keeps its threads for two years, with one thread of so many events, and time at the last of them. */
  async function begin(events: number) {
    const { db } = own;
    const clock = new ControlledClock();
    const ctx = vouchFor({
      ...{ tenantId: ids.next('tenant'), userId: ids.next('user'), plan: 'enterprise', permissions: ['chat:use'] },
    });
    const archive = new ThreadSegments({ db, archive: analytics.archive, clock });
    const notifier = { notify: () => Promise.resolve(), subscribe: () => assert.fail() };
    const log = createThreadLog({ db, clock, notifier: notifier as never, archive });
    const persistence = await openStatePersistence({ warm: db, clock, log: silentLogger, metrics: noMetrics });
    const row = { free: MANY, early: MANY, mid: MANY, enterprise: MANY };
    const threads = createThreads({ db, clock, ids, limits: limitsOfPlans(row), dependents: [persistence] });
    const { threadId } = await threads.create(ctx, 'Q3 spend');
    const append = (count: number, text = 'Why?') =>
      db.transaction(ctx, (tx) =>
        log.append(
          ctx,
          threadId,
          Array.from({ length: count }, () => question(text)),
          tx,
        ),
      );
    for (let left = events; left > 0; left -= 400) await append(Math.min(left, 400));
    const sweeps = { count: 0 };
    const shared = {
      ...{ db, clock, metrics: noMetrics, keptDays: () => Promise.resolve(730) },
      logger: { ...silentLogger, debug: () => void (sweeps.count += 1) },
      plansOf: () => Promise.resolve(new Map([[ctx.tenantId, ctx.plan]])),
    };
    /** Lets an instance look through the threads once. */
    const sweep = async (through: ThreadArchive = archive, keptDays = 730): Promise<void> => {
      const { count } = sweeps;
      await using _ = startThreadArchiving({ ...shared, archive: through, keptDays: () => Promise.resolve(keptDays) });
      clock.advance(90_000);
      await eventually(() => assert.equal(sweeps.count, count + 1));
    };
    const sweepAtOnce = async (): Promise<void> => {
      const { count } = sweeps;
      await using _one = startThreadArchiving({ ...shared, archive });
      await using _other = startThreadArchiving({ ...shared, archive });
      clock.advance(90_000);
      await eventually(() => assert.equal(sweeps.count, count + 2));
    };
    const days = { threadRetentionDays: 90 };
    const retain = async (): Promise<void> => {
      const { count } = sweeps;
      await using _ = startThreadRetention({
        ...{ ...shared, dependents: [persistence], onEmptied: () => Promise.resolve() },
        plans: { free: days, early: days, mid: days, enterprise: days },
      });
      clock.advance(60_000);
      await eventually(() => assert.equal(sweeps.count, count + 1));
    };
    const readAll = async (limit?: number): Promise<readonly ThreadEvent[]> => {
      const all: ThreadEvent[] = [];
      for (;;) {
        const { events: page } = await log.read(ctx, threadId, all.at(-1)?.seq ?? 0, limit);
        if (page.length === 0) return all;
        all.push(...page);
      }
    };
    const warm = async (): Promise<number> => (await rowsOf(db, ctx, 'thread_events'))[0]?.rows ?? -1;
    const ref = { tenantId: ctx.tenantId, kind: 'thread' };
    /** Parts as they are read; none of them means no row at all. */
    const cold = async (): Promise<number> =>
      (await analytics.archive.stored(ref, [threadId])).length || analytics.archive.count({ tenantId: ctx.tenantId });
    const purge = () => startPurge({ db, clock, archive: analytics.archive, logger: silentLogger });
    return {
      db,
      clock,
      ctx,
      log,
      threads,
      threadId,
      append,
      sweep,
      sweepAtOnce,
      retain,
      readAll,
      warm,
      cold,
      archive,
      purge,
    };
  }

  void it('SP-07 a thread is read as ever, page by page, from wherever its events are', async () => {
    const { clock, sweep, readAll, warm, cold, append } = await begin(1_200);
    const said = await readAll();
    assert.equal(said.length, 1_200);
    clock.advance(90 * DAY_MS);
    await sweep();
    assert.deepEqual([await warm(), await cold()], [0, 3]);
    assert.deepEqual(await readAll(), said);
    assert.deepEqual(await readAll(7), said);
    await append(2);
    assert.deepEqual((await readAll()).slice(0, 1_200), said);
    assert.deepEqual(
      (await readAll()).slice(1_199).map(({ seq }) => seq),
      [1_200, 1_201, 1_202],
    );
  });

  for (const [what, days, expected] of [
    ['a day before it is copied', 59, [3, 0]],
    ['copied, and still here', 60, [3, 1]],
    ['a day before it is moved', 89, [3, 1]],
    ['moved', 90, [0, 1]],
  ] as const) {
    void it(`SP-07 after ${days} quiet days: ${what}`, async () => {
      const { clock, sweep, warm, cold } = await begin(3);
      clock.advance(days * DAY_MS);
      await sweep();
      assert.deepEqual([await warm(), await cold()], expected);
    });
  }

  void it('SP-07 what has been copied is not copied again while it stays', async () => {
    const { clock, sweep, archive } = await begin(3);
    let copies = 0;
    const counting = {
      ...bound(archive),
      copy: (...of: Parameters<ThreadArchive['copy']>) => (copies++, archive.copy(...of)),
    };
    clock.advance(60 * DAY_MS);
    await sweep(counting);
    await sweep(counting);
    assert.equal(copies, 1);
  });

  void it('SP-07 what has been copied is moved in its turn, and not copied once more', async () => {
    const { clock, sweep, readAll, warm, cold } = await begin(3);
    const said = await readAll();
    clock.advance(60 * DAY_MS);
    await sweep();
    clock.advance(30 * DAY_MS);
    await sweep();
    assert.deepEqual([await warm(), await cold()], [0, 1]);
    assert.deepEqual(await readAll(), said);
  });

  void it('SP-07 large events go in parts of a few MiB, and are read as ever', async () => {
    const { clock, sweep, append, readAll, warm, cold } = await begin(1);
    for (let each = 0; each < 3; each++) await append(50, 'why '.repeat(7_500));
    const said = await readAll();
    clock.advance(90 * DAY_MS);
    await sweep();
    assert.deepEqual([await warm(), await cold()], [0, 2]);
    assert.deepEqual(await readAll(), said);
  });

  void it('SP-07 what is kept for 90 days only is not copied', async () => {
    const { clock, sweep, archive, warm, cold } = await begin(3);
    clock.advance(89 * DAY_MS);
    await sweep(archive, 90);
    assert.deepEqual([await warm(), await cold()], [3, 0]);
  });

  const KILLS: readonly (readonly [string, (archive: Archive) => Archive, ((to: ThreadArchive) => ThreadArchive)?])[] =
    [
      ['before the copy', (archive) => ({ ...archive, put: killed })],
      [
        'after the copy, whose answer was lost',
        (archive) => ({ ...archive, put: async (part) => (await archive.put(part), killed()) }),
      ],
      ['in the comparison', (archive) => ({ ...archive, digested: secondTime(killed, archive.digested) })],
      ['before it is noted', (archive) => archive, (to) => ({ ...bound(to), markMoved: killed })],
      [
        'within the clean-up',
        (archive) => archive,
        (to) => ({ ...bound(to), markMoved: async (...of) => (await to.markMoved(...of), killed()) }),
      ],
    ];
  for (const [when, ofHistory, ofSegments = (to: ThreadArchive) => to] of KILLS) {
    void it(`SP-07 killed ${when}, nothing is lost or doubled, and the next turn goes on`, async () => {
      const { db, clock, sweep, readAll, warm, cold } = await begin(700);
      const said = await readAll();
      clock.advance(90 * DAY_MS);
      await sweep(ofSegments(new ThreadSegments({ db, clock, archive: ofHistory(analytics.archive) })));
      assert.equal(await warm(), 700);
      assert.deepEqual(await readAll(), said);
      await sweep();
      assert.deepEqual([await warm(), await cold()], [0, 2]);
      assert.deepEqual(await readAll(), said);
    });
  }

  for (const [what, changed] of [
    ['cut short', (body: string) => body.slice(0, -8)],
    ["another one's", () => 'KLUv/SACEQAAW10='],
  ] as const) {
    void it(`SP-07 a copy that is ${what} is not trusted, and PostgreSQL keeps its own`, async () => {
      const { db, clock, sweep, readAll, warm } = await begin(3);
      const said = await readAll();
      clock.advance(90 * DAY_MS);
      const put: Archive['put'] = (part) => analytics.archive.put({ ...part, body: changed(part.body) });
      await sweep(new ThreadSegments({ db, clock, archive: { ...analytics.archive, put } }));
      assert.equal(await warm(), 3);
      assert.deepEqual(await readAll(), said);
    });
  }

  void it('SP-07 two instances at once move a thread once', async () => {
    const { clock, sweep, sweepAtOnce, readAll, warm, cold } = await begin(1_200);
    const said = await readAll();
    clock.advance(90 * DAY_MS);
    await sweepAtOnce();
    await sweep();
    assert.deepEqual([await warm(), await cold()], [0, 3]);
    assert.deepEqual(await readAll(), said);
  });

  void it('SP-07 somebody who goes on in a thread while it is moved loses nothing', async () => {
    const { clock, sweep, readAll, append, archive } = await begin(3);
    const said = await readAll();
    clock.advance(90 * DAY_MS);
    const copy: ThreadArchive['copy'] = async (...of) => {
      await archive.copy(...of);
      await append(2);
    };
    await sweep({ ...bound(archive), copy });
    const now = await readAll();
    assert.deepEqual(now.slice(0, 3), said);
    assert.equal(now.length, 5);
  });

  void it('SP-07 while the history is away, what is there is not readable now, and is told so', async () => {
    const { db, clock, ctx, sweep, threadId } = await begin(3);
    clock.advance(90 * DAY_MS);
    await sweep();
    const away = new ThreadSegments({ db, clock, archive: { ...analytics.archive, get: killed } });
    await assert.rejects(away.read(ctx, threadId, 0), { code: 'persistence_cold_unavailable', retryable: true });
  });

  void it('SP-12 content that stands in the place of another thread does not open', async () => {
    const { db, clock, ctx, sweep, threadId } = await begin(3);
    clock.advance(90 * DAY_MS);
    await sweep();
    const other = { tenantId: ctx.tenantId, kind: 'thread', subject: threadId };
    const stored = await analytics.archive.get(other, 1);
    assert(stored !== undefined);
    const get: Archive['get'] = () => Promise.resolve({ ...stored, body: stored.body.replace(/.{4}$/, 'AAAA') });
    const damaged = new ThreadSegments({ db, clock, archive: { ...analytics.archive, get } });
    await assert.rejects(damaged.read(ctx, threadId, 0), { code: 'persistence_cold_unavailable' });
  });

  void it('SP-12 a history that comes back empty is filled again with what PostgreSQL still has', async () => {
    const { clock, ctx, sweep, readAll, warm, cold } = await begin(3);
    const said = await readAll();
    clock.advance(60 * DAY_MS);
    await sweep();
    await analytics.archive.erase({ tenantId: ctx.tenantId });
    await sweep();
    assert.equal(await cold(), 1);
    await analytics.archive.erase({ tenantId: ctx.tenantId });
    clock.advance(30 * DAY_MS);
    await sweep();
    assert.deepEqual([await warm(), await cold()], [0, 1]);
    assert.deepEqual(await readAll(), said);
  });

  void it('SP-08 what is in the history is kept as long as the company keeps it, and then goes there, too', async () => {
    const { clock, sweep, retain, readAll, cold, purge } = await begin(3);
    clock.advance(90 * DAY_MS);
    await sweep();
    clock.advance(640 * DAY_MS - 90_000 - 120_000);
    await retain();
    assert.equal((await readAll()).length, 3);
    clock.advance(120_000);
    await retain();
    assert.equal((await readAll()).length, 0);
    await using _ = purge();
    clock.advance(30_000);
    await eventually(async () => assert.equal(await cold(), 0), REWRITE_PATIENCE_MS);
  });

  void it('SP-09 deleting a thread deletes what the history has of it, and what was on its way there', async () => {
    const { db, clock, ctx, sweep, threads, threadId, cold, purge } = await begin(3);
    clock.advance(90 * DAY_MS);
    await sweep();
    const late = { tenantId: ctx.tenantId, userId: ctx.userId, kind: 'thread', subject: threadId, part: 9 };
    await threads.delete(ctx, threadId);
    await using _ = purge();
    clock.advance(30_000);
    await eventually(async () => assert.equal(await cold(), 0), REWRITE_PATIENCE_MS);
    await analytics.archive.put({ ...late, checksum: 'x', body: 'y' });
    // Two rewrites of the history, each behind those of other tests.
    await eventually(async () => {
      clock.advance(30_000);
      assert.equal(await cold(), 0);
      assert.equal((await rowsOf(db, ctx, 'archive_purge'))[0]?.rows, 0);
    }, REWRITE_PATIENCE_MS);
  });

  for (const [what, isGone] of [
    ['deleted', false],
    ['emptied, as nobody keeps it any more,', true],
  ] as const) {
    void it(`SP-09 a thread that is ${what} when it was read, and its copy not yet noted, leaves no copy`, async () => {
      const { db, clock, ctx, sweep, retain, threads, threadId, cold, archive, purge } = await begin(3);
      clock.advance((isGone ? 740 : 90) * DAY_MS);
      const copy: ThreadArchive['copy'] = async (...of) => {
        await (isGone ? retain() : threads.delete(ctx, threadId));
        await archive.copy(...of);
      };
      await sweep({ ...bound(archive), copy });
      assert.equal(await cold(), 1);
      await using _ = purge();
      await eventually(async () => {
        clock.advance(30_000);
        assert.equal(await cold(), 0);
        assert.equal((await rowsOf(db, ctx, 'archive_part'))[0]?.rows, 0);
      }, REWRITE_PATIENCE_MS);
    });
  }
});

const countRow = z.object({ rows: z.coerce.number() });
function rowsOf(db: Database, ctx: TenantContext, table: string) {
  return db.transaction(ctx, (tx) => tx.query(sql([`select count(*) as rows from ${table}`]), countRow));
}

function killed(): never {
  throw new Error('killed');
}

/** From its second call on another thing happens: the first is the look whether it is there already. */
function secondTime<A extends unknown[], R>(then: () => R, first: (...of: A) => R): (...of: A) => R {
  let calls = 0;
  return (...of) => (calls++ === 0 ? first(...of) : then());
}

function bound(to: ThreadArchive): ThreadArchive {
  return {
    copy: (...of) => to.copy(...of),
    markMoved: (...of) => to.markMoved(...of),
    isCopied: (...of) => to.isCopied(...of),
    read: (...of) => to.read(...of),
  };
}

function question(text: string): EventDraft {
  return {
    ...{ id: ids.next('event'), type: 'user_message', runId: ids.next('run'), agent: null },
    data: { text, clientMessageId: ids.next('req'), userId: ids.next('user'), waiting: 0 },
  };
}
