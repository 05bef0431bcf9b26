import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countedOf, exportedOf } from '../../../support/module-tests/customer-data/told-of';
import { moreRuns } from '../../../support/module-tests/more-runs';
import { ownDatabase } from '../../../support/module-tests/own-database';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { keyPart } from '../../id-manager';
import { noMetrics, silentLogger, vouchFor, type Json, type TenantContext } from '../../kernel';
import { openStatePersistence, persistenceSchemaChanges, storedStateCustomerData } from '..';

const { ids } = stores;
const HOUR_MS = 3_600_000;
const ONE_EACH = { run_state: 1, working_state: 1, working_state_change: 1, working_state_write: 1 };
const TWO_EACH = { run_state: 2, working_state: 2, working_state_change: 2, working_state_write: 2 };
const NOTHING = { run_state: 0, working_state: 0, working_state_change: 0, working_state_write: 0 };

describe('what runs and working state have of people', () => {
  const own = ownDatabase(persistenceSchemaChanges);

  async function begin() {
    const clock = new ControlledClock();
    const persistence = await openStatePersistence({ warm: own.db, clock, log: silentLogger, metrics: noMetrics });
    const { workingState } = persistence;
    const saved = async (ctx: TenantContext, state: Json) => {
      const runId = ids.next('run');
      const head = { runId, threadId: ids.next('thread'), agent: 'data', fence: 1, expectedVersion: 0, step: 3 };
      await persistence.save(ctx, { ...head, phase: 'data', state, shape: 1, saveId: runId });
      return { runId, agent: 'data', step: 3, state };
    };
    const write = (ctx: TenantContext) =>
      workingState.apply(
        ctx,
        {
          ...{ op: 'put', owner: keyPart(ctx.userId), name: 'plan', expect: '', incarnation: 'i', body: 'sealed' },
          ...{ shape: 1, defaultLifetimeMs: HOUR_MS },
        },
        ids.next('req'),
      );
    /** Somebody with a run and an entry. */
    const somebody = async (tenantId = ids.next('tenant')) => {
      const ctx = vouchFor({ tenantId, userId: ids.next('user'), plan: 'mid', permissions: [] });
      await write(ctx);
      return { ctx, run: await saved(ctx, { of: ctx.userId }) };
    };
    const data = storedStateCustomerData(own.db, workingState);
    const dana = await somebody();
    const ravi = await somebody(dana.ctx.tenantId);
    return { data, saved, write, dana, ravi, leo: await somebody() };
  }

  void it('SP-12 is counted and taken along by person, and by company', async () => {
    const { data, dana, ravi } = await begin();
    const { tenantId } = dana.ctx;
    assert.deepEqual([await countedOf(data, dana.ctx), await countedOf(data, { tenantId })], [ONE_EACH, TWO_EACH]);
    assert.deepEqual(await exportedOf(data, dana.ctx), [{ place: 'run_state', record: dana.run }]);
    assert.deepEqual(
      await exportedOf(data, { tenantId }),
      [dana, ravi].map(({ run }) => ({ place: 'run_state', record: run })),
    );
  });

  void it('SP-12 is taken along whole and once, however much it is', async () => {
    const { data, dana } = await begin();
    for (const more of [99, 1, 100]) {
      await moreRuns(own.db, dana.ctx, dana.run.runId, more);
      const runs = (await exportedOf(data, dana.ctx)).map(({ record }) => (record as typeof dana.run).runId);
      assert.deepEqual(
        [runs.length, new Set(runs).size],
        [(await countedOf(data, dana.ctx))['run_state'], runs.length],
      );
    }
  });

  void it('SP-09 goes with a person, who is given nothing of the kind again, and colleagues and others keep theirs', async () => {
    const { data, write, dana, ravi, leo } = await begin();
    await data.erase(dana.ctx);
    assert.deepEqual(await Promise.all([dana, ravi, leo].map(({ ctx }) => countedOf(data, ctx))), [
      NOTHING,
      ONE_EACH,
      ONE_EACH,
    ]);
    assert.deepEqual(await write(dana.ctx), { refused: 'erased' });
  });

  void it('SP-09 goes with a company, whoever was erased there before, and others keep theirs', async () => {
    const { data, write, dana, ravi, leo } = await begin();
    await data.erase(dana.ctx);
    await data.erase({ tenantId: dana.ctx.tenantId });
    assert.deepEqual(await Promise.all([dana, ravi, leo].map(({ ctx }) => countedOf(data, ctx))), [
      NOTHING,
      NOTHING,
      ONE_EACH,
    ]);
    assert.partialDeepStrictEqual(await write(dana.ctx), { replayed: false });
  });
});
