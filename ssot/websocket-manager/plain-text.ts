import { z } from 'zod';

/** Text that somebody wrote: not blank, of at most so many characters, and nothing that cannot be stored or shown. */
export function plainText(longest: number): z.ZodString {
  return z
    .string()
    .max(longest, `must have at most ${longest} characters`)
    .refine((text) => text.trim() !== '', 'must not be blank')
    .refine((text) => !text.includes('\0'), 'must not contain a NUL character')
    .refine((text) => text.isWellFormed(), 'must not contain half a character')
    .meta({ pattern: '\\S' });
}
