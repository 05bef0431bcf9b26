import assert from 'node:assert/strict';
import { test } from 'node:test';
import { administrator } from '../../support/module-tests/company-settings';
import { stores } from '../../support/module-tests/stores';
import { noMetrics, silentLogger, systemClock } from '../../ssot/kernel';
import { openStatePersistence } from '../../ssot/state-persistence';
import { checkpointsIn } from './checkpoints';

void test('AG-11 what another release has saved in a shape of its own is counted, and not gone on with', async () => {
  const db = await stores.database();
  const persistence = await openStatePersistence({
    ...{ warm: db, clock: systemClock, log: silentLogger, metrics: noMetrics },
  });
  const ctx = administrator();
  const point = {
    ...{ runId: stores.ids.next('run'), threadId: stores.ids.next('thread'), agent: 'data' as const },
    ...{ fence: 1, step: 1, version: 1, state: { sum: 7 } },
  };
  const older = checkpointsIn(persistence, 1);
  await db.transaction(ctx, (tx) => older.save(ctx, point, tx));
  assert.deepEqual(await older.load(ctx, point.runId), { version: 1, state: { sum: 7 } });
  assert.deepEqual(await checkpointsIn(persistence).load(ctx, point.runId), { version: 1, state: undefined });
});
