import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CustomerDataTest, type Somebody } from '../../../support/module-tests/customer-data/customer-data-test';
import { eventually } from '../../../world/eventually';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { plans } from '../../configuration-manager';
import { noMetrics, silentLogger, sql, type CustomerData } from '../../kernel';
import { startRunArchiving } from '..';

const DAY_MS = 86_400_000;
const LONG_AGO = Date.UTC(1890, 0, 1);

describe('taking data along', () => {
  for (const first of ['archive', 'stored-state']) {
    void it(`SP-12 what a run has found is in the file, also if it moves to the history after "${first}" was read`, async () => {
      await using t = new CustomerDataTest();
      await t.fill(1);
      const dana = t.people[0] as Somebody;
      const read = (module: CustomerData): CustomerData => {
        if (module.name !== first) return module;
        return { ...module, export: (subject) => followedBy(module.export(subject), () => moveRuns(t)) };
      };
      const { userId, runId, mark } = dana;
      const file: Buffer[] = [];
      for await (const line of t.requests(t.modules.map(read)).export({ tenantId: t.tenantId, userId }))
        file.push(line);
      const found = file.map((line) => JSON.parse(line.toString()) as { place?: string; record?: object });
      const states = found.filter(({ place = '' }) => place.endsWith('/run_state')).map(({ record }) => record);
      assert(
        states.some((state = {}) => 'runId' in state && state.runId === runId && JSON.stringify(state).includes(mark)),
        JSON.stringify(states),
      );
    });
  }
});

async function* followedBy<T>(all: AsyncIterable<T>, then: () => Promise<void>): AsyncGenerator<T> {
  yield* all;
  await then();
}

/** As it happens a month after runs have ended. */
async function moveRuns(t: CustomerDataTest): Promise<void> {
  const ctx = t.contextOf(t.people[0] as Somebody);
  const clock = new ControlledClock(LONG_AGO);
  await t.db.transaction(ctx, (tx) => tx.execute(sql`update run_state set ended_at = ${new Date(LONG_AGO)}`));
  for (const days of [0, 30]) {
    let turns = 0;
    clock.advance(days * DAY_MS);
    await using _ = startRunArchiving({
      ...{ db: t.db, archive: t.archive, clock, plans, metrics: noMetrics },
      plansOf: (tenants) => Promise.resolve(new Map(tenants.map((one) => [one, 'enterprise'] as const))),
      logger: { ...silentLogger, debug: () => void (turns += 1) },
    });
    clock.advance(60_000);
    await eventually(() => assert.equal(turns, 1));
  }
}
