import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Barrier } from '../../../support/module-tests/barrier';
import { CustomerDataTest, type Somebody } from '../../../support/module-tests/customer-data/customer-data-test';
import { rewritesNaming } from '../../../support/module-tests/customer-data/rewrites';
import { PlatformError, type CustomerData } from '../../kernel';
import { eventually } from '../../../world/eventually';
import { REWRITE_PATIENCE_MS } from '../../../world/patience';
import { ControlledClock } from '../../../world/operations/controlled-clock';

describe('erasing a person', () => {
  void it('SP-09 of 1,000 people one is found in no table, key or column, and the others are as before', async () => {
    await using t = new CustomerDataTest();
    await t.fill(1_000);
    const dana = t.people[0] as Somebody;
    assert.deepEqual(await t.placesNaming(dana), await t.everyPlace());
    const before = await t.restBeside(dana);
    await t.erased(dana);
    assert.deepEqual(await t.placesNaming(dana), []);
    assert.deepEqual(await t.restBeside(dana), before);
  });

  for (const name of [
    'agents',
    'chat',
    'archive',
    'stored-state',
    'working-state',
    'usage',
    'settings',
    'ids',
    'accounts',
  ]) {
    void it(`SP-09 killed in the module "${name}", it goes on there at another instance, and begins nothing anew`, async () => {
      await using t = new CustomerDataTest();
      await t.fill(3);
      const dana = t.people[0] as Somebody;
      using barrier = new Barrier();
      const killed = t.requests(
        t.modules.map((module) => changed(module, name, barrier.pass)),
        t.records,
        // Time passes for the others.
        new ControlledClock(),
      );
      const begun = await killed.start();
      await killed.erase(t.contextOf(t.people[1] as Somebody), dana.userId, () => Promise.resolve());
      await barrier.reached;
      const again: string[] = [];
      const other = t.requests(t.modules.map((module) => changed(module, module.name, () => again.push(module.name))));
      await using _ = await other.start();
      t.clock.advance(15_000);
      await eventually(() => assert(again.includes(name), `begun: ${again.join(', ')}`));
      const done = await t.done(dana, other);
      assert.equal(again[0], name);
      assert.deepEqual(await t.placesNaming(dana), []);
      // It was frozen, say, and goes on: what it held is not its own any more.
      barrier.open();
      await begun[Symbol.asyncDispose]();
      assert.deepEqual(await other.erasure(t.contextOf(t.people[1] as Somebody), dana.userId), done);
    });
  }

  void it('SP-09 a module that is away holds up no other, and is named until it is emptied', async () => {
    await using t = new CustomerDataTest();
    await t.fill(3);
    const dana = t.people[0] as Somebody;
    let isAway = true;
    const away = (): void => {
      if (isAway) throw new PlatformError({ code: 'analytics_unavailable', message: 'away', retryable: true });
    };
    const requests = t.requests(t.modules.map((module) => changed(module, 'usage', away)));
    await using _ = await requests.start();
    const by = t.contextOf(t.people[1] as Somebody);
    await requests.erase(by, dana.userId, () => Promise.resolve());
    await eventually(
      async () => assert.equal((await requests.erasure(by, dana.userId)).failing, 'usage'),
      REWRITE_PATIENCE_MS,
    );
    const { state, emptied } = await requests.erasure(by, dana.userId);
    assert.deepEqual(
      [state, [...emptied].sort()],
      [
        'erasing',
        t.modules
          .map(({ name }) => name)
          .filter((name) => name !== 'usage')
          .sort(),
      ],
    );
    assert.deepEqual(await t.placesNaming(dana), ['clickhouse/usage']);
    isAway = false;
    t.clock.advance(60_000);
    await t.done(dana, requests);
    assert.deepEqual(await t.placesNaming(dana), []);
  });

  void it('SP-09 of five people to be forgotten at once all are at work together, and cost one rewrite of each table', async () => {
    await using t = new CustomerDataTest();
    await t.fill(6);
    // The second one owns the company.
    const [first, left, ...others] = t.people as [Somebody, Somebody, ...Somebody[]];
    const gone = [first, ...others];
    const theirs = gone.flatMap((one) => [...t.marksOf(one), one.usageId]);
    const before = await t.everywhere.restOf(t.tenantId, theirs);
    let emptied = 0;
    const gathered = new AbortController();
    /** Waits until five have come to this module. */
    const inFives = (module: CustomerData): CustomerData => {
      let five = Promise.withResolvers<void>();
      let waiting = 0;
      gathered.signal.addEventListener('abort', () => five.resolve());
      const erase: CustomerData['erase'] = async (subject) => {
        const { promise, resolve } = five;
        if (++waiting % 5 === 0) {
          five = Promise.withResolvers();
          resolve();
        }
        if (!gathered.signal.aborted) await promise;
        await module.erase(subject);
        emptied += 1;
      };
      return { ...module, erase };
    };
    const rewriting = ['archive', 'usage'];
    const requests = t.requests(t.modules.map((one) => (rewriting.includes(one.name) ? inFives(one) : one)));
    for (const one of gone) await requests.erase(t.contextOf(left), one.userId, () => Promise.resolve());
    await using _ = await requests.start();
    // Nobody waits for others that do not come, whatever goes wrong.
    using _end = { [Symbol.dispose]: () => gathered.abort() };
    await eventually(() => assert.equal(emptied, 2 * gone.length), 20_000);
    assert.deepEqual(await rewritesNaming(gone.map(({ userId }) => userId)), { archive: 1, usage: 1 });
    gathered.abort();
    for (const one of gone) await t.done(one, requests);
    for (const one of gone) assert.deepEqual(await t.placesNaming(one), []);
    assert.deepEqual(await t.everywhere.restOf(t.tenantId, theirs), before);
  });

  void it('SP-09 what is written with rights that were there is looked for after the last of them has ended', async () => {
    await using t = new CustomerDataTest();
    await t.fill(3);
    const dana = t.people[0] as Somebody;
    let isLate = true;
    const late = (module: CustomerData): CustomerData => ({
      ...module,
      erase: async (subject) => {
        await module.erase(subject);
        if (isLate) await t.writeLate(dana);
        isLate = false;
      },
    });
    await t.erased(dana, t.requests(t.modules.map((module) => (module.name === 'chat' ? late(module) : module))));
    assert.equal(isLate, false);
    assert.deepEqual(await t.placesNaming(dana), []);
  });
});

describe('erasing a company', () => {
  void it('SP-09 nothing of it is found in any table, key or column but what was decided, and another company is as before', async () => {
    await using t = new CustomerDataTest();
    await t.fill(3);
    const other = await t.fillOther();
    const before = await t.everywhere.restOf(other.tenantId, [t.tenantId]);
    await t.erased(undefined);
    const marks = t.people.flatMap((one) => t.marksOf(one));
    assert.deepEqual(await t.everywhere.naming([t.tenantId, ...marks], 'company'), []);
    assert.deepEqual(await t.everywhere.restOf(other.tenantId, [t.tenantId]), before);
  });
});

describe('a legal hold', () => {
  for (const who of ['the person', 'the company'] as const) {
    void it(`SP-08 nothing is touched while ${who} is held, and the erasure goes on when it is lifted`, async () => {
      await using t = new CustomerDataTest();
      await t.fill(3);
      const [dana, by] = [t.people[0] as Somebody, t.contextOf(t.people[1] as Somebody)];
      const held = who === 'the person' ? { userId: dana.userId } : {};
      const requests = t.requests();
      await using _ = await requests.start();
      await requests.hold(by, { ...held, reason: 'Lawsuit of May' }, () => Promise.resolve());
      let wasHeld = false;
      const asked = await requests.erase(by, dana.userId, (_, { isHeld }) => Promise.resolve(void (wasHeld = isHeld)));
      assert.deepEqual([asked.state, wasHeld], ['held', true]);
      const before = await t.everywhere.restOf(t.tenantId, []);
      for (let i = 0; i < 5; i++) t.clock.advance(10_000);
      await t.settled(requests);
      assert.equal((await requests.erasure(by, dana.userId)).state, 'held');
      assert.deepEqual(await t.everywhere.restOf(t.tenantId, []), before);
      await requests.lift(by, held.userId, () => Promise.resolve());
      await t.done(dana, requests);
      assert.deepEqual(await t.placesNaming(dana), []);
    });
  }
});

/** The module, which does this before it is emptied, if it is called so. */
function changed(module: CustomerData, name: string, before: () => unknown): CustomerData {
  if (module.name !== name) return module;
  return {
    ...module,
    count: (subject) => module.count(subject),
    export: (subject) => module.export(subject),
    erase: async (subject) => {
      await before();
      await module.erase(subject);
    },
  };
}
