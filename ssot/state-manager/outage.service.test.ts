import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateTest } from '../../support/module-tests/state/state-test';
import { NOTE, PLAN } from '../../world/modules/state-manager/kinds';
import type { TenantContext } from '../kernel';
import type { StateManager } from './contract';
import { StateError } from './errors';

const at = { id: 'Q3 spend' };
type Call = (state: StateManager, ctx: TenantContext) => Promise<unknown>;

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => (error instanceof StateError ? error.code : String(error)),
  );

for (const [name, call] of [
  ['write a note', (state, ctx) => state.put(ctx, NOTE, at, 'lost')],
  ['update a note', (state, ctx) => state.update(ctx, NOTE, at, () => 'lost')],
  ['read a note', (state, ctx) => state.get(ctx, NOTE, at)],
  ['list notes', (state, ctx) => state.list(ctx, NOTE)],
  ['remove a note', (state, ctx) => state.remove(ctx, NOTE, at)],
  ['take a slot', (state, ctx) => state.takeSlot(ctx, { scope: 'user', name: 'a' }, { limit: 1, leaseMs: 5_000 })],
  ['send a hint', (state, ctx) => state.hint({ ctx, scope: 'thread', id: 'a' })],
  ['listen for hints', (state, ctx) => state.onHint({ ctx, scope: 'thread', id: 'a' }, () => undefined)],
] as const satisfies readonly (readonly [string, Call])[]) {
  void test(`ST-09 while Redis is unreachable this is refused, and a repeat may help: ${name}`, async () => {
    await using t = new StateTest();
    await t.faults.serveBehindProxy('Redis');
    const [state, dana] = [await t.instance(), t.who('Dana')];
    await state.put(dana, NOTE, at, 'compare prices');
    t.faults.cut();
    assert.equal(await t.faults.calling(() => codeOf(call(state, dana))), 'state_hot_unavailable');
    await t.faults.restore();
    assert.equal((await state.get(dana, NOTE, at))?.value, 'compare prices');
  });
}

for (const [name, call, answered] of [
  ['read', async (state, ctx) => (await state.get(ctx, PLAN, at))?.source, 'warm'],
  ['list', async (state, ctx) => (await state.list(ctx, PLAN)).items[0]?.record.source, 'warm'],
  ['write', async (state, ctx) => (await state.put(ctx, PLAN, at, 'changed')).hotCopy, 'pending'],
  ['update', async (state, ctx) => (await state.update(ctx, PLAN, at, () => 'changed')).hotCopy, 'pending'],
  ['remove', async (state, ctx) => (await state.remove(ctx, PLAN, at)).removed, true],
] as const satisfies readonly (readonly [string, Call, unknown])[]) {
  void test(`ST-09 while Redis is unreachable PostgreSQL answers for what must last: ${name}`, async () => {
    await using t = new StateTest();
    await t.faults.serveBehindProxy('Redis');
    const [state, dana] = [await t.instance(), t.who('Dana')];
    await state.put(dana, PLAN, at, 'must last');
    t.faults.cut();
    assert.equal(await t.faults.calling<unknown>(() => call(state, dana)), answered);
  });
}

for (const [name, call] of [
  ['write', (state, ctx) => state.put(ctx, PLAN, at, 'changed')],
  ['update', (state, ctx) => state.update(ctx, PLAN, at, () => 'changed')],
  ['remove', (state, ctx) => state.remove(ctx, PLAN, at)],
  ['list', (state, ctx) => state.list(ctx, PLAN)],
  ['read the latest', (state, ctx) => state.get(ctx, PLAN, at, { fresh: 'latest' })],
  ['read what has no copy', (state, ctx) => state.get(ctx, PLAN, { id: 'elsewhere' })],
  ['clear the thread', (state, ctx) => state.clear(ctx, { scope: 'thread', id: at.id })],
] as const satisfies readonly (readonly [string, Call])[]) {
  void test(`ST-09 while PostgreSQL is unreachable nothing that must last is promised: ${name}`, async () => {
    await using t = new StateTest();
    await t.faults.serveBehindProxy('PostgreSQL');
    const [state, dana] = [await t.instance(), t.who('Dana')];
    await state.put(dana, PLAN, at, 'must last');
    await state.put(dana, NOTE, at, 'compare prices');
    t.faults.cut();
    assert.equal(await t.faults.calling(() => codeOf(call(state, dana))), 'state_durable_unavailable');
    assert.equal((await state.get(dana, PLAN, at))?.source, 'hot');
    assert.equal((await state.get(dana, NOTE, at))?.value, 'compare prices');
    assert.equal((await state.put(dana, NOTE, at, 'hire')).version, 2);
  });
}

void test('ST-09 an old copy is not served in place of a PostgreSQL that cannot be asked', async () => {
  await using t = new StateTest();
  await t.faults.serveBehindProxy('PostgreSQL');
  const [state, dana] = [await t.instance(), t.who('Dana')];
  await state.put(dana, PLAN, at, 'must last');
  t.faults.cut();
  t.notes.instances.endQuietly(30_000);
  assert.equal(await t.faults.calling(() => codeOf(state.get(dana, PLAN, at))), 'state_durable_unavailable');
});

void test('ST-09 PostgreSQL hangs: callers are refused within 2 seconds', async () => {
  await using t = new StateTest();
  await t.faults.serveBehindProxy('PostgreSQL');
  const [state, dana] = [await t.instance(), t.who('Dana')];
  await state.put(dana, PLAN, at, 'must last');
  let code = '';
  await t.faults.callWhileHanging(async () => {
    code = await codeOf(state.get(dana, PLAN, at, { fresh: 'latest' }));
  });
  assert.equal(code, 'state_durable_unavailable');
  assert.ok(t.notes.tookMs <= 2_000, `${t.notes.tookMs} ms`);
  t.faults.cut();
});

void test('ST-09 Redis hangs: readers try three times within 2 seconds, then nobody asks it for 5 seconds', async () => {
  await using t = new StateTest();
  await t.faults.serveBehindProxy('Redis');
  const [state, dana] = [await t.instance(), t.who('Dana')];
  await state.put(dana, NOTE, at, 'compare prices');
  const read = async (): Promise<void> =>
    assert.equal(await codeOf(state.get(dana, NOTE, at)), 'state_hot_unavailable');
  await t.faults.callWhileHanging(read);
  assert.ok(t.notes.tookMs >= 1_500 && t.notes.tookMs <= 2_000, `${t.notes.tookMs} ms`);
  await t.faults.callWhileHanging(read);
  assert.ok(t.notes.tookMs <= 1_100, `${t.notes.tookMs} ms: two tries and the breaker is open`);
  await t.faults.callWhileHanging(read);
  assert.ok(t.notes.tookMs <= 100, `${t.notes.tookMs} ms`);
  t.faults.proxy.restore();
  t.faults.waits.clock.advance(4_000);
  assert.equal(await codeOf(state.get(dana, NOTE, at)), 'state_hot_unavailable');
  t.faults.waits.clock.advance(1_000);
  assert.equal(await codeOf(state.get(dana, NOTE, at)), 'answered');
});

for (const [what, options, triesMs] of [
  ['once, because twice would be two changes', {}, 500],
  ['three times under its name', { writeId: 'the same write' }, 1_500],
] as const) {
  void test(`ST-09 Redis hangs: a write is sent ${what}`, async () => {
    await using t = new StateTest();
    await t.faults.serveBehindProxy('Redis');
    const [state, dana] = [await t.instance(), t.who('Dana')];
    await state.put(dana, NOTE, at, 'compare prices');
    const write = async (): Promise<void> =>
      assert.equal(await codeOf(state.put(dana, NOTE, at, 'hire', options)), 'state_hot_unavailable');
    await t.faults.callWhileHanging(write);
    assert.ok(t.notes.tookMs >= triesMs && t.notes.tookMs <= triesMs + 400, `${t.notes.tookMs} ms`);
    t.faults.cut();
  });
}

void test('ST-09 work that was given up is not done later, when Redis is back', async () => {
  await using t = new StateTest();
  await t.faults.serveBehindProxy('Redis');
  const [state, dana] = [await t.instance(), t.who('Dana')];
  await state.put(dana, NOTE, at, 'compare prices');
  t.faults.cut();
  assert.equal(await t.faults.calling(() => codeOf(state.put(dana, NOTE, at, 'given up'))), 'state_hot_unavailable');
  await t.faults.restore();
  const record = await state.get(dana, NOTE, at);
  assert.deepEqual([record?.value, record?.version], ['compare prices', 1]);
});
