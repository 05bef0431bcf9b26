import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { ownDatabase } from '../../../support/module-tests/own-database';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { eventually } from '../../../world/eventually';
import { REWRITE_PATIENCE_MS } from '../../../world/patience';
import { openUsage } from '../../../world/modules/analytics/analytics-under-test';
import type { Analytics, Archive, ArchivedPart } from '../../analytics';
import { plans } from '../../configuration-manager';
import {
  noMetrics,
  silentLogger,
  sql,
  vouchFor,
  type Json,
  type Plan,
  type RunId,
  type TenantContext,
  type TenantId,
  type ThreadId,
} from '../../kernel';
import {
  archiveCustomerData,
  storedStateCustomerData,
  openStatePersistence,
  persistenceSchemaChanges,
  startArchiveCompleteness,
  startPurge,
  startRunArchiving,
  type Ending,
} from '..';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const { ids } = stores;

describe('runs that have ended', () => {
  const own = ownDatabase(persistenceSchemaChanges);
  let analytics: Analytics;
  before(async () => void (analytics = await openUsage()));
  after(() => analytics[Symbol.asyncDispose]());

  /** A company, whose runs end when the test says so. */
  async function begin() {
    const { db } = own;
    const clock = new ControlledClock();
    const ctx = someone();
    const persistence = await openStatePersistence({
      ...{ warm: db, cold: () => analytics.archive, clock, log: silentLogger, metrics: noMetrics },
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
    const logger = {
      ...silentLogger,
      debug: () => void (turns.count += 1),
      warn: () => void (turns.failed += 1),
    };
    const archiving = (archive: Archive) =>
      startRunArchiving({
        ...{ db, archive, clock, logger, metrics: noMetrics },
        plans,
        plansOf: onPlan('enterprise'),
      });
    /** Lets so many instances look through the runs once, at one moment. */
    const turn = async (archive = analytics.archive, instances = 1): Promise<void> => {
      const { count } = turns;
      await using all = new AsyncDisposableStack();
      for (let i = 0; i < instances; i++) all.use(archiving(archive));
      clock.advance(MINUTE_MS);
      await eventually(() => assert.equal(turns.count, count + instances));
    };
    /** How many of the company's runs PostgreSQL has with what they hold, and how many the history has. */
    const whereabouts = async (who = ctx): Promise<readonly [warm: number, cold: number]> => {
      const row = z.object({ rows: z.coerce.number() });
      const [warm] = await db.transaction(who, (tx) => tx.query(sql`select count(body) as rows from run_state`, row));
      return [warm?.rows ?? -1, (await coldOf(who)).length];
    };
    const coldOf = async ({ tenantId }: TenantContext) => {
      const row = z.object({ run_id: z.string() });
      const runs = await db.transaction(someoneOf(tenantId), (tx) => tx.query(sql`select run_id from run_state`, row));
      return analytics.archive.stored(
        { tenantId, kind: 'run' },
        runs.map(({ run_id: runId }) => runId),
      );
    };
    return { db, clock, ctx, persistence, threadId, save, turn, turns, whereabouts };
  }

  void it('SP-07 each ending is archived as what it was, and reads alike from PostgreSQL and from the history', async () => {
    const { clock, ctx, persistence, save, turn, whereabouts } = await begin();
    const runs: RunId[] = [];
    for (const ending of ['completed', 'failed', 'cancelled'] as const) runs.push(await save(ctx, { ending }, ending));
    const open = await save(ctx, { still: 'at work' });
    const load = () => Promise.all([...runs, open].map((runId) => persistence.load(ctx, runId)));
    const before = await load();
    await turn();
    assert.deepEqual(await whereabouts(), [4, 3]);
    assert.deepEqual(await load(), before);
    clock.advance(30 * DAY_MS);
    await turn();
    assert.deepEqual(await whereabouts(), [1, 3]);
    const now = await load();
    assert.deepEqual(
      now.map(({ tier, ending }) => [tier, ending]),
      [
        ['cold', 'completed'],
        ['cold', 'failed'],
        ['cold', 'cancelled'],
        ['warm', undefined],
      ],
    );
    assert.deepEqual(
      now.map((one) => ({ ...one, tier: 'warm' })),
      before,
    );
  });

  for (const [what, ms, expected] of [
    ['the last moment in PostgreSQL', 30 * DAY_MS - MINUTE_MS - 1, [1, 1]],
    ['the first in the history alone', 30 * DAY_MS - MINUTE_MS, [0, 1]],
  ] as const) {
    void it(`SP-07 30 days after its end: ${what}`, async () => {
      const { clock, ctx, save, turn, whereabouts } = await begin();
      await save(ctx, 'found', 'completed');
      clock.advance(ms);
      await turn();
      assert.deepEqual(await whereabouts(), expected);
    });
  }

  const KILLS: readonly (readonly [string, (archive: Archive) => Archive])[] = [
    ['before the copy', (archive) => ({ ...archive, put: killed })],
    ['after the copy', (archive) => ({ ...archive, put: async (...parts) => (await archive.put(...parts), killed()) })],
    ['in the comparison', (archive) => ({ ...archive, digested: onCall(2, killed, archive.digested) })],
    // The first turn copies with two looks; the third is the comparison before PostgreSQL gives it up.
    [
      'in the comparison before the clean-up',
      (archive) => ({ ...archive, digested: onCall(3, killed, archive.digested) }),
    ],
  ];
  for (const [when, killedIn] of KILLS) {
    void it(`SP-07 killed ${when}, nothing of a run is lost or doubled, and the next turn goes on`, async () => {
      const { clock, ctx, persistence, save, turn, whereabouts } = await begin();
      const runId = await save(ctx, { found: 'much' }, 'completed');
      clock.advance(30 * DAY_MS);
      await turn(killedIn(analytics.archive));
      assert.equal((await whereabouts())[0], 1);
      await turn();
      assert.deepEqual(await whereabouts(), [0, 1]);
      assert.deepEqual((await persistence.load(ctx, runId)).state, { found: 'much' });
    });
  }

  for (const [what, changed] of [
    ['cut short', ({ body }: ArchivedPart) => ({ body: body.slice(0, -8) })],
    ["another one's", () => ({ checksum: 'x' })],
  ] as const) {
    void it(`SP-07 a copy of a run that is ${what} is not trusted, and PostgreSQL keeps its own`, async () => {
      const { clock, ctx, save, turn, turns, whereabouts } = await begin();
      await save(ctx, { found: 'much' }, 'completed');
      clock.advance(30 * DAY_MS);
      const put: Archive['put'] = (...parts) =>
        analytics.archive.put(...parts.map((part) => ({ ...part, ...changed(part) })));
      await turn({ ...analytics.archive, put });
      assert.deepEqual(await whereabouts(), [1, 1]);
      assert.notEqual(turns.failed, 0);
    });
  }

  void it('SP-07 what came to harm in the history within 30 days is there again before PostgreSQL gives it up', async () => {
    const { clock, ctx, persistence, save, turn, whereabouts } = await begin();
    const runId = await save(ctx, { found: 'much' }, 'completed');
    await turn();
    await analytics.archive.erase({ tenantId: ctx.tenantId });
    clock.advance(30 * DAY_MS);
    await turn();
    assert.deepEqual(await whereabouts(), [0, 1]);
    assert.deepEqual((await persistence.load(ctx, runId)).state, { found: 'much' });
  });

  void it('SP-11 a history that came back empty: what PostgreSQL still has is there again, the rest is counted', async () => {
    const { db, clock, ctx, save, turn, whereabouts } = await begin();
    /** An hour later, by the first of three instances; the others learn of it. */
    const look = async (): Promise<number> => {
      const looks: (readonly [level: string, lost: number])[] = [];
      const note = (level: string) => (facts: object) => void looks.push([level, (facts as { lost: number }).lost]);
      const logger = { ...silentLogger, debug: note('debug'), error: note('error') };
      const told: number[] = [];
      const metrics = { ...noMetrics, gauge: (_: string, lost: number) => void told.push(lost) };
      clock.advance(60 * MINUTE_MS);
      await using all = new AsyncDisposableStack();
      for (let instances = 1; instances <= 3; instances++) {
        const deps = { db, archive: analytics.archive, clock, time: clock, logger, metrics };
        const check = all.use(startArchiveCompleteness(deps));
        clock.advance(2 * MINUTE_MS);
        await eventually(() => assert.equal(told.length, instances));
        const { state, cause = '' } = check.health();
        assert.deepEqual([state, /lost (\d+) part/.exec(cause)?.[1]], stateOf(told[0] ?? -1));
      }
      const [[, lost] = ['', -1]] = looks;
      // Operators are called for what is lost, and for nothing else.
      assert.deepEqual([looks, told], [[[lost > 0 ? 'error' : 'debug', lost]], [lost, lost, lost]]);
      return lost;
    };
    const stateOf = (lost: number) => (lost === 0 ? ['up', undefined] : ['incomplete', String(lost)]);
    await save(ctx, 'old', 'completed');
    await turn();
    clock.advance(30 * DAY_MS);
    await turn();
    await save(ctx, 'young', 'completed');
    await turn();
    assert.equal(await look(), 0);
    assert.deepEqual(await whereabouts(), [1, 2]);
    await analytics.archive.erase({ tenantId: ctx.tenantId });
    assert.equal(await look(), 1);
    await turn();
    assert.deepEqual(await whereabouts(), [1, 1]);
    assert.equal(await look(), 1);
  });

  void it('SP-07 two instances at once move each run once', async () => {
    const { clock, ctx, persistence, save, turn, whereabouts } = await begin();
    const runs = await Promise.all(Array.from({ length: 20 }, (_, n) => save(ctx, { n }, 'completed')));
    clock.advance(30 * DAY_MS);
    await turn(analytics.archive, 2);
    await turn();
    assert.deepEqual(await whereabouts(), [0, 20]);
    const states = await Promise.all(runs.map(async (runId) => (await persistence.load(ctx, runId)).state));
    assert.deepEqual(
      states,
      Array.from({ length: 20 }, (_, n) => ({ n })),
    );
  });

  void it('SP-07 of 450 runs of two companies that ended while the history was away all are there afterwards', async () => {
    const { ctx, save, turn, whereabouts } = await begin();
    const other = someone();
    for (let n = 0; n < 450; n++) await save(n % 3 === 0 ? other : ctx, { n }, 'completed');
    await turn({ ...analytics.archive, put: killed, stored: killed });
    assert.deepEqual(
      [await whereabouts(), await whereabouts(other)],
      [
        [300, 0],
        [150, 0],
      ],
    );
    await turn();
    assert.deepEqual(
      [await whereabouts(), await whereabouts(other)],
      [
        [300, 300],
        [150, 150],
      ],
    );
  });

  void it('SP-07 of runs that hold much, a few MiB are on their way at once', async () => {
    const { ctx, save, turn, whereabouts } = await begin();
    // What does not become small.
    const long = randomBytes(950_000).toString('hex');
    for (let n = 0; n < 6; n++) await save(ctx, long, 'completed');
    const atOnce: number[] = [];
    const put: Archive['put'] = (...parts) => (atOnce.push(parts.length), analytics.archive.put(...parts));
    await turn({ ...analytics.archive, put });
    assert.deepEqual(await whereabouts(), [6, 6]);
    assert.deepEqual(atOnce, [3, 3]);
  });

  void it('SP-07 while the history is away, a run that has moved there is not readable now, and its reader is told so', async () => {
    const { db, clock, ctx, save, turn } = await begin();
    const runId = await save(ctx, 'found', 'completed');
    clock.advance(30 * DAY_MS);
    await turn();
    for (const get of [killed, () => Promise.resolve(undefined), () => Promise.resolve({ checksum: 'x', body: 'y' })]) {
      const away = await openStatePersistence({
        ...{ warm: db, cold: () => ({ ...analytics.archive, get }), clock, log: silentLogger, metrics: noMetrics },
      });
      await assert.rejects(away.load(ctx, runId), { code: 'persistence_cold_unavailable', retryable: true });
      await assert.rejects(away.load(someone(), runId), { code: 'persistence_not_found' });
    }
  });

  void it('SP-09 whoever takes their data along is given what has moved, once', async () => {
    const { db, clock, ctx, persistence, save, turn } = await begin();
    const moved = await save(ctx, { found: 'long ago' }, 'completed');
    await turn();
    clock.advance(30 * DAY_MS);
    await turn();
    const young = await save(ctx, { found: 'now' }, 'completed');
    await turn();
    const modules = [
      archiveCustomerData({ db, archive: analytics.archive, clock }),
      storedStateCustomerData(db, persistence.workingState),
    ];
    const states: unknown[] = [];
    for (const module of modules) {
      for await (const { record } of module.export({ tenantId: ctx.tenantId, userId: ctx.userId })) {
        const { runId, state } = record as { runId: RunId; state: Json };
        states.push([runId, state]);
      }
    }
    assert.deepEqual(states, [
      [moved, { found: 'long ago' }],
      [young, { found: 'now' }],
    ]);
  });

  void it('SP-09 with its thread goes what the history has of a run, and it reads as one that never was', async () => {
    const { db, clock, ctx, persistence, save, turn, threadId } = await begin();
    const waitingToBePurged = (): Promise<readonly unknown[]> => {
      const row = z.object({ subject: z.string(), is_second: z.boolean() });
      return db.transaction(ctx, (tx) => tx.query(sql`select subject, is_second from archive_purge`, row));
    };
    const runId = await save(ctx, 'found', 'completed');
    const kept = await save(ctx, 'kept', 'completed', ids.next('thread'));
    clock.advance(30 * DAY_MS);
    await turn();
    await db.transaction(ctx, (tx) => persistence.deleteOfThread(ctx, threadId, tx));
    assert.deepEqual(await waitingToBePurged(), [{ subject: runId, is_second: false }]);
    await assert.rejects(persistence.load(ctx, runId), { code: 'persistence_not_found' });
    await using _ = startPurge({ db, clock, archive: analytics.archive, logger: silentLogger });
    clock.advance(30_000);
    const of = { tenantId: ctx.tenantId, kind: 'run' };
    await eventually(
      async () => assert.deepEqual(await analytics.archive.stored(of, [runId]), []),
      REWRITE_PATIENCE_MS,
    );
    // Once more, for what was on its way there.
    await eventually(async () => assert.deepEqual(await waitingToBePurged(), [{ subject: runId, is_second: true }]));
    assert.equal((await persistence.load(ctx, kept)).state, 'kept');
  });

  void it('SP-07 a run that has ended stays as it ended, whoever saves or ends it later', async () => {
    const { db, clock, ctx, persistence, save, turn } = await begin();
    const runId = await save(ctx, 'found', 'failed');
    const late = {
      ...{ runId, threadId: ids.next('thread'), agent: 'data', fence: 9, expectedVersion: 1, step: 2, phase: 'data' },
      ...{ state: 'late', shape: 1, saveId: 'late' },
    };
    for (const days of [0, 30]) {
      clock.advance(days * DAY_MS);
      await turn();
      await assert.rejects(persistence.save(ctx, late), { code: 'persistence_run_ended' });
      await db.transaction(ctx, (tx) => persistence.close(ctx, runId, 'cancelled', tx));
      const { state, ending, version } = await persistence.load(ctx, runId);
      assert.deepEqual([state, ending, version], ['found', 'failed', 1]);
    }
  });
});

function someone(): TenantContext {
  return someoneOf(ids.next('tenant'));
}

function someoneOf(tenantId: TenantContext['tenantId']): TenantContext {
  return vouchFor({ tenantId, userId: ids.next('user'), plan: 'mid', permissions: ['chat:use'] });
}

function onPlan(plan: Plan) {
  return (tenants: readonly TenantId[]) => Promise.resolve(new Map(tenants.map((tenantId) => [tenantId, plan])));
}

function killed(): never {
  throw new Error('killed');
}

/** With the nth call another thing happens. */
function onCall<A extends unknown[], R>(nth: number, then: () => R, usually: (...of: A) => R): (...of: A) => R {
  let calls = 0;
  return (...of) => (++calls === nth ? then() : usually(...of));
}
