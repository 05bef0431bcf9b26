import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { stores } from '../../../support/module-tests/stores';
import { newReporter, openUsage } from '../../../world/modules/analytics/analytics-under-test';
import type { TenantContext } from '../../kernel';
import type { Amount, Analytics } from '..';
import { WASTE_KINDS } from '../contract';
import { busyMonth } from '../../../world/sample-usage/busy-month';

const DAY_MS = 86_400_000;
const asOf = new Date();
const month = { from: new Date(asOf.getTime() - 30 * DAY_MS).toISOString(), to: asOf.toISOString() };
const people = Array.from({ length: 9 }, () => stores.ids.next('user'));

describe('the month of a company that would pay for being told', () => {
  let usage: Analytics;
  let acme: TenantContext;
  before(async () => {
    usage = await openUsage();
    acme = newReporter(stores);
    for (const query of busyMonth({ tenantId: acme.tenantId, people, asOf })) await stores.history().command({ query });
  });
  after(() => usage[Symbol.asyncDispose]());

  void it('AG-03 has a few hundred thousand calls of several models, features and people, on each day', async () => {
    const calls = async (by: 'model' | 'feature' | 'person' | 'day'): Promise<readonly number[]> =>
      (await usage.usage(acme, { ...month, by: [by] })).data.map((row) => row.calls);
    const [models, features, persons, days] = [
      await calls('model'),
      await calls('feature'),
      await calls('person'),
      await calls('day'),
    ];
    const all = models.reduce((sum, some) => sum + some, 0);
    assert(all > 250_000 && all < 500_000, `${all} calls`);
    assert.deepEqual([models.length, features.length, persons.length, days.length], [5, 9, 10, 29]);
  });

  void it('AG-16 what it cost over time adds up to what it cost, by day and model in order of time', async () => {
    const picos = (amounts: readonly { amount: Amount }[]): bigint =>
      amounts.reduce(
        (sum, { amount }) => sum + (amount === 'unpriced' ? 0n : BigInt(amount.value.replace('.', ''))),
        0n,
      );
    const { data } = await usage.trend(acme, month);
    const times = data.map(({ at }) => at);
    assert.deepEqual(times, times.toSorted());
    assert.deepEqual([new Set(times).size, new Set(data.map(({ model }) => model)).size], [29, 5]);
    assert.equal(picos(data), picos((await usage.cost(acme, { ...month, by: [] })).data));
    const quarter = { ...month, from: new Date(asOf.getTime() - 100 * DAY_MS).toISOString() };
    assert(new Set((await usage.trend(acme, quarter)).data.map(({ at }) => at)).size <= 6, 'by week');
  });

  void it('AG-03 has a waste of each kind, each worth a hundredth of a spend of thousands', async () => {
    const spend = (await usage.cost(acme, { ...month, by: [] })).data.reduce(
      (sum, { amount }) => sum + (amount === 'unpriced' ? 0 : Number(amount.value)),
      0,
    );
    assert(spend > 3_000 && spend < 30_000, `${spend} USD`);
    const saving = new Map(WASTE_KINDS.map((kind) => [kind, 0]));
    for (const { kind, saving: saved } of (await usage.opportunities(acme, month)).data)
      saving.set(kind, (saving.get(kind) ?? 0) + (saved === 'unpriced' ? 0 : Number(saved.value)));
    for (const [kind, saved] of saving) assert(saved > spend / 100, `${kind}: ${saved} of ${spend} USD`);
  });
});
