const FIRST_MS = 500;
const LONGEST_MS = 30_000;
const STABLE_MS = 60_000;
const TOO_MANY_DEVICES = 4409;
const NOT_AUTHENTICATED = 4401;
const NOT_ALLOWED = 4403;

/**
 * How long to wait before the next try, after a connection was lost: full jitter over a span that doubles from 0.5 s to
 * 30 s, so that not everybody returns at once. `stop`: coming back as the same person is useless. After the device limit
 * there is nothing to be had soon: exactly 30 s.
 *
 * @param {number} attempt 1 is the first
 * @param {number} code of the close
 * @param {() => number} random from 0 up to, and without, 1
 * @returns {number | 'stop'} milliseconds
 */
export function reconnectDelay(attempt, code, random) {
  if (code === NOT_AUTHENTICATED || code === NOT_ALLOWED) return 'stop';
  if (code === TOO_MANY_DEVICES) return LONGEST_MS;
  return Math.round(random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1)));
}

/**
 * Which try the next one is, after a connection that was open for so long: after a stable minute counting starts over.
 *
 * @param {number} attempt
 * @param {number} openMs
 */
export function attemptAfter(attempt, openMs) {
  return openMs >= STABLE_MS ? 1 : attempt + 1;
}
