import { z } from 'zod';
import { plainFault } from '../../../ssot/analytics';

const DIGITS = /^\d{1,16}$/;
const plain = { error: plainFault };

/**
 * A whole number in the address, in decimal digits: JavaScript would take nothing for 0, and "0x10" and "1e1" for numbers of which nobody
 * knows whether they were meant.
 */
export function wholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER): z.ZodType<number> {
  const read = (said: unknown): unknown => (typeof said === 'string' && DIGITS.test(said) ? Number(said) : said);
  return z.preprocess(read, z.int(plain).min(least, plain).max(most, plain));
}
