import { LRUCache } from 'lru-cache';
import type { Cluster, Redis } from 'ioredis';
import type { Clock, Logger, Metrics } from '../../kernel';
import { AuthError } from '../errors';
import { BUDGETS, limitOf, type Budget, type Entrance, type Scope } from './budgets';
import type { Counter, CountingStep } from './counting';
import { LocalCounters } from './local-counters';
import { networkOf } from './network';
import { SharedCounters } from './shared-counters';

const KNOWN_MS = 30 * 24 * 3_600_000;
const MAX_KNOWN = 50_000;
/** A network is noted anew for its 30 days at most so often by one instance. */
const NOTED_MS = 3_600_000;

/** Somebody shows something at an entrance. */
export interface Attempt {
  readonly entrance: Entrance;
  /** IPv4 or IPv6, as the trusted proxies say. */
  readonly address: string;
  /** Whose account, where they say so; it need not exist. */
  readonly email?: string;
}

/**
 * Limits failed attempts at every entrance, by account and by address, for all instances together; while Redis is away, for
 * each instance. Successes do not count: colleagues behind one address come in freely. All methods throw `rate_limited` with
 * the wait (`retryAfterMs`) once a budget is used up.
 */
export interface AttemptLimiter {
  /** The same, as far as this instance has seen it itself: without asking anybody. */
  isKnownHere(attempt: Attempt): boolean;
  /** Whether this account's owner has come in from this network within 30 days; asked once for each attempt. */
  isKnown(attempt: Attempt): Promise<boolean>;
  /** Cheap, and counts nothing: before anything is done for an attempt. */
  assertAllowed(attempt: Attempt): Promise<void>;
  /** Call it before the failure is told: of many at once, no more are told than the budget allows. */
  recordFailure(attempt: Attempt): Promise<void>;
  /** Whether the next such attempt would have to wait; counts nothing. */
  isUsedUp(attempt: Attempt): Promise<boolean>;
  /**
   * Call it before the success is told, for the same reason. What failed before about this account from this address is
   * forgotten, and from there its owner is no stranger for 30 days.
   */
  recordSuccess(attempt: Attempt): Promise<void>;
}

export interface AttemptLimiterDeps {
  readonly redis: Redis | Cluster;
  readonly clock: Clock;
  /** Whose time counts over all instances. */
  readonly time: 'server' | Clock;
  /** A keyed hash: what is kept or logged names nobody. */
  readonly pseudonym: (text: string) => string;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export function createAttemptLimiter(deps: AttemptLimiterDeps): AttemptLimiter {
  return new RedisAttemptLimiter(deps);
}

interface ScopedCounter extends Counter {
  readonly scope: Scope;
}

/** Own code rather than rate-limiter-flexible: see docs/decisions/attempt-limiter.md. */
class RedisAttemptLimiter implements AttemptLimiter {
  readonly #local: LocalCounters;
  readonly #shared: SharedCounters;
  /** Whose owner came in from which network before, as this instance has seen, and when it noted that for all; monotonic. */
  readonly #known = new LRUCache<string, number>({ max: MAX_KNOWN });
  /** What has been found out about an attempt that is under way, which asks several times. */
  readonly #found = new WeakMap<Attempt, Promise<boolean>>();
  readonly #counters = new WeakMap<Attempt, readonly ScopedCounter[]>();

  constructor(private readonly deps: AttemptLimiterDeps) {
    this.#local = new LocalCounters(deps.clock);
    this.#shared = new SharedCounters(deps.redis, deps);
  }

  isKnownHere(attempt: Attempt): boolean {
    const pair = this.#pairOf(attempt);
    return pair !== undefined && this.#known.has(pair.key);
  }

  isKnown(attempt: Attempt): Promise<boolean> {
    let found = this.#found.get(attempt);
    if (found === undefined) {
      const pair = this.#pairOf(attempt);
      found = pair === undefined ? Promise.resolve(false) : this.#hasComeBefore(pair.key);
      this.#found.set(attempt, found);
    }
    return found;
  }

  async assertAllowed(attempt: Attempt): Promise<void> {
    await this.#apply('look', attempt, await this.#countersFor(attempt));
  }

  async recordFailure(attempt: Attempt): Promise<void> {
    const counters = await this.#countersFor(attempt);
    this.deps.metrics.count('auth_attempts_failed_total', { entrance: attempt.entrance });
    await this.#apply('fail', attempt, counters);
    await this.#logUsedUp(attempt, counters);
  }

  async isUsedUp(attempt: Attempt): Promise<boolean> {
    const counters = await this.#countersFor(attempt);
    const waits = (await this.#shared.apply('look', counters)) ?? this.#local.apply('look', counters);
    return waits.some((wait) => wait > 0);
  }

  async recordSuccess(attempt: Attempt): Promise<void> {
    const counters = await this.#countersFor(attempt);
    await this.#apply('succeed', attempt, counters);
    for (const { key, scope } of counters) {
      if (scope === 'account_and_address') await this.#noteKnown(key);
    }
  }

  /** Over all instances if Redis answers, and here in any case. Throws `rate_limited`. */
  async #apply(step: CountingStep, attempt: Attempt, counters: readonly ScopedCounter[]): Promise<void> {
    this.#assertNoWait(attempt, counters, this.#local.apply('look', counters));
    const shared = await this.#askShared(step, counters);
    if (shared !== undefined) this.#assertNoWait(attempt, counters, shared);
    const local = this.#local.apply(step, counters);
    // Whoever all instances together let through is not stopped by what another attempt has learned meanwhile.
    if (shared === undefined) this.#assertNoWait(attempt, counters, local);
  }

  /** What is told to wait is remembered, and what is being counted is counted upon: a flood is refused from memory. */
  async #askShared(step: CountingStep, counters: readonly ScopedCounter[]): Promise<readonly number[] | undefined> {
    using _expected = step === 'fail' ? this.#local.expectFailure(counters) : undefined;
    const waits = await this.#shared.apply(step, counters);
    if (waits !== undefined) this.#local.learn(counters, waits);
    return waits;
  }

  /** Where the owner of an account has come in before, strangers elsewhere cannot make them wait. */
  async #countersFor(attempt: Attempt): Promise<readonly ScopedCounter[]> {
    const counters = this.#allCountersFor(attempt);
    if (!(await this.isKnown(attempt))) return counters;
    return counters.filter(({ scope }) => scope === 'account_and_address');
  }

  #pairOf(attempt: Attempt): ScopedCounter | undefined {
    return this.#allCountersFor(attempt).find(({ scope }) => scope === 'account_and_address');
  }

  #allCountersFor(attempt: Attempt): readonly ScopedCounter[] {
    const known = this.#counters.get(attempt) ?? this.#namedCountersFor(attempt);
    this.#counters.set(attempt, known);
    return known;
  }

  /** Those of one entrance are in one slot of a cluster, because an attempt counts in all of them at once. */
  #namedCountersFor({ entrance, address, email }: Attempt): readonly ScopedCounter[] {
    const network = networkOf(address);
    const about = { address: network, account: spelling(email), account_and_address: `${spelling(email)} ${network}` };
    return (Object.entries(BUDGETS[entrance]) as [Scope, Budget][]).map(([scope, budget]) => {
      return { key: `auth:attempts:{${entrance}}:${scope}:${this.deps.pseudonym(about[scope])}`, scope, budget };
    });
  }

  async #hasComeBefore(pair: string): Promise<boolean> {
    if (this.#known.has(pair)) return true;
    const isKnown = (await this.#shared.ask((redis) => redis.exists(`${pair}:known`))) === 1;
    if (isKnown) this.#known.set(pair, Number.NEGATIVE_INFINITY);
    return isKnown;
  }

  async #noteKnown(pair: string): Promise<void> {
    const now = this.deps.clock.monotonic();
    if (now - (this.#known.get(pair) ?? Number.NEGATIVE_INFINITY) < NOTED_MS) return;
    this.#known.set(pair, Number.NEGATIVE_INFINITY);
    const noted = await this.#shared.ask((redis) => redis.set(`${pair}:known`, '1', 'PX', KNOWN_MS));
    if (noted !== undefined) this.#known.set(pair, now);
  }

  #assertNoWait({ entrance }: Attempt, counters: readonly ScopedCounter[], waits: readonly number[]): void {
    const longest = Math.max(0, ...waits);
    if (longest <= 0) return;
    const { scope: by, budget } = counters[waits.indexOf(longest)] as ScopedCounter;
    this.deps.metrics.count('auth_attempts_refused_total', { entrance, by });
    throw new AuthError('rate_limited', 'Too many attempts failed. Wait before the next one.', {
      // Whole milliseconds, not one more for what fractions of the clock add in the last digits.
      retryAfterMs: Math.ceil(Number(longest.toFixed(3))),
      limit: limitOf(entrance, by, budget),
    });
  }

  /** One line when a budget is used up, not one for each refusal after it: those are counted. */
  async #logUsedUp(attempt: Attempt, counters: readonly ScopedCounter[]): Promise<void> {
    const waits = (await this.#shared.apply('look', counters)) ?? this.#local.apply('look', counters);
    counters.forEach(({ scope: by }, i) => {
      const retryAfterMs = Math.ceil(waits[i] as number);
      if (retryAfterMs <= 0) return;
      const address = by === 'account' ? undefined : networkOf(attempt.address);
      const account = by === 'address' ? undefined : this.deps.pseudonym(spelling(attempt.email));
      const facts = { entrance: attempt.entrance, by, address, account, retryAfterMs };
      this.deps.log.warn(facts, 'too many attempts failed; further ones have to wait');
    });
  }
}

/** However it is typed, it is one account. */
export function spelling(email = ''): string {
  return email.normalize('NFKC').trim().toLowerCase();
}
