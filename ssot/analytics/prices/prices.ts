import { z } from 'zod';
import list from './list-prices.json';

const amount = z.string().regex(/^\d{1,9}(\.\d{1,6})?$/, 'is not decimal text with at most six places');

const priceEntry = z.strictObject({
  provider: z.string().min(1),
  model: z.string().min(1),
  /** In force from this instant on (RFC 3339). */
  from: z.iso.datetime(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** Per million tokens. */
  perMillion: z.strictObject({ input: amount, cachedInput: amount, output: amount }),
  /** What a batched call costs of the normal price, for instance `0.5`. */
  batchFactor: amount.optional(),
  /** A smaller model of the same provider that does small calls as well. */
  smaller: z.string().min(1).optional(),
  source: z.string().optional(),
  asPublished: z.string().optional(),
});

const priceTable = z.strictObject({
  version: z.string().min(1),
  note: z.string().optional(),
  entries: z.array(priceEntry),
});

export type PriceEntry = z.infer<typeof priceEntry>;
export interface PriceTable {
  readonly version: string;
  readonly entries: readonly PriceEntry[];
}

/** The shipped list prices, each entry with its source and the month it was published. */
export const listPrices: PriceTable = priceTable.parse(list);

/** The entry in force at an instant (milliseconds), or nothing: then the model is unpriced, not free. */
export function priceAt(table: PriceTable, provider: string, model: string, at: number): PriceEntry | undefined {
  let best: PriceEntry | undefined;
  for (const entry of table.entries) {
    if (entry.provider !== provider || entry.model !== model || Date.parse(entry.from) > at) continue;
    if (best === undefined || Date.parse(entry.from) > Date.parse(best.from)) best = entry;
  }
  return best;
}

/** The instants within a period at which any price changes: between two of them every price is constant. */
export function changesWithin(table: PriceTable, from: number, to: number): readonly number[] {
  const instants = new Set(table.entries.map((entry) => Date.parse(entry.from)).filter((at) => at > from && at < to));
  return [...instants].sort((a, b) => a - b);
}
