import { deepEqual, equal } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RegistryTest } from '../../../../support/module-tests/agent-registry/registry-test';
import { eventually } from '../../../../world/eventually';

describe('a lease', () => {
  test("AG-11 that is renewed is nobody else's", async () => {
    await using t = new RegistryTest();
    await t.hold('optimisation', 'Dana');
    const other = await t.instances.another();
    // Whoever polls has polled when the instance has stopped.
    await other.drain(AbortSignal.abort());
    const { state, lease_epoch: epoch, interruptions } = (await t.table.row(t.latest)) ?? {};
    deepEqual({ state, epoch, interruptions }, { state: 'running', epoch: 1, interruptions: 0 });
  });

  test('AG-11 is renewed every 5 seconds, again and again, and lasts 15', async () => {
    await using t = new RegistryTest();
    await t.hold('optimisation', 'Dana');
    for (let time = 0; time < 3; time++) {
      await t.table.setLease(t.latest, 5);
      t.clock.advance(5_000);
      await t.table.leaseLasts(t.latest, 15);
    }
  });

  test('AG-11 that could not be renewed is renewed when PostgreSQL takes writes again', async () => {
    await using t = new RegistryTest();
    await t.hold('optimisation', 'Dana');
    await t.table.setLease(t.latest, 5);
    t.instances.isReadOnly = true;
    t.clock.advance(5_000);
    await eventually(() => equal(t.logged('a lease could not be renewed').length, 1));
    t.instances.isReadOnly = false;
    t.clock.advance(5_000);
    await t.table.leaseLasts(t.latest, 15);
    const [line] = t.logged('a lease could not be renewed');
    equal(line?.level, 'warn');
    deepEqual(line.facts, { runId: t.latest, reason: 'PlatformError: PostgreSQL takes no writes' });
  });
});
