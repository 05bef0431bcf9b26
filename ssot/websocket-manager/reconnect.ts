import { fraction, type Random } from '../kernel';
import { CLOSE } from './close-codes';

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
const FINAL: readonly number[] = [CLOSE.not_authenticated, CLOSE.not_allowed];

/**
 * Advice to whoever lost a line: how many milliseconds to wait before try number `attempt` (1 is the first), somewhere
 * between nothing and a span that doubles from 0.5 s to 30 s, so that not everybody returns at once. `stop`: the code
 * says that coming back as the same person is useless; sign in again.
 */
export function reconnectDelay(attempt: number, code: number, random: Random): number | 'stop' {
  if (FINAL.includes(code)) return 'stop';
  return Math.round(fraction(random) * Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1)));
}
