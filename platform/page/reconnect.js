const FIRST_MS = 500;
const LONGEST_MS = 30_000;
const TOO_MANY_DEVICES = 4409;
const NOT_AUTHENTICATED = 4401;
const NOT_ALLOWED = 4403;

/** A line that has lasted this long is stable: the next loss counts as the first. */
export const STABLE_MS = 60_000;

/**
 * The platform's advice to whoever lost a line: milliseconds to wait before try number `attempt` (1 is the first),
 * anywhere between nothing and a span that doubles, so that not everybody returns at once; `stop` when coming back as
 * the same person is useless.
 */
export function reconnectDelay(attempt, code) {
  if (code === NOT_AUTHENTICATED || code === NOT_ALLOWED) return 'stop';
  if (code === TOO_MANY_DEVICES) return LONGEST_MS;
  return Math.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
}
