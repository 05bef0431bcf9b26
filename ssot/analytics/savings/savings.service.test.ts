import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { stores } from '../../../support/module-tests/stores';
import { aroundNow, callOf, newReporter, openUsage } from '../../../world/modules/analytics/analytics-under-test';
import { systemClock } from '../../kernel';
import type { Amount } from '../prices/amounts';
import type { Analytics, Opportunity, UsageEvent } from '../contract';
import type { PriceTable } from '../prices/prices';
import { wasteOf } from '../../../support/module-tests/analytics/waste-by-hand';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const NOON = new Date(Math.floor(systemClock.now() / DAY_MS) * DAY_MS - DAY_MS / 2).getTime();
const later = (ms: number): string => new Date(NOON + ms).toISOString();

const inForce = { provider: 'openai', from: '2020-01-01T00:00:00Z', currency: 'USD' };
const prices: PriceTable = {
  version: 'by hand',
  entries: [
    {
      ...{ ...inForce, model: 'large', perMillion: { input: '1', cachedInput: '0.1', output: '2' } },
      ...{ batchFactor: '0.5', smaller: 'small' },
    },
    { ...inForce, model: 'small', perMillion: { input: '0.25', cachedInput: '0.025', output: '0.5' } },
  ],
};

/** Of 2,000 tokens in and 400 out, 0.0028 USD: nothing about it is waste. */
const sound: Partial<UsageEvent> = { at: later(0), model: 'large', inputTokens: 2_000, outputTokens: 400 };
const calls = (...each: readonly Partial<UsageEvent>[]): readonly UsageEvent[] =>
  each.map((more, index) => callOf(`call ${index}`, { ...sound, ...more }));

const person = stores.ids.next('user');
const asked = { promptHash: 'p', personId: person };
const opening = { hash: 'o', tokens: 1_024 };

/** Each kind of waste at its limit and one step beyond it. What is found: kind, calls, saving. */
const CASES: readonly (readonly [
  title: string,
  inside: readonly UsageEvent[],
  found: readonly string[],
  outside: readonly UsageEvent[],
  instead: readonly string[],
])[] = [
  [
    'failed; cancelled is not',
    calls({ status: 'failed' }),
    ['failed_or_superseded 1 0.002800000000'],
    calls({ status: 'cancelled' }),
    [],
  ],
  [
    'superseded after 60 seconds; one millisecond later it was of use, and the second a repetition',
    calls(asked, { ...asked, at: later(60 * SECOND_MS) }),
    ['failed_or_superseded 1 0.002800000000'],
    calls(asked, { ...asked, at: later(60 * SECOND_MS + 1) }),
    ['repeated_prompt 1 0.002800000000'],
  ],
  [
    'superseded by the same person only',
    calls(asked, { ...asked, at: later(SECOND_MS) }),
    ['failed_or_superseded 1 0.002800000000'],
    calls(asked, { ...asked, personId: stores.ids.next('user'), at: later(SECOND_MS) }),
    ['repeated_prompt 1 0.002800000000'],
  ],
  [
    'repeated after 24 hours; not one millisecond later',
    calls(asked, { ...asked, at: later(-DAY_MS) }),
    ['repeated_prompt 1 0.002800000000'],
    calls(asked, { ...asked, at: later(-DAY_MS - 1) }),
    [],
  ],
  [
    'repeated of the same model only',
    calls(asked, { ...asked, at: later(-DAY_MS) }),
    ['repeated_prompt 1 0.002800000000'],
    calls(asked, { ...asked, model: 'small', at: later(-DAY_MS) }),
    [],
  ],
  [
    'repeated after an answer that was of use; not after a failure',
    calls(asked, { ...asked, at: later(-3_600_000) }),
    ['repeated_prompt 1 0.002800000000'],
    calls(asked, { ...asked, at: later(-3_600_000), status: 'failed' }),
    ['failed_or_superseded 1 0.002800000000'],
  ],
  [
    'batchable when nobody waited',
    calls({ background: true }),
    ['batchable 1 0.001400000000'],
    calls({ background: false }),
    [],
  ],
  [
    'an opening of 1,024 tokens; not of 1,023',
    calls({ opening }, { opening, at: later(SECOND_MS) }),
    ['cacheable_opening 1 0.000921600000'],
    calls({ opening: { ...opening, tokens: 1_023 } }, { opening: { ...opening, tokens: 1_023 }, at: later(SECOND_MS) }),
    [],
  ],
  [
    'an opening sent again after 5 minutes; not one millisecond later',
    calls({ opening }, { opening, at: later(300 * SECOND_MS) }),
    ['cacheable_opening 1 0.000921600000'],
    calls({ opening }, { opening, at: later(300 * SECOND_MS + 1) }),
    [],
  ],
  [
    'an opening of which one token was not cached; not when all were',
    calls({ opening }, { opening, at: later(SECOND_MS), cachedInputTokens: 1_023 }),
    ['cacheable_opening 1 0.000000900000'],
    calls({ opening }, { opening, at: later(SECOND_MS), cachedInputTokens: 1_024 }),
    [],
  ],
  [
    'small with 1,000 tokens in; not with 1,001',
    calls({ inputTokens: 1_000, outputTokens: 300 }),
    ['small_call_on_large_model 1 0.001200000000'],
    calls({ inputTokens: 1_001, outputTokens: 300 }),
    [],
  ],
  [
    'small with 300 tokens out; not with 301',
    calls({ inputTokens: 1_000, outputTokens: 300 }),
    ['small_call_on_large_model 1 0.001200000000'],
    calls({ inputTokens: 1_000, outputTokens: 301 }),
    [],
  ],
];

describe('savings on real ClickHouse', () => {
  let usage: Analytics;
  before(async () => {
    usage = await openUsage({ prices: { for: () => Promise.resolve(prices) } });
  });
  after(() => usage[Symbol.asyncDispose]());

  async function savings(
    report: readonly UsageEvent[],
    period = { from: later(-5 * DAY_MS), to: aroundNow().to },
  ): Promise<readonly Opportunity[]> {
    const leo = newReporter(stores);
    await usage.record(leo, report);
    return (await usage.opportunities(leo, period)).data;
  }
  const told = (found: readonly Opportunity[]): readonly string[] =>
    found.map(({ kind, calls, saving }) => `${kind} ${calls} ${saving === 'unpriced' ? saving : saving.value}`);

  for (const [title, inside, found, outside, instead] of CASES) {
    void it(`CH-06 ${title}`, async () => {
      assert.deepEqual(told(await savings(inside)), found);
      assert.deepEqual(told(await savings(outside)), instead);
    });
  }

  void it('CH-06 what makes a call a waste may lie before the period, or after it', async () => {
    const aDay = { from: later(0), to: later(3_600_000) };
    const before = calls({ ...asked, at: later(-3_600_000) }, { ...asked, at: later(0) });
    assert.deepEqual(told(await savings(before, aDay)), ['repeated_prompt 1 0.002800000000']);
    const afterwards = calls({ ...asked, at: later(3_600_000 - 1) }, { ...asked, at: later(3_600_000 + 59_999) });
    assert.deepEqual(told(await savings(afterwards, aDay)), ['failed_or_superseded 1 0.002800000000']);
  });

  void it('CH-06 a call that fits every kind counts once, as the first', async () => {
    const every = {
      ...({ ...asked, opening, status: 'failed', background: true, outputTokens: 10, inputTokens: 1_024 } as const),
    };
    const found = await savings(calls(every, { ...every, at: later(SECOND_MS) }));
    assert.deepEqual(told(found), ['failed_or_superseded 2 0.002088000000']);
  });

  void it('CH-06 there is no opportunity without ground: no smaller model, none with a price, none in the same currency', async () => {
    const small = calls({ inputTokens: 100, outputTokens: 10 });
    const [large, cheaper] = prices.entries as [PriceTable['entries'][number], PriceTable['entries'][number]];
    const { smaller: _, ...alone } = large;
    for (const entries of [
      [alone, cheaper],
      [large],
      [large, { ...cheaper, currency: 'EUR' }],
      [large, { ...cheaper, perMillion: large.perMillion }],
    ]) {
      await using other = await openUsage({ prices: { for: () => Promise.resolve({ version: 'other', entries }) } });
      const leo = newReporter(stores);
      await other.record(leo, small);
      assert.deepEqual((await other.opportunities(leo, aroundNow())).data, []);
    }
  });

  void it('CH-06 whatever was used, each call has one kind at most, no saving exceeds its spend, and all is as counted by hand', async () => {
    const gap = fc.constantFrom(
      0,
      1,
      59_999,
      60_000,
      60_001,
      299_999,
      300_000,
      300_001,
      DAY_MS - 1,
      DAY_MS,
      DAY_MS + 1,
    );
    const use = fc.record({
      gap,
      model: fc.constantFrom('large', 'small', 'unknown'),
      feature: fc.constantFrom('chat', 'search'),
      status: fc.constantFrom('completed' as const, 'failed' as const, 'cancelled' as const),
      background: fc.boolean(),
      inputTokens: fc.constantFrom(1_024, 1_000, 2_000),
      cachedInputTokens: fc.constantFrom(0, 1_023),
      outputTokens: fc.constantFrom(0, 300, 301),
      promptHash: fc.constantFrom('p', 'q', undefined),
      personId: fc.constantFrom(person, undefined),
      opening: fc.constantFrom(opening, { hash: 'o', tokens: 1_023 }, { hash: 'x', tokens: 1_024 }, undefined),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(use, { minLength: 1, maxLength: 25 }), async (uses) => {
        // Early enough that 25 days of gaps end before now.
        let at = -27 * DAY_MS;
        const report = uses.map(({ gap, ...more }, index) => {
          const inputTokens = Math.max(more.inputTokens, more.cachedInputTokens, more.opening?.tokens ?? 0);
          const known = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
          return callOf(`call ${index}`, { ...known, inputTokens, at: later((at += gap + 1)) });
        });
        const leo = newReporter(stores);
        await usage.record(leo, report);
        const period = { from: later(-28 * DAY_MS), to: later(DAY_MS) };
        const { data } = await usage.opportunities(leo, period);
        const { data: spent } = await usage.cost(leo, { ...period, by: [] });
        for (const { spend, saving } of data) assert(picos(saving) <= picos(spend));
        const sum = (amounts: readonly Amount[]): bigint => amounts.reduce((all, one) => all + picos(one), 0n);
        assert(sum(data.map(({ spend }) => spend)) <= sum(spent.map(({ amount }) => amount)));
        const counted = data.map(({ kind, model, feature, calls }) => `${kind} ${model} ${feature} ${calls}`);
        assert.deepEqual(counted.toSorted(), wasteOf(report, prices).toSorted());
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });
});

function picos(amount: Amount): bigint {
  return amount === 'unpriced' ? 0n : BigInt(amount.value.replace('.', ''));
}
