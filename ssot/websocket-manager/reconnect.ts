import { fraction, type Random } from '../kernel';
import { CLOSE } from './close-codes';

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
const STABLE_MS = 60_000;
const FINAL: readonly number[] = [CLOSE.not_authenticated, CLOSE.not_allowed];

/**
 * Advice to whoever lost a line: how many milliseconds to wait before try number `attempt` (1 is the first), somewhere
 * between nothing and a span that doubles from 0.5 s to 30 s, so that not everybody returns at once. `stop`: the code
 * says that coming back as the same person is useless; sign in again. After the device limit there is nothing to be had
 * soon: exactly 30 s.
 */
export function reconnectDelay(attempt: number, code: number, random: Random): number | 'stop' {
  if (FINAL.includes(code)) return 'stop';
  if (code === CLOSE.connection_limit) return LONGEST_MS;
  return Math.round(fraction(random) * Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1)));
}

/** Which try the next one is, after a line that was open for so many milliseconds: a minute of it, and counting starts over. */
export function attemptAfter(attempt: number, openMs: number): number {
  return openMs >= STABLE_MS ? 1 : attempt + 1;
}
