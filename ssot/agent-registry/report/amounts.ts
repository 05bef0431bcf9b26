import type { Amount } from './amount-shape';

const PLACES = 12;

/** Exact sums, one per currency, largest first. */
export function sumByCurrency(amounts: readonly Amount[]): readonly Amount[] {
  const sums = new Map<string, bigint>();
  for (const { amount, currency } of amounts) sums.set(currency, (sums.get(currency) ?? 0n) + exact(amount));
  return [...sums].sort(([, a], [, b]) => Number(b - a)).map(([currency, sum]) => ({ amount: text(sum), currency }));
}

/** Whole units of the twelfth decimal place. */
export function exact(amount: string): bigint {
  const [whole, places = ''] = amount.split('.') as [string, string?];
  return BigInt(whole + places.padEnd(PLACES, '0'));
}

function text(value: bigint): string {
  const digits = value.toString().padStart(PLACES + 1, '0');
  return `${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`;
}

/** For sentences: two places, rounded half up. */
export function inWords({ amount, currency }: Amount): string {
  const cents = (exact(amount) + 5_000_000_000n) / 10_000_000_000n;
  const digits = cents.toString().padStart(3, '0');
  return `${digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',')}.${digits.slice(-2)} ${currency}`;
}

export function counted(count: number, thing: string): string {
  return `${count.toLocaleString('en-US')} ${thing}${count === 1 ? '' : 's'}`;
}
