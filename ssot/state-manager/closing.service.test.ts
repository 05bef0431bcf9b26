import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateTest } from '../../support/module-tests/state/state-test';
import { NOTE, PLAN } from '../../world/modules/state-manager/kinds';
import { openStateManager } from './state-manager';
import { KeyRing, noMetrics, silentLogger, systemClock, systemRandom } from '../kernel';

void test('ST-11 closing finishes the writes in flight, refuses new ones and ends every listener', async () => {
  await using t = new StateTest();
  const [state, dana] = [await t.instance(), t.who('Dana')];
  const other = await t.notes.instances.start();
  const heard: unknown[] = [];
  const topic = { ctx: dana, scope: 'thread', id: 'Q3 spend' } as const;
  await state.onHint(topic, (note) => heard.push(note));
  const writes = [NOTE, PLAN].flatMap((kind) =>
    Array.from({ length: 10 }, (_, i) => state.put(dana, kind, { id: `${i}` }, i)),
  );
  await state[Symbol.asyncDispose]();
  assert.equal((await Promise.all(writes)).length, 20);
  for (const call of [
    () => state.put(dana, NOTE, { id: 'late' }, 1),
    () => state.get(dana, NOTE, { id: '1' }),
    () => state.hint(topic),
    () => state.takeSlot(dana, { scope: 'user', name: 'a' }, { limit: 1, leaseMs: 5_000 }),
  ]) {
    await assert.rejects(call, { code: 'state_closed', retryable: false });
  }
  assert.equal((await other.list(dana, NOTE)).items.length, 10);
  await other.hint(topic, 1);
  const last = Promise.withResolvers<void>();
  await other.onHint({ ...topic, id: 'end' }, () => last.resolve());
  await other.hint({ ...topic, id: 'end' });
  await last.promise;
  assert.deepEqual(heard, []);
});

void test('ST-11 closing leaves no connection of its own open', async () => {
  await using t = new StateTest();
  const redis = t.notes.instances.redis().duplicate();
  const name = `closing-${process.pid}`;
  await redis.client('SETNAME', name);
  const machine = { clock: systemClock, random: systemRandom, logger: silentLogger, metrics: noMetrics };
  const durable = await t.notes.instances.durable();
  const connections = async (): Promise<number> =>
    String(await redis.client('LIST'))
      .split('\n')
      .filter(Boolean).length;
  const keys = new KeyRing([{ id: 'test', key: systemRandom.bytes(32) }]);
  const before = await connections();
  const state = await openStateManager({ redis, durable, keys, ...machine });
  await state.onHint({ platform: name }, () => undefined);
  assert.equal(await connections(), before + 1);
  await state[Symbol.asyncDispose]();
  for (let tries = 0; (await connections()) > before; tries++) assert.ok(tries < 1_000, 'a connection stays open');
  redis.disconnect();
});
