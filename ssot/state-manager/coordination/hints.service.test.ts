import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateTest } from '../../../support/module-tests/state/state-test';
import { stores } from '../../../support/module-tests/stores';
import { eventually } from '../../../world/eventually';
import type { Json, TenantContext } from '../../kernel';
import type { Topic } from '../contract';
import { hintChannel } from '../keys';

const NAMES = ['Dana', 'Ravi', 'Leo'] as const;

for (const [name, topicOf, hearers] of [
  ['for one user', (ctx) => ({ ctx, scope: 'user' }), 'Dana'],
  ['for a thread of the tenant', (ctx) => ({ ctx, scope: 'thread', id: 'Q3 spend' }), 'Dana, Ravi'],
  ['for the tenant', (ctx) => ({ ctx, scope: 'tenant' }), 'Dana, Ravi'],
  ['for the platform', () => ({ platform: `hints-test ${process.pid}` }), 'Dana, Ravi, Leo'],
] as const satisfies readonly (readonly [string, (ctx: TenantContext) => Topic, string])[]) {
  void test(`ST-12 a hint reaches everybody it is meant for, once: ${name}`, async () => {
    await using t = new StateTest();
    const [state, other] = [await t.instance(), await t.notes.instances.start()];
    const heard: string[] = [];
    for (const who of NAMES) await state.onHint(topicOf(t.who(who)), () => heard.push(who));
    await other.hint(topicOf(t.who('Dana')), 1);
    // What is published later is heard later: nothing is on its way any more when this has arrived.
    const last = Promise.withResolvers<void>();
    const end = { ctx: t.who('Dana'), scope: 'run', id: 'end' } as const;
    await state.onHint(end, () => last.resolve());
    await other.hint(end);
    await last.promise;
    assert.equal(heard.join(', '), hearers);
  });
}

void test('ST-12 a hint carries exactly what was sent, up to 1,024 bytes', async () => {
  await using t = new StateTest();
  const state = await t.instance();
  const topic = { ctx: t.who('Dana'), scope: 'thread', id: 'Q3 spend' } as const;
  const heard: unknown[] = [];
  await state.onHint(topic, (note) => heard.push(note));
  const notes: Json[] = [null, 0, 'Café 💸', { seq: 7 }, 'x'.repeat(1_022)];
  for (const note of notes) await state.hint(topic, note);
  await eventually(() => assert.deepEqual(heard, notes));
});

void test('ST-08 a listener that fails costs nobody else a hint, and its failure is logged', async () => {
  await using t = new StateTest();
  const logged: string[] = [];
  const log = (facts: object, message: string): void => void logged.push(`${message} ${JSON.stringify(facts)}`);
  const state = await t.notes.serveWith({ logger: { debug: log, info: log, warn: log, error: log } });
  const topic = { ctx: t.who('Dana'), scope: 'thread', id: 'Q3 spend' } as const;
  const heard: unknown[] = [];
  await state.onHint(topic, () => {
    throw new Error('this listener fails');
  });
  await state.onHint(topic, (note) => heard.push(note));
  for (let i = 1; i <= 50; i++) await state.hint(topic, i);
  await eventually(() => assert.equal(heard.length, 50));
  assert.deepEqual(new Set(logged), new Set(['a listener to hints failed {"reason":"Error: this listener fails"}']));
});

void test('ST-12 whoever has left hears nothing more, and the other listener of the same function still does', async () => {
  await using t = new StateTest();
  const state = await t.instance();
  const topic = { ctx: t.who('Dana'), scope: 'thread', id: 'Q3 spend' } as const;
  const heard: unknown[] = [];
  const on = (note: unknown): void => void heard.push(note);
  const first = await state.onHint(topic, on);
  const second = await state.onHint(topic, on);
  await state.hint(topic, 1);
  await eventually(() => assert.deepEqual(heard, [1, 1]));
  await first[Symbol.asyncDispose]();
  await state.hint(topic, 2);
  await eventually(() => assert.deepEqual(heard, [1, 1, 2]));
  await second[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
  const third = await state.onHint(topic, on);
  await state.hint(topic, 3);
  await eventually(() => assert.deepEqual(heard, [1, 1, 2, 3]));
  await third[Symbol.asyncDispose]();
  const channel = hintChannel(topic);
  assert.deepEqual(await stores.redis().pubsub('NUMSUB', channel), [channel, 0], 'nobody listens to it in Redis');
});

void test('ST-12 after every break of the connection each listener is told once that hints may be missing', async () => {
  await using t = new StateTest();
  await t.faults.serveBehindProxy('Redis');
  for (const name of ['Dana', 'Ravi'] as const) await t.hints.listen(name, 'Q3 spend');
  let expected = '';
  for (let turn = 1; turn <= 2; turn++) {
    t.faults.cut();
    await t.faults.restore();
    expected = expected === '' ? 'some may be missing' : `${expected}, some may be missing`;
    await eventually(() => assert.deepEqual([t.hints.heardBy('Dana'), t.hints.heardBy('Ravi')], [expected, expected]));
    await t.hints.send('Dana', 'Q3 spend', 1);
    expected = `${expected}, 1`;
    await eventually(() => assert.deepEqual([t.hints.heardBy('Dana'), t.hints.heardBy('Ravi')], [expected, expected]));
  }
});

void test('ST-12 whoever leaves while Redis is away has left, and whoever could not begin then hears nothing later', async () => {
  await using t = new StateTest();
  await t.faults.serveBehindProxy('Redis');
  const state = await t.instance();
  const topic = { ctx: t.who('Dana'), scope: 'thread', id: 'Q3 spend' } as const;
  const heard: unknown[] = [];
  const leaving = await state.onHint({ ...topic, id: 'left' }, () => heard.push('who has left'));
  await state.onHint(topic, (note) => heard.push(note));
  t.faults.cut();
  await t.faults.calling(async () => {
    await assert.rejects(
      state.onHint(topic, () => heard.push('who could not begin')),
      { code: 'state_hot_unavailable' },
    );
    await leaving[Symbol.asyncDispose]();
  });
  await t.faults.restore();
  await eventually(() => assert.deepEqual(heard, ['some_may_be_missing']));
  await state.hint({ ...topic, id: 'left' }, 1);
  await state.hint(topic, 2);
  await eventually(() => assert.deepEqual(heard, ['some_may_be_missing', 2]));
});
