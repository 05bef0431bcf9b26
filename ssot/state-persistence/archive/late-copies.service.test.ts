import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Barrier } from '../../../support/module-tests/barrier';
import { countedOf } from '../../../support/module-tests/customer-data/told-of';
import { ownDatabase } from '../../../support/module-tests/own-database';
import { stores } from '../../../support/module-tests/stores';
import { eventually } from '../../../world/eventually';
import { openUsage } from '../../../world/modules/analytics/analytics-under-test';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { REWRITE_PATIENCE_MS } from '../../../world/patience';
import type { Analytics, Archive } from '../../analytics';
import { plans } from '../../configuration-manager';
import { noMetrics, silentLogger, vouchFor, type Transactions } from '../../kernel';
import {
  archiveCustomerData,
  openStatePersistence,
  persistenceSchemaChanges,
  startPurge,
  startRunArchiving,
  storedStateCustomerData,
} from '..';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const { ids } = stores;
const NOTHING = { archive_part: 0, archive_purge: 0, history: 0 };

describe('a run that is copied to the history while its person is erased', () => {
  const own = ownDatabase(persistenceSchemaChanges);
  let analytics: Analytics;
  before(async () => void (analytics = await openUsage()));
  after(() => analytics[Symbol.asyncDispose]());

  /** Somebody with a run that has ended. */
  async function begin() {
    const { db } = own;
    const clock = new ControlledClock();
    const subject = { tenantId: ids.next('tenant'), userId: ids.next('user') };
    const ctx = vouchFor({ ...subject, plan: 'enterprise', permissions: ['chat:use'] });
    const persistence = await openStatePersistence({
      ...{ warm: db, cold: () => analytics.archive, clock, log: silentLogger, metrics: noMetrics },
    });
    const runId = ids.next('run');
    const head = { runId, threadId: ids.next('thread'), agent: 'data', fence: 1, expectedVersion: 0, step: 1 };
    const state = { phase: 'data', state: 'found', shape: 1, saveId: runId, ending: 'completed' } as const;
    await persistence.save(ctx, { ...head, ...state });
    const archived = archiveCustomerData({ db, archive: analytics.archive, clock });
    /** Looks through the runs once. */
    const turn = async (changed: { readonly db?: Transactions; readonly archive?: Archive } = {}): Promise<void> => {
      let turns = 0;
      await using _ = startRunArchiving({
        ...{ db, archive: analytics.archive, clock, metrics: noMetrics, plans, ...changed },
        plansOf: (tenants) => Promise.resolve(new Map(tenants.map((one) => [one, 'enterprise'] as const))),
        logger: { ...silentLogger, debug: () => void (turns += 1) },
      });
      clock.advance(MINUTE_MS);
      await eventually(() => assert.equal(turns, 1));
    };
    const erase = async (): Promise<void> => {
      await storedStateCustomerData(db, persistence.workingState).erase(subject);
      await archived.erase(subject);
      assert.deepEqual(await countedOf(archived, subject), NOTHING);
    };
    const nothingStays = async (): Promise<void> => {
      await using _ = startPurge({ db, clock, archive: analytics.archive, logger: silentLogger });
      await eventually(async () => {
        clock.advance(MINUTE_MS);
        assert.deepEqual(await countedOf(archived, subject), NOTHING);
      }, REWRITE_PATIENCE_MS);
    };
    const isInHistory = async (): Promise<boolean> => (await analytics.archive.count(subject)) > 0;
    return { db, clock, turn, erase, nothingStays, isInHistory };
  }

  for (const [what, isAnswered] of [
    ['lands late', true],
    ['lands late, and is not answered', false],
  ] as const) {
    void it(`SP-09 its copy does not stay in the history when it ${what}`, async () => {
      const { turn, erase, nothingStays, isInHistory } = await begin();
      using barrier = new Barrier();
      const put: Archive['put'] = async (...parts) => {
        await barrier.pass();
        await analytics.archive.put(...parts);
        if (!isAnswered) throw new Error('no answer');
      };
      const copying = turn({ archive: { ...analytics.archive, put } });
      await barrier.reached;
      await erase();
      barrier.open();
      await copying;
      assert(await isInHistory());
      await nothingStays();
    });
  }

  for (const days of [0, 30]) {
    void it(`SP-09 nothing of it stays when it was read, and its copy not yet noted: ${days} days after its end`, async () => {
      const { db, clock, turn, erase, nothingStays } = await begin();
      if (days > 0) await turn();
      clock.advance(days * DAY_MS);
      let isErased = false;
      const erasing: Transactions = {
        asService: (...of) => db.asService(...of),
        transaction: async (by, body, options) => {
          if (options?.readOnly !== true && !isErased) {
            isErased = true;
            await erase();
          }
          return db.transaction(by, body, options);
        },
      };
      await turn({ db: erasing });
      assert(isErased);
      await nothingStays();
    });
  }
});
