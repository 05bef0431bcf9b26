import { deepEqual } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RegistryTest } from '../../../support/module-tests/agent-registry/registry-test';

/** What is saved of the latest run: how it ended, null while it goes on. */
async function saved(t: RegistryTest): Promise<readonly unknown[]> {
  return (await t.table.checkpoints(t.latest)).map(({ ending }) => ending);
}

describe('what a run has saved', () => {
  test('SP-07 is ended as failed with a run that fails behind a finished step', async () => {
    await using t = new RegistryTest();
    await t.hold('reporting', 'Dana');
    deepEqual(await saved(t), [null]);
    t.resume('fails');
    await t.endsOnce('Dana', 'failed');
    deepEqual(await saved(t), ['failed']);
  });

  test('SP-07 is ended as cancelled with a run that is cancelled at work', async () => {
    await using t = new RegistryTest();
    await t.hold('reporting', 'Dana');
    await t.cancel('Dana');
    t.resume();
    await t.endsOnce('Dana', 'cancelled');
    deepEqual(await saved(t), ['cancelled']);
  });

  test('SP-07 is ended as cancelled with a run that is cancelled while nobody works on it', async () => {
    await using t = new RegistryTest();
    await t.hold('reporting', 'Dana');
    await (await t.instance()).drain(AbortSignal.abort());
    await t.cancel('Dana');
    await t.ended('Dana');
    deepEqual(await saved(t), ['cancelled']);
  });
});
