import { z } from 'zod';

/** Exact decimal text; never a float, never two currencies in one sum. */
export const amount = z.object({ amount: z.string().regex(/^-?\d+(\.\d{1,12})?$/), currency: z.string() });
export type Amount = z.infer<typeof amount>;
