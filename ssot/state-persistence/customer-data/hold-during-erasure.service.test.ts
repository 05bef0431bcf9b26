import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CustomerDataTest, type Somebody } from '../../../support/module-tests/customer-data/customer-data-test';
import { eventually } from '../../../world/eventually';
import type { CustomerData } from '../../kernel';

describe('a legal hold that is placed while an erasure is under way', () => {
  for (const [when, expected] of [
    ['it is noted in the history', []],
    ['a module is emptied', ['agents', 'chat']],
  ] as const) {
    void it(`SP-08 lets no further module be begun: while ${when}`, async () => {
      await using t = new CustomerDataTest();
      await t.fill(2);
      const [dana, other] = t.people as [Somebody, Somebody];
      const by = t.contextOf(other);
      const [reached, mayGoOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const stop = (): Promise<void> => (reached.resolve(), mayGoOn.promise);
      const begun: string[] = [];
      const watched = (module: CustomerData): CustomerData => ({
        ...module,
        erase: async (subject) => {
          begun.push(module.name);
          if (module.name === expected.at(-1)) await stop();
          await module.erase(subject);
        },
      });
      const note: typeof t.records.note = async (record) => {
        await t.records.note(record);
        if (expected.length === 0) await stop();
      };
      const requests = t.requests(t.modules.map(watched), { ...t.records, note });
      {
        await using _ = await requests.start();
        await requests.erase(by, dana.userId, () => Promise.resolve());
        await reached.promise;
        await requests.hold(by, { userId: dana.userId, reason: 'Lawsuit of May' }, () => Promise.resolve());
        mayGoOn.resolve();
      }
      assert.deepEqual(begun, expected);
      assert.equal((await requests.erasure(by, dana.userId)).state, 'held');
      await requests.lift(by, dana.userId, () => Promise.resolve());
      await using _ = await t.requests(t.modules.map(watched)).start();
      await eventually(() => {
        t.clock.advance(2_500);
        assert.equal(new Set(begun).size, t.modules.length);
      });
    });
  }
});
