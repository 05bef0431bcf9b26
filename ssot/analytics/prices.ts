/** Prices in force from an instant on, in decimal text per million tokens with at most six places. */
export interface PriceEntry {
  readonly provider: string;
  readonly model: string;
  /** RFC 3339 */
  readonly from: string;
  readonly currency: string;
  readonly perMillion: { readonly input: string; readonly cachedInput: string; readonly output: string };
  /** What a batched call costs of the normal price, for instance `0.5`. */
  readonly batchFactor?: string;
  /** A smaller model of the same provider that does small calls as well. */
  readonly smaller?: string;
}
export interface PriceTable {
  readonly version: string;
  readonly entries: readonly PriceEntry[];
}

/** Exact decimal text with 12 places; rounding is for display. `unpriced` is not free: nobody knows what it cost. */
export type Amount = { readonly value: string; readonly currency: string } | 'unpriced';
