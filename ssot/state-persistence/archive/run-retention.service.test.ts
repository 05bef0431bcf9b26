import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { moreRuns } from '../../../support/module-tests/more-runs';
import { ownDatabase } from '../../../support/module-tests/own-database';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { eventually } from '../../../world/eventually';
import type { Archive } from '../../analytics';
import { plans } from '../../configuration-manager';
import type { Database } from '../../database-manager';
import {
  contextOfSubject,
  noMetrics,
  servicePrincipal,
  silentLogger,
  sql,
  vouchFor,
  type Plan,
  type RunId,
  type TenantContext,
  type TenantId,
} from '../../kernel';
import { openStatePersistence, persistenceSchemaChanges, startRunArchiving, startRunRetention } from '..';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const { ids } = stores;
/** Apart from those of the product, so that it shows which row was taken. */
const LIMITS = {
  ...{ free: { runRetentionDays: 2 }, early: { runRetentionDays: 3 } },
  ...{ mid: { runRetentionDays: 30 }, enterprise: { runRetentionDays: 50 } },
} as const;

/** A company on a plan whose runs end when the test says so, and a history that takes all. */
class RetentionTest {
  readonly clock = new ControlledClock();
  readonly ctx: TenantContext;
  readonly #history = new Map<string, { subject: string; part: number; checksum: string; digest: string }>();
  #plan: Plan | null;

  constructor(
    private readonly db: Database,
    plan: Plan,
  ) {
    this.#plan = plan;
    this.ctx = vouchFor({ tenantId: ids.next('tenant'), userId: ids.next('user'), plan, permissions: [] });
  }

  /** Null: nobody can tell. */
  becomes(plan: Plan | null): void {
    this.#plan = plan;
  }

  async ended(count = 1): Promise<RunId> {
    const persistence = await openStatePersistence({
      ...{ warm: this.db, clock: this.clock, log: silentLogger, metrics: noMetrics },
    });
    const runId = ids.next('run');
    const head = { runId, threadId: ids.next('thread'), agent: 'data', fence: 1, expectedVersion: 0, step: 1 };
    const rest = { phase: 'data', state: 'found', shape: 1, saveId: runId, ending: 'completed' } as const;
    await persistence.save(this.ctx, { ...head, ...rest });
    await moreRuns(this.db, this.ctx, runId, count - 1);
    return runId;
  }

  hold(on: boolean): Promise<unknown> {
    const { tenantId, userId } = this.ctx;
    const change = on
      ? sql`insert into retention_hold values (${tenantId}, ${userId}, 'Lawsuit of May', ${userId}, now())`
      : sql`delete from retention_hold where tenant_id = ${tenantId}`;
    return this.db.asService(servicePrincipal('test'), (tx) => tx.execute(change));
  }

  /** An instance looks through all runs: what goes to the history, and what goes. */
  async look(): Promise<void> {
    const looked: string[] = [];
    const logger = { ...silentLogger, debug: (_: object, message: string) => void looked.push(message) };
    const plansOf = (tenants: readonly TenantId[]) =>
      Promise.resolve(new Map(tenants.flatMap((tenantId) => (this.#plan ? [[tenantId, this.#plan] as const] : []))));
    const deps = { db: this.db, clock: this.clock, time: this.clock, logger, metrics: noMetrics };
    await using running = new AsyncDisposableStack();
    running.use(startRunArchiving({ ...deps, archive: this.#archive(), plans: LIMITS, plansOf }));
    this.clock.advance(MINUTE_MS);
    await eventually(() => assert.equal(looked.length, 1));
    running.use(startRunRetention({ ...deps, plans: LIMITS, plansOf }));
    this.clock.advance(MINUTE_MS);
    await eventually(() => assert(looked.includes('what ended runs have saved was looked through')));
  }

  /** How many are in PostgreSQL, in the history, and wait to be removed from there. */
  async whereabouts(): Promise<readonly [rows: number, history: number, waiting: number]> {
    const row = z.object({ runs: z.coerce.number(), waiting: z.coerce.number() });
    const [found] = await this.db.transaction(contextOfSubject(this.ctx), (tx) =>
      tx.query(
        sql`select (select count(*) from run_state) as runs, (select count(*) from archive_purge) as waiting`,
        row,
      ),
    );
    return [found?.runs ?? -1, this.#history.size, found?.waiting ?? -1];
  }

  #archive(): Archive {
    const put: Archive['put'] = (...parts) => {
      for (const { subject, part, checksum, body } of parts) {
        const digest = createHash('sha256').update(body).digest('hex');
        this.#history.set(subject, { subject, part, checksum, digest });
      }
      return Promise.resolve();
    };
    const digested: Archive['digested'] = (_, subjects) =>
      Promise.resolve(subjects.flatMap((subject) => this.#history.get(subject) ?? []));
    return { put, digested } as Archive;
  }
}

describe('what ended runs have saved', () => {
  const own = ownDatabase(persistenceSchemaChanges);

  for (const plan of ['free', 'early', 'mid', 'enterprise'] as const) {
    const kept = LIMITS[plan].runRetentionDays;
    void it(`SP-13 is kept for the ${kept} days of the row "${plan}", and no longer`, async () => {
      const t = new RetentionTest(own.db, plan);
      await t.ended();
      const isCopied = plan === 'enterprise' ? 1 : 0;
      // Retention looks a minute after the rest.
      t.clock.advance(kept * DAY_MS - 2 * MINUTE_MS - 1);
      await t.look();
      assert.deepEqual(await t.whereabouts(), [1, isCopied, 0]);
      t.clock.advance(60 * MINUTE_MS);
      await t.look();
      assert.deepEqual(await t.whereabouts(), [0, isCopied, isCopied]);
    });
  }

  void it('SP-13 is kept for as many days by the product as the plan says', () => {
    const days = Object.values(plans).map(({ runRetentionDays }) => runRetentionDays);
    assert.deepEqual(days, [1, 7, 30, 365]);
  });

  void it('SP-13 goes in batches, all that is due', async () => {
    const t = new RetentionTest(own.db, 'free');
    await t.ended(1_050);
    t.clock.advance(2 * DAY_MS);
    await t.ended(1);
    await t.look();
    assert.deepEqual(await t.whereabouts(), [1, 0, 0]);
  });

  void it('SP-08 stays while it is on legal hold, and goes when that is lifted', async () => {
    const t = new RetentionTest(own.db, 'free');
    await t.ended();
    await t.hold(true);
    t.clock.advance(400 * DAY_MS);
    await t.look();
    assert.deepEqual(await t.whereabouts(), [1, 0, 0]);
    await t.hold(false);
    t.clock.advance(60 * MINUTE_MS);
    await t.look();
    assert.deepEqual(await t.whereabouts(), [0, 0, 0]);
  });

  void it('SP-13 stays of a company whose plan nobody can tell', async () => {
    const t = new RetentionTest(own.db, 'free');
    await t.ended();
    t.becomes(null);
    t.clock.advance(400 * DAY_MS);
    await t.look();
    assert.equal((await t.whereabouts())[0], 1);
  });

  void it('SP-13 is kept for longer from the moment on in which the company has a larger plan', async () => {
    const t = new RetentionTest(own.db, 'free');
    await t.ended();
    await t.look();
    t.becomes('enterprise');
    t.clock.advance(40 * DAY_MS);
    await t.look();
    assert.equal((await t.whereabouts())[0], 1);
    t.clock.advance(10 * DAY_MS);
    await t.look();
    assert.equal((await t.whereabouts())[0], 0);
  });
});
