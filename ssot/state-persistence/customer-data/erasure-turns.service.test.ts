import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { Barrier } from '../../../support/module-tests/barrier';
import { ErasureTest } from '../../../support/module-tests/customer-data/erasure-test';
import { ownDatabase } from '../../../support/module-tests/own-database';
import { eventually } from '../../../world/eventually';
import { servicePrincipal, sql, type UserId } from '../../kernel';
import { persistenceSchemaChanges } from '..';

const MINUTE_MS = 60_000;
const MODULES = ['agents', 'chat', 'accounts'];
const nothingElse = (): Promise<void> => Promise.resolve();
const away = (): Promise<void> => Promise.reject(new Error('away'));

describe('an erasure', () => {
  const own = ownDatabase(persistenceSchemaChanges);

  void it('SP-09 that cannot empty a module empties the others, names it, and is tried again a minute later', async () => {
    const t = new ErasureTest(own.db);
    const [dana, requests] = [t.person(), t.requests()];
    await using _ = await requests.start();
    t.module('chat').before = away;
    await t.erase(requests, dana);
    await t.failing(requests, dana, 'chat');
    const { state, emptied } = await requests.erasure(t.by, dana);
    assert.deepEqual([state, emptied, t.modulesWith(dana)], ['erasing', ['agents', 'accounts'], ['chat']]);
    t.module('chat').before = nothingElse;
    t.clock.advance(MINUTE_MS - 1);
    await t.another(requests);
    assert.deepEqual(t.modulesWith(dana), ['chat']);
    t.begun.length = 0;
    t.clock.advance(1);
    const other = await t.another(requests);
    await eventually(() => assert.deepEqual(t.modulesWith(dana), []));
    // What was emptied before is not begun anew.
    assert.deepEqual(
      t.begun.filter(([, of]) => of !== other),
      [['chat', dana]],
    );
    const done = await t.done(requests, dana);
    assert.deepEqual([done.failing, done.emptied], [null, ['agents', 'accounts', 'chat']]);
  });

  void it('SP-09 in whose modules something is found afterwards begins again with those, and is done once', async () => {
    const t = new ErasureTest(own.db);
    const [dana, requests] = [t.person(), t.requests()];
    await using _ = await requests.start();
    t.module('accounts').before = () => t.module('chat').people.add(dana);
    let visits = 0;
    t.module('chat').before = () => ++visits === 2 && t.module('agents').people.add(dana);
    await t.erase(requests, dana);
    await eventually(async () =>
      assert.deepEqual((await requests.erasure(t.by, dana)).emptied, ['agents', 'accounts']),
    );
    await t.done(requests, dana);
    assert.deepEqual(
      t.begun,
      [...MODULES, 'chat', 'agents'].map((name) => [name, dana]),
    );
    assert.deepEqual([t.modulesWith(dana), t.toldDone], [[], 1]);
  });

  void it('SP-09 is begun once by whoever was kept from renewing it for longer than it holds', async () => {
    const t = new ErasureTest(own.db);
    const [dana, requests] = [t.person(), t.requests()];
    await using _ = await requests.start();
    using barrier = new Barrier();
    t.module('agents').before = ({ userId }) => (userId === dana ? barrier.pass() : undefined);
    await t.erase(requests, dana);
    await barrier.reached;
    t.clock.set(t.clock.now() + MINUTE_MS);
    await t.another(requests);
    barrier.open();
    await t.done(requests, dana);
    assert.deepEqual(
      t.begun.filter(([, of]) => of === dana),
      MODULES.map((name) => [name, dana]),
    );
  });

  void it('SP-09 whose module never answers gives it up after five minutes and names it, and no other module waits longer', async () => {
    const t = new ErasureTest(own.db);
    const [dana, requests] = [t.person(), t.requests()];
    await using _ = await requests.start();
    using barrier = new Barrier();
    t.module('chat').before = barrier.pass;
    await t.erase(requests, dana);
    await barrier.reached;
    t.module('chat').before = nothingElse;
    t.clock.advance(5 * MINUTE_MS - 1);
    await t.another(requests);
    assert.deepEqual(t.modulesWith(dana), ['chat', 'accounts']);
    t.clock.advance(1);
    await t.failing(requests, dana, 'chat');
    assert.deepEqual(t.modulesWith(dana), ['chat']);
    t.clock.advance(MINUTE_MS);
    await t.done(requests, dana);
    assert.deepEqual(t.modulesWith(dana), []);
  });

  void it('SP-09 is left at once by an instance that stops, and another one goes on with it', async () => {
    const t = new ErasureTest(own.db);
    const [dana, stopping, other] = [t.person(), t.requests(), t.requests()];
    using barrier = new Barrier();
    t.module('chat').before = barrier.pass;
    {
      await using _ = await stopping.start();
      await t.erase(stopping, dana);
      await barrier.reached;
    }
    assert.equal(t.clock.pending, 0);
    t.module('chat').before = nothingElse;
    t.begun.length = 0;
    // It still takes what is asked of it, and leaves that to others, too.
    const ravi = t.person();
    await t.erase(stopping, ravi);
    await t.pause(stopping);
    assert.deepEqual([t.begun, t.clock.pending], [[], 0]);
    await using _ = await other.start();
    t.clock.advance(15_000);
    await t.done(other, ravi);
    await t.done(other, dana);
    assert.deepEqual(
      t.begun.filter(([, of]) => of === dana),
      ['chat', 'accounts'].map((name) => [name, dana]),
    );
  });

  void it('SP-09 is not begun by an instance that stops as soon as it has started', async () => {
    const t = new ErasureTest(own.db);
    for (let time = 0; time < 3; time++) {
      await using _ = await t.requests().start();
    }
    assert.equal(t.clock.pending, 0);
  });

  void it('SP-09 waits while eight others are under way at its instance', async () => {
    const t = new ErasureTest(own.db);
    const requests = t.requests();
    await using _ = await requests.start();
    const people = Array.from({ length: 9 }, () => t.person());
    const waiting: (() => void)[] = [];
    t.module('agents').before = () => new Promise<void>((resolve) => waiting.push(resolve));
    using _end = { [Symbol.dispose]: () => waiting.forEach((resolve) => resolve()) };
    for (const one of people) await t.erase(requests, one);
    await eventually(() => assert.equal(waiting.length, 8));
    await t.pause(requests);
    assert.equal(waiting.length, 8);
    waiting[0]?.();
    await eventually(() => assert.equal(waiting.length, 9));
  });

  void it('SP-09 stays with whoever is slow in a module: no other instance begins it', async () => {
    const t = new ErasureTest(own.db);
    const [dana, slow, other] = [t.person(), t.requests(), t.requests()];
    await using _slow = await slow.start();
    using barrier = new Barrier();
    t.module('chat').before = ({ userId }) => (userId === dana ? barrier.pass() : undefined);
    await t.erase(slow, dana);
    await barrier.reached;
    await using _other = await other.start();
    for (let passed = 0; passed < 30_000; passed += 4_000) {
      const before = await leaseOf(dana);
      t.clock.advance(4_000);
      await eventually(async () => assert((await leaseOf(dana)) > before, 'it has not renewed'));
      await t.another(other);
    }
    barrier.open();
    await t.done(slow, dana);
    assert.deepEqual(
      t.begun.filter(([, of]) => of === dana),
      MODULES.map((name) => [name, dana]),
    );
  });

  /** Until when an instance has it. */
  async function leaseOf(userId: UserId): Promise<number> {
    const row = z.object({ lease_until: z.date() });
    const [erasure] = await own.db.asService(servicePrincipal('test'), (tx) =>
      tx.query(sql`select lease_until from erasure where subject = ${userId}`, row),
    );
    return erasure?.lease_until.getTime() ?? 0;
  }
});
