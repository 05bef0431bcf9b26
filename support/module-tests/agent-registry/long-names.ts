import type { RecordedUsage } from './recorded-usage';

const SAVINGS = 10;
const AMOUNT = { value: '99999999999999.123456789012', currency: 'USD' };

/** So many models with names so long, of this character, every other one without a price, and ten savings. */
export function longNames(usage: RecordedUsage, models: number, length: number, character: string): RecordedUsage {
  const named = (number: number): string =>
    `${String(number).padStart(2, '0')}${character.repeat(length)}`.slice(0, length);
  usage.covered = { calls: 1_500, daysWithUse: 7, first: null, last: null };
  const tokens = { inputTokens: 1n, cachedInputTokens: 0n, outputTokens: 1n };
  usage.spent = Array.from({ length: models }, (_, number) => ({
    ...{ provider: named(0), model: named(number), calls: 1_500, ...tokens },
    amount: number % 2 === 0 ? AMOUNT : 'unpriced',
  }));
  usage.saveable = Array.from({ length: SAVINGS }, (_, number) => ({
    ...{ kind: 'small_call_on_large_model', provider: named(0), model: named(number), feature: named(number) },
    ...{ calls: 150, spend: AMOUNT, saving: AMOUNT, basis: 'estimated', smaller: named(number) },
    ...{ inputTokens: 1n, outputTokens: 1n },
  }));
  return usage;
}
