import { moneyText } from '../../kernel';
import type { PriceEntry } from './prices';

/** Exact decimal text with 12 places; rounding is for display. `unpriced` is not free: nobody knows what it cost. */
export type Amount = { readonly value: string; readonly currency: string } | 'unpriced';

/** Sums of tokens; input includes cached input. */
export interface Tokens {
  readonly input: bigint;
  readonly cachedInput: bigint;
  readonly output: bigint;
}

const MILLION = 1_000_000n;

/**
 * Cost in millionths of a millionth of the currency's unit: a price has six places and is per million tokens, so a
 * token costs a whole number of these, and sums are exact without ever dividing.
 */
export function costOf(tokens: Tokens, price: PriceEntry): bigint {
  const { input, cachedInput, output } = price.perMillion;
  return (
    (tokens.input - tokens.cachedInput) * millionths(input) +
    tokens.cachedInput * millionths(cachedInput) +
    tokens.output * millionths(output)
  );
}

/** Decimal text with at most six places, in millionths. */
export function millionths(text: string): bigint {
  const [whole = '0', places = ''] = text.split('.');
  return BigInt(whole) * MILLION + BigInt(places.padEnd(6, '0'));
}

/** A part of a cost, rounded half up once, at the last of twelve places. */
export function share(cost: bigint, factor: string): bigint {
  return (cost * millionths(factor) + MILLION / 2n) / MILLION;
}

export function amountOf(picos: bigint, currency: string): Exclude<Amount, 'unpriced'> {
  return { value: moneyText({ picos, currency }), currency };
}
