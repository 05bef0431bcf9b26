import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { endedRuns, killed, someone } from '../../../support/module-tests/ended-runs';
import { ownDatabase } from '../../../support/module-tests/own-database';
import { stores } from '../../../support/module-tests/stores';
import { eventually } from '../../../world/eventually';
import { REWRITE_PATIENCE_MS } from '../../../world/patience';
import { openUsage } from '../../../world/modules/analytics/analytics-under-test';
import type { Analytics } from '../../analytics';
import { noMetrics, silentLogger, sql, type Json, type RunId } from '../../kernel';
import {
  archiveCustomerData,
  storedStateCustomerData,
  openStatePersistence,
  persistenceSchemaChanges,
  startArchiveCompleteness,
  startPurge,
} from '..';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const { ids } = stores;

describe('runs that are in the history', () => {
  const own = ownDatabase(persistenceSchemaChanges);
  let analytics: Analytics;
  before(async () => void (analytics = await openUsage()));
  after(() => analytics[Symbol.asyncDispose]());

  const begin = () => endedRuns(own.db, analytics.archive);

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

  void it('SP-07 while the history is away, a run that has moved there is not readable now, and its reader is told so', async () => {
    const { db, clock, ctx, save, turn } = await begin();
    const runId = await save(ctx, 'found', 'completed');
    clock.advance(30 * DAY_MS);
    await turn();
    for (const [get, why] of [
      [killed, 'it does not answer'],
      [() => Promise.resolve(undefined), 'a part is missing'],
      [() => Promise.resolve({ checksum: 'x', body: 'y' }), 'a part is damaged'],
    ] as const) {
      const away = await openStatePersistence({
        ...{ warm: db, cold: () => ({ ...analytics.archive, get }), clock, log: silentLogger, metrics: noMetrics },
      });
      await assert.rejects(away.load(ctx, runId), {
        ...{ code: 'persistence_cold_unavailable', retryable: true },
        message: `What was said long ago cannot be read from the history right now (${why}). Try again later.`,
      });
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
