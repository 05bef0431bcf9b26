import { codePoints, type Clock } from '../../kernel';
import { assertUncommon } from './common-passwords';
import { AuthError } from '../errors';
import { FairQueue, type Claim } from '../turns/fair-queue';
import { assertNotOwnWords } from './own-words';

const SHORTEST = 12;
const LONGEST = 128;
/** What is looked at at all, in UTF-16 units: eight of what somebody types may be one character (Hangul, accents). */
const MAX_UNITS = 8 * LONGEST;
/** OWASP's argon2id profile: 19 MiB, 2 passes. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Of a password nobody has: an unknown e-mail costs what a known one costs. */
const NOBODYS = '$argon2id$v=19$m=19456,t=2,p=1$c29tZS1maXhlZC1zYWx0$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
/** Of the two cores that an instance has at least, strangers get one: the other is for the event loop, and for who is known. */
const PLACES = { atOnce: 2, ofStrangers: 1 } as const;
const MAX_WAITING = 50;
const MAX_WAIT_MS = 3_000;

/** Throws `weak_password`: length in characters is what counts, not recipes. */
export function assertStrong(password: string): void {
  const problem = problemOf(password);
  if (problem === undefined) return;
  throw new AuthError('weak_password', `The password ${problem}; use ${SHORTEST} to ${LONGEST}.`, {
    field: 'password',
  });
}

function problemOf(password: string): string | undefined {
  const tooLong = `has more than ${LONGEST} characters`;
  if (password.length > MAX_UNITS) return tooLong;
  // Two different halves would be hashed as the same replacement character.
  if (!password.isWellFormed()) return 'has half a character in it';
  const length = codePoints(normalized(password));
  if (length < SHORTEST) return `has fewer than ${SHORTEST} characters`;
  return length > LONGEST ? tooLong : undefined;
}

/** One password, however a keyboard spells its characters. */
function normalized(password: string): string {
  return password.normalize('NFKC');
}

/** The hashing itself: `@node-rs/argon2`, loaded when the first password comes. */
export type Hasher = Pick<typeof import('@node-rs/argon2'), 'hash' | 'verify'>;

const ARGON2: Hasher = {
  hash: async (...asked) => (await import('@node-rs/argon2')).hash(...asked),
  verify: async (...asked) => (await import('@node-rs/argon2')).verify(...asked),
};

/**
 * Hashing fills the thread pool that token checks share, so few run at once, in fair turns. Throws `overloaded` with the wait.
 */
export class Passwords {
  readonly #turns: FairQueue;

  constructor(
    clock: Clock,
    private readonly hasher: Hasher = ARGON2,
  ) {
    this.#turns = new FairQueue({ ...PLACES, maxWaiting: MAX_WAITING, maxWaitMs: MAX_WAIT_MS }, clock);
  }

  /** For who may store a password: they have proven who they are. Throws `weak_password` for one that is easy to guess. */
  async hash(password: string, { crowds, about }: NewPasswordContext): Promise<string> {
    assertNotOwnWords(password, about);
    await assertUncommon(password);
    return this.#turns.run({ crowds, isKnown: true }, () => this.hasher.hash(normalized(password), COST));
  }

  /** Judges a sign-in in its turn; `verify` costs the same whether or not there is a stored hash. */
  inTurn<T>(claim: Claim, judge: (verify: Verify) => Promise<T>): Promise<T> {
    return this.#turns.run(claim, () => judge((stored, password) => this.#verify(stored, password)));
  }

  async #verify(stored: string | undefined, password: string): Promise<boolean> {
    // Nobody has an empty one, and to refuse it costs the same.
    const shown = problemOf(password) === undefined ? normalized(password) : '';
    const matches = await this.hasher.verify(stored ?? NOBODYS, shown);
    return matches && stored !== undefined;
  }
}

export interface NewPasswordContext {
  /** What they have in common with others who store one. */
  readonly crowds: readonly string[];
  /** Names around the person, see `own-words.ts`. */
  readonly about: readonly string[];
}
type Verify = (stored: string | undefined, password: string) => Promise<boolean>;
