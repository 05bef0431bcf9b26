import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Barrier } from '../../../support/module-tests/barrier';
import { endedRuns, killed, someone } from '../../../support/module-tests/ended-runs';
import { moreRuns } from '../../../support/module-tests/more-runs';
import { ownDatabase } from '../../../support/module-tests/own-database';
import { openUsage } from '../../../world/modules/analytics/analytics-under-test';
import type { Analytics, Archive, ArchivedPart } from '../../analytics';
import { sql, type RunId } from '../../kernel';
import { persistenceSchemaChanges } from '..';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

describe('runs that have ended', () => {
  const own = ownDatabase(persistenceSchemaChanges);
  let analytics: Analytics;
  before(async () => void (analytics = await openUsage()));
  after(() => analytics[Symbol.asyncDispose]());

  const begin = () => endedRuns(own.db, analytics.archive);

  void it('SP-07 each ending is archived as what it was, and reads alike from PostgreSQL and from the history', async () => {
    const { clock, ctx, persistence, save, turn, counted, whereabouts } = await begin();
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
    assert.deepEqual(Object.fromEntries(counted), { 'runs_archived_total copied': 3, 'runs_archived_total moved': 3 });
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
    const { db, ctx, save, turn, counted, whereabouts } = await begin();
    const other = someone();
    await moreRuns(db, ctx, await save(ctx, 'found', 'completed'), 299);
    await moreRuns(db, other, await save(other, 'found', 'completed'), 149);
    const tried: string[] = [];
    const put: Archive['put'] = (...parts) => (tried.push(...parts.map(({ subject }) => subject)), killed());
    await turn({ ...analytics.archive, put });
    assert.deepEqual([tried.length, new Set(tried).size], [450, 450]);
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
    assert.equal(counted.get('runs_archived_total copied'), 450);
  });

  void it('SP-07 of runs that hold much, a few MiB are on their way at once', async () => {
    const { ctx, save, turn, whereabouts } = await begin();
    // What does not become small.
    const long = randomBytes(950_000).toString('hex');
    for (let n = 0; n < 4; n++) await save(ctx, long, 'completed');
    const atOnce: number[] = [];
    const put: Archive['put'] = (...parts) => (atOnce.push(parts.length), analytics.archive.put(...parts));
    await turn({ ...analytics.archive, put });
    assert.deepEqual(await whereabouts(), [4, 4]);
    assert.deepEqual(atOnce, [3, 1]);
  });

  void it('SP-07 an instance that stops lets land what is under way, and begins nothing more', async () => {
    const { clock, ctx, save, archiving, whereabouts } = await begin();
    const other = someone();
    const long = randomBytes(950_000).toString('hex');
    for (let n = 0; n < 4; n++) await save(ctx, long, 'completed');
    await save(other, 'found', 'completed');
    using barrier = new Barrier();
    const put: Archive['put'] = async (...parts) => {
      await barrier.pass();
      await analytics.archive.put(...parts);
    };
    const instance = archiving({ ...analytics.archive, put });
    clock.advance(MINUTE_MS);
    await barrier.reached;
    const stopped = instance[Symbol.asyncDispose]();
    barrier.open();
    await stopped;
    assert.deepEqual(
      [await whereabouts(), await whereabouts(other)],
      [
        [4, 3],
        [1, 0],
      ],
    );
  });

  void it('SP-07 what another instance is moving is left to it', async () => {
    const { db, clock, ctx, save, turn, whereabouts } = await begin();
    const runId = await save(ctx, 'found', 'completed');
    await turn();
    clock.advance(30 * DAY_MS);
    await db.transaction(ctx, async (tx) => {
      await tx.execute(sql`select from run_state where run_id = ${runId} for update`);
      await turn();
      assert.deepEqual(await whereabouts(), [1, 1]);
    });
    await turn();
    assert.deepEqual(await whereabouts(), [0, 1]);
  });
});

/** With the nth call another thing happens. */
function onCall<A extends unknown[], R>(nth: number, then: () => R, usually: (...of: A) => R): (...of: A) => R {
  let calls = 0;
  return (...of) => (++calls === nth ? then() : usually(...of));
}
