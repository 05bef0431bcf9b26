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
const NOT_TAKEN = [
  // Secrets, and sign-ins that are not done.
  ...['totp_factor', 'backup_code', 'pending_login', 'provider_sign_in'].map((table) => `accounts/${table}`),
  // Part of what is taken from elsewhere.
  ...['archive/archive_part', 'archive/history', 'archive/archive_purge', 'agents/published_reports'],
  ...['stored-state/working_state', 'stored-state/working_state_change', 'stored-state/working_state_write'],
  'chat/thread_counts',
  // Under the names of the tables that it was in.
  'accounts/kept_person',
];

describe('taking data along', () => {
  void it('SP-12 what is kept of a person is in the file by table, but for secrets, what is spent, and what only counts', async () => {
    await using t = new CustomerDataTest();
    await t.fill(2);
    const dana = t.people[0] as Somebody;
    const held = await t.requests().count({ tenantId: t.tenantId, userId: dana.userId });
    const places = new Set<string>();
    for await (const line of t.requests().export({ tenantId: t.tenantId, userId: dana.userId })) {
      const { place } = JSON.parse(line.toString()) as { place?: string };
      if (place !== undefined) places.add(place);
      assert(!line.toString().includes((t.people[1] as Somebody).mark));
    }
    assert.deepEqual(
      held.map(({ place }) => place).filter((place) => !places.has(place) && !NOT_TAKEN.includes(place)),
      [],
    );
  });

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
