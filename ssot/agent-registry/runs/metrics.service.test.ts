import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FAILURES } from '../../../support/module-tests/agent-registry/recorded-usage';
import { RegistryTest } from '../../../support/module-tests/agent-registry/registry-test';

/** The histograms, one line for each kind: how often, and seconds in all. */
function observed(t: RegistryTest): readonly string[] {
  const kinds = Object.entries(Object.groupBy(t.observer.observed, ({ name }) => name));
  return kinds
    .map(([name, all = []]) => `${name}: ${all.length}, ${all.reduce((sum, { value }) => sum + value, 0).toFixed(3)} s`)
    .sort();
}

describe('operators', () => {
  test('AG-14 count runs that began and ended', async () => {
    await using t = new RegistryTest();
    for (const [number, text] of ['Where does our money go?', 'Will it rain tomorrow?'].entries()) {
      await t.ask('Dana', text);
      await t.ended('Dana', number + 1);
    }
    await t.observer.counted('agent_runs_claimed_total {"after":"waiting"}', 2);
    await t.observer.counted('agent_runs_concluded_total {"conclusion":"ended"}', 2);
    await t.observer.until(async () => (await t.instance()).health().running === 0 || 'something is at work');
  });

  for (const [seconds, state, cause] of [
    [30, 'up', undefined],
    [31, 'degraded', 'A run has had no instance for 31 seconds.'],
  ] as const) {
    test(`AG-14 read that health is ${state} when nobody has claimed a run for ${seconds} seconds`, async () => {
      await using t = new RegistryTest();
      await t.hold('optimisation', 'Dana');
      await t.table.setLease(t.latest, -seconds);
      t.users.isUnreachable = true;
      const other = await t.instances.another();
      const inVain = 'a run could not be claimed; the next poll tries again';
      await t.observer.until(() => t.logged(inVain).length > 0 || 'nothing was tried yet');
      deepEqual([other.health().state, other.health().cause], [state, cause]);
    });
  }

  test('AG-14 read counts and durations that are those of the stored runs', async () => {
    await using t = new RegistryTest();
    t.holdAll();
    await t.askAsMany('Birch', 12);
    await t.tenantHas('Birch', { running: 2, queued: 10 });
    await t.askAsMany('Acme', 20);
    await t.tenantHas('Acme', { running: 20 });
    await t.gate.reached(22);
    const runs = await t.instance();
    t.clock.advance(7_000);
    for (const [state, count] of [
      ['queued', 6],
      ['running', 3],
    ] as const) {
      for (const { runId, userId } of await t.table.some(state, count)) {
        await runs.cancel(await t.users.contextFor(userId), runId);
      }
    }
    t.clock.advance(4_000);
    t.failReadings(FAILURES.refused, 3);
    t.releaseAll();
    await t.observer.until(async () => {
      const left = await t.table.unfinished();
      return left === 0 || `${left} runs have not ended`;
    });
    // What ended last is observed in the same turn of the machine in which its end has been stored.
    await new Promise(setImmediate);
    const durations = await t.table.durations();
    deepEqual(observed(t), durations);
    ok(durations.length >= 4);
    equal(durations.filter((line) => line.includes('"failed"')).length, 1);
  });
});
