import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateTest } from '../../support/module-tests/state/state-test';
import { eventually } from '../../world/eventually';
import { ControlledClock } from '../../world/operations/controlled-clock';
import type { DurableChange, DurableOp, DurableStore } from '../kernel';

const OWNER = 'owner';
const put = (name: string): DurableOp => ({
  ...{ op: 'put', owner: OWNER, name, expect: '', incarnation: 'i', body: 'sealed', shape: 1 },
  defaultLifetimeMs: 60_000,
});

/** A subscriber that cannot take some changes for a while; what it has taken, in order. */
class Subscriber {
  readonly taken: string[] = [];
  readonly changes: DurableChange[] = [];
  refuses: (change: DurableChange) => boolean = () => false;
  readonly deliver = async (change: DurableChange): Promise<void> => {
    if (this.refuses(change)) throw new Error('it cannot be taken now');
    this.taken.push(`${change.name} ${change.op} ${change.version}`);
    this.changes.push(change);
    return Promise.resolve();
  };
}

async function open(
  t: StateTest,
  orphanedMs?: number,
): Promise<{ store: DurableStore; clock: ControlledClock; subscriber: Subscriber; subscription: AsyncDisposable }> {
  const clock = new ControlledClock();
  const store = await t.notes.instances.durable({ clock, ...(orphanedMs !== undefined && { orphanedMs }) });
  const subscriber = new Subscriber();
  const subscription = store.subscribe(subscriber.deliver);
  t.notes.host.own({ [Symbol.asyncDispose]: async () => subscription[Symbol.asyncDispose]() });
  return { store, clock, subscriber, subscription };
}

/** How many changes still wait in the table. */
async function waiting(t: StateTest): Promise<number> {
  return ((await t.stored.rows('Dana'))[1] ?? '').split('\n').filter(Boolean).length;
}

void test('ST-08 a change is delivered before its writer is answered, with what stands there, and then forgotten', async () => {
  await using t = new StateTest();
  const { store, subscriber } = await open(t);
  const outcome = await store.apply(t.who('Dana'), put('a'));
  assert.equal('delivered' in outcome && outcome.delivered, true);
  assert.deepEqual(subscriber.taken, ['a created 1']);
  assert.equal(subscriber.changes[0]?.current?.body, 'sealed');
  await eventually(async () => assert.equal(await waiting(t), 0));
});

void test('ST-08 what could not be delivered is delivered again every second, in order and once', async () => {
  await using t = new StateTest();
  const { store, clock, subscriber } = await open(t);
  subscriber.refuses = () => true;
  const [first, second] = [await store.apply(t.who('Dana'), put('a')), await store.apply(t.who('Dana'), put('a'))];
  assert.deepEqual(
    [first, second].map((one) => 'delivered' in one && one.delivered),
    [false, false],
  );
  clock.advance(500);
  assert.equal(store.behindMs, 500);
  assert.equal(await waiting(t), 2);
  subscriber.refuses = () => false;
  clock.advance(500);
  await eventually(async () => assert.equal(await waiting(t), 0));
  assert.deepEqual(subscriber.taken, ['a created 1', 'a updated 2']);
  assert.equal(store.behindMs, 0);
});

void test('ST-08 a later change of an entry waits for the earlier one, also when it could be delivered', async () => {
  await using t = new StateTest();
  const { store, clock, subscriber } = await open(t);
  subscriber.refuses = () => true;
  await store.apply(t.who('Dana'), put('a'));
  subscriber.refuses = () => false;
  const later = await store.apply(t.who('Dana'), put('a'));
  assert.equal('delivered' in later && later.delivered, false);
  assert.deepEqual(subscriber.taken, []);
  clock.advance(1_000);
  await eventually(() => assert.deepEqual(subscriber.taken, ['a created 1', 'a updated 2']));
});

void test("ST-08 a change that cannot be delivered holds up its own entry's and nobody else's", async () => {
  await using t = new StateTest();
  const { store, clock, subscriber } = await open(t);
  subscriber.refuses = () => true;
  for (const name of ['a', 'b', 'a']) await store.apply(t.who('Dana'), put(name));
  subscriber.refuses = ({ name }) => name === 'a';
  clock.advance(1_000);
  await eventually(() => assert.deepEqual(subscriber.taken, ['b created 1']));
  const other = await store.apply(t.who('Dana'), put('c'));
  assert.equal('delivered' in other && other.delivered, true);
  subscriber.refuses = () => false;
  clock.advance(1_000);
  await eventually(async () => assert.equal(await waiting(t), 0));
  assert.deepEqual(subscriber.taken, ['b created 1', 'c created 1', 'a created 1', 'a updated 2']);
});

void test('ST-08 what a writer left behind is delivered by another one, without contents, once it is orphaned', async () => {
  await using t = new StateTest();
  const gone = await open(t);
  gone.subscriber.refuses = () => true;
  await gone.store.apply(t.who('Dana'), put('a'));
  await gone.store.apply(t.who('Dana'), put('a'));
  await gone.subscription[Symbol.asyncDispose]();
  const patient = await open(t);
  patient.clock.advance(30_000);
  const other = await open(t, 0);
  other.clock.advance(30_000);
  const { tenantId } = t.who('Dana');
  const hers = (): DurableChange[] => other.subscriber.changes.filter((change) => change.tenantId === tenantId);
  await eventually(async () => assert.equal(await waiting(t), 0));
  assert.deepEqual(
    hers().map(({ op, version, current }) => [op, version, current]),
    [
      ['created', 1, null],
      ['updated', 2, null],
    ],
  );
  assert.deepEqual(
    patient.subscriber.changes.filter((change) => change.tenantId === tenantId),
    [],
  );
});

void test('ST-08 a change that was delivered but not yet forgotten is delivered again under the same stamp', async () => {
  await using t = new StateTest();
  const { store, subscriber, subscription } = await open(t);
  let stamp = 0;
  subscriber.refuses = (change) => {
    stamp = change.stamp;
    return true;
  };
  await store.apply(t.who('Dana'), put('a'));
  await subscription[Symbol.asyncDispose]();
  const other = await open(t, 0);
  other.clock.advance(30_000);
  const { tenantId } = t.who('Dana');
  await eventually(() => {
    const hers = other.subscriber.changes.filter((change) => change.tenantId === tenantId);
    assert.deepEqual(
      hers.map((change) => change.stamp),
      [stamp],
    );
  });
});

void test('ST-09 changes that no writer delivers any more count as behind from the time they were made', async () => {
  await using t = new StateTest();
  const gone = await open(t);
  gone.subscriber.refuses = () => true;
  await gone.store.apply(t.who('Dana'), put('a'));
  await gone.subscription[Symbol.asyncDispose]();
  const other = await open(t, 0);
  other.subscriber.refuses = ({ tenantId }) => tenantId === t.who('Dana').tenantId;
  other.clock.advance(30_000);
  await eventually(() => assert.ok(other.store.behindMs > 0));
  other.subscriber.refuses = () => false;
  other.clock.advance(30_000);
  await eventually(async () => assert.deepEqual([await waiting(t), other.store.behindMs], [0, 0]));
});
