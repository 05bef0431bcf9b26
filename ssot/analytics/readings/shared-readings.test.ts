import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { vouchFor, type TenantId, type UserId } from '../../kernel';
import type { Asked } from './reading';
import { keyOfQuestion, NextReadings, SharedReadings } from './shared-readings';

const ctx = vouchFor({
  tenantId: 'tenant_01jt5wbs00e4csqj4k1y7d0c3f' as TenantId,
  userId: 'user_01jt5wbs00e4csqj4k1y7d0c3g' as UserId,
  plan: 'free',
  permissions: [],
});
const asked: Asked = {
  ...{ from: 1, to: 2, zone: 'UTC', by: ['model'], where: { model: ['a', 'b'], feature: ['c'] } },
  cut: { at: '2026-01-01T00:00:00.000000Z' },
};
const key = (of: Partial<Asked> = {}, what = 'cost', prices = '1'): string =>
  keyOfQuestion(ctx, what, { ...asked, ...of }, prices);

describe('equal questions under way', () => {
  void it('CH-07 share one reading, whose answer nobody gets who asks afterwards', async () => {
    const shared = new SharedReadings();
    let begun = 0;
    const answer = Promise.withResolvers<number>();
    const ask = (): Promise<number> => shared.share('same', undefined, () => ((begun += 1), answer.promise));
    const three = [ask(), ask(), ask()];
    answer.resolve(7);
    assert.deepEqual([await Promise.all(three), begun], [[7, 7, 7], 1]);
    await ask();
    assert.equal(begun, 2);
  });

  void it('CH-07 a failure is for those who were waiting, and for nobody who asks after it', async () => {
    const shared = new SharedReadings();
    const failed = Promise.withResolvers<number>();
    const both = [1, 2].map(() => shared.share('same', undefined, () => failed.promise));
    failed.reject(new Error('broken'));
    for (const outcome of await Promise.allSettled(both)) assert.equal(outcome.status, 'rejected');
    assert.equal(await shared.share('same', undefined, () => Promise.resolve(1)), 1);
  });

  for (const [what, settle] of [
    ['has failed', (answer: PromiseWithResolvers<number>) => answer.reject(new Error('broken'))],
    ['has its answer', (answer: PromiseWithResolvers<number>) => answer.resolve(7)],
  ] as const) {
    void it(`CH-07 whoever asks in the moment in which a reading ${what} has one of their own`, async () => {
      const shared = new SharedReadings();
      const answer = Promise.withResolvers<number>();
      const first = shared.share('same', undefined, () => answer.promise);
      const ask = (): Promise<number> => shared.share('same', undefined, () => Promise.resolve(1));
      const second = answer.promise.then(ask, ask);
      settle(answer);
      assert.equal(await second, 1);
      await Promise.allSettled([first]);
    });
  }

  void it('CH-07 a reading that could not begin is shared with nobody', async () => {
    const shared = new SharedReadings();
    const refuse = (): Promise<number> => {
      throw new Error('too many');
    };
    await assert.rejects(shared.share('same', undefined, refuse), /too many/);
    assert.equal(await shared.share('same', undefined, () => Promise.resolve(1)), 1);
  });

  void it('CH-07 whoever gives up leaves the others their answer; when all have, the reading is given up', async () => {
    const shared = new SharedReadings();
    const answer = Promise.withResolvers<number>();
    const [one, two] = [new AbortController(), new AbortController()];
    let reading: AbortSignal | undefined;
    const ask = (signal: AbortSignal): Promise<number> =>
      shared.share('same', signal, (nobodyWaits) => ((reading = nobodyWaits), answer.promise));
    const [first, second] = [ask(one.signal), ask(two.signal)];
    one.abort();
    await assert.rejects(first, { code: 'analytics_cancelled' });
    assert.equal(reading?.aborted, false);
    two.abort();
    await assert.rejects(second, { code: 'analytics_cancelled' });
    assert.equal(reading?.aborted, true);
    // Not the one that was given up.
    assert.equal(await shared.share('same', undefined, () => Promise.resolve(9)), 9);
    await assert.rejects(ask(one.signal), { code: 'analytics_cancelled' });
  });

  for (const [title, other] of [
    [
      'another company',
      keyOfQuestion(vouchFor({ ...ctx, tenantId: `${ctx.tenantId}1` as TenantId }), 'cost', asked, '1'),
    ],
    ['another figure', key({}, 'usage')],
    ['another period', key({ from: 0 })],
    ['another end', key({ to: 3 })],
    ['another zone', key({ zone: 'Europe/Berlin' })],
    ['another breakdown', key({ by: [] })],
    ['another order of the breakdown', key({ by: ['model', 'day'] })],
    ['no filter', key({ where: {} })],
    ['one value in place of two', key({ where: { model: ['a,b'], feature: ['c'] } })],
    ['values that look like separators', key({ where: { model: ['a","b'], feature: ['c'] } })],
    ['the same value of another name', key({ where: { model: ['a', 'b'], status: ['c'] } })],
    ['a later recording', key({ cut: { at: '2026-01-01T00:00:00.000001Z' } })],
    ['other prices', key({}, 'cost', '2')],
  ] as const) {
    void it(`CH-07 no reading is shared between a question and one about ${title}`, () => {
      assert.notEqual(other, key());
    });
  }

  void it('CH-07 neither the order of filters and their values matters, nor a value that is named twice', () => {
    assert.equal(key({ where: { feature: ['c'], model: ['b', 'a', 'b'] } }), key());
  });
});

describe('the next reading', () => {
  void it('CH-07 begins after the one under way, and is shared by all who asked meanwhile', async () => {
    const readings = new NextReadings<number>();
    const ends: (() => void)[] = [];
    let begun = 0;
    const begin = (): Promise<number> => {
      const number = (begun += 1);
      return new Promise((resolve) => ends.push(() => resolve(number)));
    };
    const first = readings.read('a', begin);
    const later = [1, 2, 3].map(() => readings.read('a', begin));
    const other = readings.read('b', begin);
    assert.equal(begun, 2);
    ends[0]?.();
    assert.equal(await first, 1);
    await new Promise(setImmediate);
    ends[2]?.();
    assert.deepEqual([await Promise.all(later), begun], [[3, 3, 3], 3]);
    ends[1]?.();
    assert.equal(await other, 2);
  });

  void it('CH-07 begins although the one before it failed', async () => {
    const readings = new NextReadings<number>();
    const failing = readings.read('a', () => Promise.reject(new Error('broken')));
    const next = readings.read('a', () => Promise.resolve(2));
    await assert.rejects(failing, /broken/);
    assert.equal(await next, 2);
  });
});
