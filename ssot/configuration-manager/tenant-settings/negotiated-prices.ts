import { z } from 'zod';

const MAX_PRICES = 200;
const amount = z
  .string('is no text such as "2.50"')
  .regex(/^\d{1,9}(\.\d{1,6})?$/, 'is not decimal text with at most six places');
const name = z
  .string('is no text')
  .min(1, 'is empty')
  .max(200, 'has more than 200 characters')
  // PostgreSQL stores neither.
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'has a NUL character or half a character');

const shape: { readonly error: z.core.$ZodErrorMap } = {
  error: ({ code }) => (code === 'unrecognized_keys' ? 'has a field that is not known' : 'is no object'),
};

const price = z.strictObject(
  {
    provider: name,
    model: name,
    /** In force from this instant on. */
    from: z.iso.datetime('is no instant such as 2026-11-01T00:00:00Z'),
    currency: z.string('is no text').regex(/^[A-Z]{3}$/, 'is no currency such as USD'),
    /** Per million tokens, as decimal text. */
    perMillion: z.strictObject({ input: amount, cachedInput: amount, output: amount }, shape),
    /** What a batched call costs of the normal price, for instance `0.5`. */
    batchFactor: amount.optional(),
  },
  shape,
);
export type NegotiatedPrice = z.infer<typeof price>;

/** Each model has one price from an instant on. */
export const negotiatedPrices: z.ZodType<readonly NegotiatedPrice[]> = z
  .array(price, 'is no list')
  .max(MAX_PRICES, `holds more than ${MAX_PRICES} prices`)
  .refine((list) => new Set(list.map(keyOf)).size === list.length, 'gives a model two prices from the same instant on');

function keyOf({ provider, model, from }: NegotiatedPrice): string {
  return JSON.stringify([provider, model, Date.parse(from)]);
}
