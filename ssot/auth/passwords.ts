import { pause, type Clock } from '../kernel';
import { AuthError } from './errors';

const SHORTEST = 12;
const LONGEST = 128;
/** OWASP's argon2id profile: 19 MiB, 2 passes. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Of a password nobody has: an unknown e-mail costs what a known one costs. */
const NOBODYS = '$argon2id$v=19$m=19456,t=2,p=1$c29tZS1maXhlZC1zYWx0$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const AT_ONCE = 2;
const MOST_WAITING = 50;
const LONGEST_WAIT_MS = 3_000;

/** Throws `weak_password`: length is what counts, not recipes. */
export function assertStrong(password: string): void {
  const problem =
    password.length < SHORTEST
      ? `has fewer than ${SHORTEST} characters`
      : password.length > LONGEST
        ? `has more than ${LONGEST} characters`
        : undefined;
  if (problem !== undefined) {
    throw new AuthError('weak_password', `The password ${problem}; use ${SHORTEST} to ${LONGEST}.`, {
      field: 'password',
    });
  }
}

/** Hashing fills the pool that token checks share, so only a few run at once and the rest wait, for a while. */
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly clock: Clock) {}

  async hash(password: string): Promise<string> {
    const { hash } = await import('@node-rs/argon2');
    return this.#inTurn(() => hash(password, COST));
  }

  /** The same work whether or not there is a stored hash. */
  async verify(stored: string | undefined, password: string): Promise<boolean> {
    const { verify } = await import('@node-rs/argon2');
    const matches = await this.#inTurn(() => verify(stored ?? NOBODYS, password.slice(0, LONGEST + 1)));
    return matches && stored !== undefined;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await work();
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#running < AT_ONCE) {
      this.#running++;
      return;
    }
    if (this.#waiting.length >= MOST_WAITING) throw overloaded();
    const inTime = new AbortController();
    const mine = Promise.withResolvers<void>();
    const next = (): void => {
      this.#running++;
      inTime.abort();
      mine.resolve();
    };
    this.#waiting.push(next);
    const limit = pause(this.clock, LONGEST_WAIT_MS, inTime.signal).then(
      () => {
        this.#waiting.splice(this.#waiting.indexOf(next), 1);
        throw overloaded();
      },
      () => undefined,
    );
    await Promise.race([mine.promise, limit]);
  }
}

function overloaded(): AuthError {
  return new AuthError('overloaded', 'Too many people sign in right now. Try again in a few seconds.', {
    retryAfterMs: LONGEST_WAIT_MS,
  });
}
