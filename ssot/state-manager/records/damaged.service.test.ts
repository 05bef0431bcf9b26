import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateTest } from '../../../support/module-tests/state/state-test';
import { NOTE } from '../../../world/modules/state-manager/kinds';

const at = { id: 'Q3 spend' };

void test('ST-09 a damaged entry is set aside for a day, counted and logged without its content, and can be written anew', async () => {
  await using t = new StateTest();
  const counted: string[] = [];
  const logged: string[] = [];
  const log = (facts: object, message: string): void => void logged.push(`${message} ${JSON.stringify(facts)}`);
  const state = await t.notes.serveWith({
    logger: { debug: log, info: log, warn: log, error: log },
    metrics: { count: (name) => void counted.push(name), gauge: () => {}, observe: () => {} },
  });
  const dana = t.who('Dana');
  await state.put(dana, NOTE, at, 'compare prices');
  await t.stored.damage('Dana');
  const message = 'What was stored as "spec-note" is damaged; it was set aside. Write it anew.';
  await assert.rejects(state.get(dana, NOTE, at), { code: 'state_corrupted', message });
  assert.deepEqual(counted, ['state_corrupted_total']);
  assert.deepEqual([logged.length, logged[0]?.startsWith('a damaged entry was found')], [1, true]);
  assert.deepEqual([(await state.list(dana, NOTE)).items, await t.stored.setAside('Dana')], [[], 1]);
  assert.equal(await state.get(dana, NOTE, at), undefined);
  const { tenantId } = dana;
  const redis = t.notes.instances.redis();
  const [bad = ''] = await redis.keys(`sm:{${tenantId}}:bad:*`);
  assert.ok(Math.abs((await redis.pttl(bad)) - 86_400_000) < 30_000);
  assert.equal(await redis.exists(`sm:{${tenantId}}:use`), 0);
  assert.equal((await state.put(dana, NOTE, at, 'again')).version, 1);
});

void test('ST-09 what was written anew meanwhile is not set aside by who still holds the damaged bytes', async () => {
  await using t = new StateTest();
  const [state, dana] = [await t.instance(), t.who('Dana')];
  await state.put(dana, NOTE, at, 'compare prices');
  await t.stored.damage('Dana');
  const outcomes = await Promise.allSettled([state.get(dana, NOTE, at), state.put(dana, NOTE, at, 'again')]);
  assert.equal(outcomes[1].status, 'fulfilled');
  assert.equal((await state.get(dana, NOTE, at))?.value, 'again');
});

void test('ST-09 a write that meets a damaged entry it did not expect sets it aside, and its repeat lands', async () => {
  await using t = new StateTest();
  const [state, dana] = [await t.instance(), t.who('Dana')];
  await state.put(dana, NOTE, at, 'compare prices');
  await t.stored.damage('Dana');
  const write = (): Promise<{ version: number }> => state.put(dana, NOTE, at, 'again', { expect: 'absent' });
  await assert.rejects(write(), { code: 'state_corrupted' });
  assert.equal((await write()).version, 1);
});

void test("ST-03 bytes of one user do not open under a colleague's key", async () => {
  await using t = new StateTest();
  const state = await t.instance();
  for (const name of ['Dana', 'Ravi'] as const) await state.put(t.who(name), NOTE, at, name);
  await t.stored.copy('Dana', 'Ravi');
  await assert.rejects(state.get(t.who('Ravi'), NOTE, at), { code: 'state_corrupted' });
  assert.equal((await state.get(t.who('Dana'), NOTE, at))?.value, 'Dana');
});
