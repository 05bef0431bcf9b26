import { once } from 'node:events';
import {
  Breaker,
  DeadlineExceeded,
  withDeadline,
  withRetries,
  type Clock,
  type Random,
  type Script,
} from '../../kernel';
import { StateError } from '../errors';
import type { RedisConnection } from './connection';

const CALL_LIMIT_MS = 500;
const MAX_TRIES = 3;
const MAX_DELAY_MS = 50;

/** The one way to Redis: every call is answered within its limit or refused with `state_hot_unavailable`. */
export class RedisClient {
  readonly #breaker: Breaker;
  /** Connections that are not open yet, with what all who need one wait for. */
  readonly #opening = new Map<RedisConnection, Promise<void>>();
  /** Calls so far, and those of them that had begun when a connection broke last: whatever else of these fails, fails of that. */
  #calls = 0;
  #broken = 0;

  constructor(
    private readonly redis: RedisConnection,
    private readonly deps: { readonly clock: Clock; readonly random: Random },
  ) {
    this.#breaker = new Breaker(deps.clock, { failures: 5, probeAfterMs: 5_000 });
  }

  async run(script: Script, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    return this.call((redis) => script.runOn(redis, keys, values));
  }

  /** For health: asked even while nobody else is, and counted as no failure; that it works again holds for everybody at once. */
  async probe<T>(work: (redis: RedisConnection) => Promise<T>): Promise<T> {
    try {
      const given = await this.#limited(work, this.redis);
      this.#breaker.recordSuccess();
      return given;
    } catch (error) {
      leaveReplica(error, this.redis);
      throw error;
    }
  }

  /** For work that may be done twice: three tries, each with its own limit. */
  async retried<T>(work: () => Promise<T>): Promise<T> {
    const isRetryable = (error: unknown): boolean =>
      error instanceof StateError && error.code === 'state_hot_unavailable' && this.#breaker.state === 'closed';
    const policy = { maxTries: MAX_TRIES, firstDelayMs: MAX_DELAY_MS, maxDelayMs: MAX_DELAY_MS, isRetryable };
    return withRetries(this.deps, policy, work);
  }

  /** `over`: the connection the work goes over, when it is not the common one. */
  async call<T>(work: (redis: RedisConnection) => Promise<T>, over: RedisConnection = this.redis): Promise<T> {
    if (!this.#breaker.admit()) throw unavailable('it has failed too often just now');
    const call = (this.#calls += 1);
    try {
      const given = await this.#limited(work, over);
      this.#breaker.recordSuccess();
      return given;
    } catch (error) {
      throw this.#refusal(error, over, call);
    }
  }

  async #limited<T>(work: (redis: RedisConnection) => Promise<T>, over: RedisConnection): Promise<T> {
    const givenUp = new AbortController();
    // Without a connection no answer can be waiting to be read, so nobody waits a turn longer than the limit.
    using _limit = this.deps.clock.after(CALL_LIMIT_MS, () => givenUp.abort());
    // Over an open connection the work starts at once: everything that is sent in one turn travels together.
    const answer = over.status === 'ready' ? work(over) : this.#workOnceOpen(work, over, givenUp.signal);
    return withDeadline(this.deps.clock, CALL_LIMIT_MS, answer);
  }

  /** Work is sent only over an open connection: what the client keeps for later would be done after it was given up. */
  async #workOnceOpen<T>(
    work: (redis: RedisConnection) => Promise<T>,
    over: RedisConnection,
    givenUp: AbortSignal,
  ): Promise<T> {
    const opening = this.#opening.get(over) ?? once(over, 'ready').then(() => undefined);
    this.#opening.set(over, opening);
    if (over.status === 'wait') void over.connect().catch(() => undefined);
    try {
      await opening;
    } finally {
      this.#opening.delete(over);
    }
    givenUp.throwIfAborted();
    return work(over);
  }

  #refusal(error: unknown, over: RedisConnection, call: number): StateError {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason.startsWith('OOM')) {
      this.#breaker.recordSuccess();
      return new StateError(
        'state_out_of_memory',
        'Redis is out of memory; nothing was written. Remove entries, or try again later.',
        { cause: error },
      );
    }
    const refused = refusedWith(error);
    const isBroken = refused === undefined && !(error instanceof DeadlineExceeded);
    if (!isBroken || call > this.#broken) this.#breaker.recordFailure();
    if (isBroken && call > this.#broken) this.#broken = this.#calls;
    if (error instanceof StateError) return error;
    leaveReplica(error, over);
    if (refused !== undefined) return unavailable(`it answers ${refused}`, error);
    return unavailable(error instanceof DeadlineExceeded ? reason : 'the connection failed', error);
  }
}

/** Behind the same address there may be another server by now, and this connection still leads to the one that was demoted. */
function leaveReplica(error: unknown, connection: RedisConnection): void {
  if (refusedWith(error) === 'READONLY' && connection.status === 'ready') connection.disconnect(true);
}

/** The word with which Redis itself refused, for instance `READONLY`; undefined when it did not answer. */
export function refusedWith(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return undefined;
  // What a script may not do is told as the script's own failure.
  if (error.message.includes('ACL failure')) return 'NOPERM';
  return /^[A-Z]+/.exec(error.message)?.[0] ?? 'ERR';
}

function unavailable(why: string, cause?: unknown): StateError {
  return new StateError('state_hot_unavailable', `Redis cannot be reached (${why}). Try again.`, { cause });
}
