import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DateTime } from 'luxon';
import { stores } from '../../../support/module-tests/stores';
import { newReporter, openUsage } from '../../../world/modules/analytics/analytics-under-test';
import type { TenantContext } from '../../kernel';
import type { Analytics, Question, UsageEvent } from '../contract';
import type { PriceEntry } from '../prices/prices';

/** A Wednesday some weeks ago, so that neither a week nor a month is a day. */
const FIRST = DateTime.utc().startOf('day').minus({ days: 20 }).startOf('week').plus({ days: 2 });
const at = (day: number, time: string): string => `${FIRST.plus({ days: day }).toISODate()}T${time}:00.000Z`;
const dayText = (day: number): string => at(day, '00:00').slice(0, 10);
const price = (model: string, from: string, input: string, cachedInput: string, output: string): PriceEntry => ({
  ...{ provider: 'openai', model, from, currency: 'USD', perMillion: { input, cachedInput, output } },
  ...(model === 'gpt-4o' && { smaller: 'gpt-4o-mini', batchFactor: '0.5' }),
});
const table = {
  version: 'by hand',
  entries: [
    price('gpt-4o', '2025-01-01T00:00:00Z', '2.5', '1.25', '10'),
    price('gpt-4o', at(0, '10:30'), '5', '2.5', '20'),
    price('gpt-4o-mini', '2025-01-01T00:00:00Z', '0.15', '0.075', '0.6'),
  ],
};
const usd = (value: string) => ({ value: value.padEnd(14, '0'), currency: 'USD' });

/** Five calls, whose every figure is worked out by hand. */
describe('what a company is told of its usage, on real ClickHouse', () => {
  let analytics: Analytics;
  let ctx: TenantContext;
  const [dana, ravi] = [stores.ids.next('user'), stores.ids.next('user')];
  const period = { from: at(-1, '00:00'), to: at(10, '00:00') };
  const by = (...dimensions: Question['by']): Question => ({ ...period, by: dimensions });

  before(async () => {
    ctx = newReporter(stores);
    analytics = await openUsage({ prices: { for: () => Promise.resolve(table) } });
    const call = (eventId: string, of: Partial<UsageEvent>): UsageEvent => ({
      ...{ eventId, at: '', provider: 'openai', model: 'gpt-4o', feature: 'chat', status: 'completed' },
      ...{ inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, latencyMs: 100, background: false, ...of },
    });
    const large = { provider: 'acme', model: 'large', personId: dana, inputTokens: 10, outputTokens: 1 };
    const mini = { model: 'gpt-4o-mini', personId: ravi, inputTokens: 2_000, outputTokens: 100 };
    await analytics.record(ctx, [
      // (600 x 2.5 + 400 x 1.25 + 200 x 10) millionths
      call('1', { at: at(0, '10:00'), personId: dana, inputTokens: 1_000, cachedInputTokens: 400, outputTokens: 200 }),
      // (500 x 5 + 100 x 20) millionths, at the price of half past ten
      call('2', { at: at(0, '11:00'), feature: 'search', background: true, inputTokens: 500, outputTokens: 100 }),
      // (2,000 x 0.15 + 100 x 0.6) millionths
      call('3', { at: at(1, '10:00'), status: 'failed', ...mini }),
      call('4', { at: at(8, '10:00'), ...large }),
      call('5', { at: at(8, '11:00'), status: 'failed', ...large }),
    ]);
  });
  after(() => analytics[Symbol.asyncDispose]());

  const figures = (calls: number, input: bigint, cached: bigint, output: bigint) => ({
    ...{ calls, inputTokens: input, cachedInputTokens: cached, outputTokens: output },
  });
  const [ONE, TWO, THREE] = [figures(1, 1_000n, 400n, 200n), figures(1, 500n, 0n, 100n), figures(1, 2_000n, 0n, 100n)];
  const LARGE = figures(2, 20n, 0n, 2n);

  void it('CH-04 how many calls there are, on how many days, and from when to when', async () => {
    const { data, prices } = await analytics.coverage(ctx, period);
    assert.deepEqual(data, { calls: 5, daysWithUse: 3, first: at(0, '10:00'), last: at(8, '11:00') });
    assert.equal(prices, 'by hand');
    const none = await analytics.coverage(ctx, { from: at(3, '00:00'), to: at(4, '00:00') });
    assert.deepEqual(none.data, { calls: 0, daysWithUse: 0, first: null, last: null });
  });

  void it('CH-04 calls and tokens, most calls first, by nothing, one or several names', async () => {
    assert.deepEqual((await analytics.usage(ctx, by())).data, [figures(5, 3_520n, 400n, 402n)]);
    assert.deepEqual((await analytics.usage(ctx, by('provider'))).data, [
      { provider: 'openai', ...figures(3, 3_500n, 400n, 400n) },
      { provider: 'acme', ...LARGE },
    ]);
    assert.deepEqual(
      (await analytics.usage(ctx, by('person', 'hour'))).data,
      [
        { person: '', hour: `${dayText(0)}T11:00+0000`, ...TWO },
        { person: dana, hour: `${dayText(0)}T10:00+0000`, ...ONE },
        ...['10', '11'].map((hour) => ({
          person: dana,
          hour: `${dayText(8)}T${hour}:00+0000`,
          ...figures(1, 10n, 0n, 1n),
        })),
        { person: ravi, hour: `${dayText(1)}T10:00+0000`, ...THREE },
      ].sort((a, b) => (a.person === b.person ? 0 : a.person < b.person ? -1 : 1)),
    );
  });

  void it('CH-05 costs at the price of each moment, largest first, and what nobody knows apart', async () => {
    assert.deepEqual((await analytics.cost(ctx, by())).data, [
      { ...figures(3, 3_500n, 400n, 400n), amount: usd('0.00886') },
      { ...LARGE, amount: 'unpriced' },
    ]);
    assert.deepEqual((await analytics.cost(ctx, by('model'))).data, [
      { model: 'gpt-4o', ...figures(2, 1_500n, 400n, 300n), amount: usd('0.0085') },
      { model: 'gpt-4o-mini', ...THREE, amount: usd('0.00036') },
      { model: 'large', ...LARGE, amount: 'unpriced' },
    ]);
    const rows = [
      { feature: 'search', day: dayText(0), ...TWO, amount: usd('0.0045') },
      { feature: 'chat', day: dayText(0), ...ONE, amount: usd('0.004') },
      { feature: 'chat', day: dayText(1), ...THREE, amount: usd('0.00036') },
      { feature: 'chat', day: dayText(8), ...LARGE, amount: 'unpriced' },
    ];
    assert.deepEqual((await analytics.cost(ctx, by('feature', 'day'))).data, rows);
    // Three names are ranked in the store; the rows are the same.
    const models = ['gpt-4o', 'gpt-4o', 'gpt-4o-mini', 'large'];
    const ranked = rows.map((row, index) => ({ ...row, model: models[index] }));
    assert.deepEqual((await analytics.cost(ctx, by('feature', 'day', 'model'))).data, ranked);
  });

  const weekOf = (day: number): string => FIRST.plus({ days: day }).startOf('week').toISODate();
  const monthOf = (day: number): string => dayText(day).slice(0, 7);
  for (const [days, unit, shown] of [
    [62, 'days', dayText],
    [63, 'weeks', weekOf],
    [182, 'weeks', weekOf],
    [183, 'months', monthOf],
  ] as const) {
    void it(`CH-05 of ${days} days the course of the costs is told in ${unit}, in their order, by model`, async () => {
      const from = FIRST.plus({ days: 10 - days }).toISO();
      const { data } = await analytics.trend(ctx, { from, to: period.to });
      const expected = [
        { at: shown(0), model: 'gpt-4o', amount: usd('0.0085') },
        { at: shown(1), model: 'gpt-4o-mini', amount: usd('0.00036') },
        { at: shown(8), model: 'large', amount: 'unpriced' },
      ];
      assert.deepEqual(data, expected);
    });
  }

  void it('CH-06 what would save, most first, with its ground, and what nobody knows the price of last', async () => {
    const { data } = await analytics.opportunities(ctx, period);
    const of = (kind: string, model: string, feature: string, calls: number, input: bigint, output: bigint) => ({
      ...{ kind, provider: model === 'large' ? 'acme' : 'openai', model, feature, calls },
      ...{ inputTokens: input, outputTokens: output },
    });
    assert.deepEqual(data, [
      {
        ...of('small_call_on_large_model', 'gpt-4o', 'chat', 1, 1_000n, 200n),
        // (600 x 0.15 + 400 x 0.075 + 200 x 0.6) millionths with the smaller one
        ...{ spend: usd('0.004'), saving: usd('0.00376'), basis: 'estimated', smaller: 'gpt-4o-mini' },
      },
      {
        ...of('batchable', 'gpt-4o', 'search', 1, 500n, 100n),
        ...{ spend: usd('0.0045'), saving: usd('0.00225'), basis: 'estimated' },
      },
      {
        ...of('failed_or_superseded', 'gpt-4o-mini', 'chat', 1, 2_000n, 100n),
        ...{ spend: usd('0.00036'), saving: usd('0.00036'), basis: 'measured' },
      },
      {
        ...of('failed_or_superseded', 'large', 'chat', 1, 10n, 1n),
        ...{ spend: 'unpriced', saving: 'unpriced', basis: 'measured' },
      },
    ]);
  });

  void it('AG-16 how calls went by several names, most calls first', async () => {
    const { data } = await analytics.performance(ctx, by('model', 'feature'));
    const went = (model: string, feature: string, calls: number, failed: number) => ({
      ...{ model, feature, calls, failed, medianMs: 100, p95Ms: 100 },
    });
    assert.deepEqual(data, [
      went('large', 'chat', 2, 1),
      went('gpt-4o', 'chat', 1, 0),
      went('gpt-4o', 'search', 1, 0),
      went('gpt-4o-mini', 'chat', 1, 1),
    ]);
  });

  void it('CH-04 a filter narrows every figure, and names that were reported are known', async () => {
    const where = { model: ['gpt-4o', 'large'], feature: ['chat'], person: [dana], status: ['completed'] } as const;
    const { data } = await analytics.cost(ctx, { ...by('model'), where });
    assert.deepEqual(data, [
      { model: 'gpt-4o', ...ONE, amount: usd('0.004') },
      { model: 'large', ...figures(1, 10n, 0n, 1n), amount: 'unpriced' },
    ]);
    assert.deepEqual([...(await analytics.featureNames(ctx))].sort(), ['chat', 'search']);
    assert.deepEqual(await analytics.featureNames(newReporter(stores)), []);
  });

  for (const [what, change, field, message] of [
    ['an end before its beginning', { to: at(-2, '00:00') }, 'to', 'to is not after from.'],
    ['no time at all', { to: at(-1, '00:00') }, 'to', 'to is not after from.'],
    [
      'more than 400 days',
      { from: FIRST.minus({ days: 391 }).toISO() },
      'to',
      'to is more than 400 days after from. Ask for a shorter period.',
    ],
    ['no instant', { from: 'yesterday' }, 'from', 'from must be an instant in UTC such as 2026-05-01T12:00:00Z.'],
    [
      'what nobody counts by',
      { by: ['colour'] },
      'by.0',
      'by.0 must be one of: provider, model, feature, person, status, hour, day, week, month.',
    ],
    ['a status that there is not', { where: { status: [] } }, 'where.status', 'where.status needs at least 1.'],
    ['a field that is not known', { colour: 1 }, 'question', 'question has a field that is not known: colour.'],
  ] as const) {
    void it(`CH-04 a question about ${what} is refused, and the field is named`, async () => {
      const question = { ...by(), ...change } as unknown as Question;
      await assert.rejects(analytics.usage(ctx, question), { code: 'analytics_question_invalid', field, message });
    });
  }

  void it('CH-04 400 days are answered', async () => {
    const { data } = await analytics.usage(ctx, { ...by(), from: FIRST.minus({ days: 390 }).toISO() });
    assert.equal(data[0]?.calls, 5);
  });
});
