import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { Breaker, DeadlineExceeded, withDeadline, withRetries, type Clock, type Random } from '../../kernel';
import { StateError } from '../errors';
import type { Script } from './script';

const CALL_LIMIT_MS = 500;
const MAX_TRIES = 3;
const MAX_DELAY_MS = 50;

/** The one way to Redis: every call is answered within its limit or refused with `state_hot_unavailable`. */
export class RedisClient {
  readonly #breaker: Breaker;

  constructor(
    private readonly redis: Redis,
    private readonly deps: { readonly clock: Clock; readonly random: Random },
  ) {
    this.#breaker = new Breaker(deps.clock, { failures: 5, probeAfterMs: 5_000 });
  }

  /** It has failed too often, and the time to probe it has not come. */
  get isRefusing(): boolean {
    return this.#breaker.state === 'open';
  }

  /** By its digest; sent whole only when Redis does not know it, for instance after it lost its memory. */
  async run(script: Script, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    return this.call(async (redis) => {
      try {
        return await redis.evalsha(script.sha, keys.length, ...keys, ...values);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return redis.eval(script.text, keys.length, ...keys, ...values);
      }
    });
  }

  /** For work that may be done twice: three tries, each with its own limit. */
  async retried<T>(work: () => Promise<T>): Promise<T> {
    const isRetryable = (error: unknown): boolean =>
      error instanceof StateError && error.code === 'state_hot_unavailable' && this.#breaker.state === 'closed';
    const policy = { maxTries: MAX_TRIES, firstDelayMs: MAX_DELAY_MS, maxDelayMs: MAX_DELAY_MS, isRetryable };
    return withRetries(this.deps, policy, work);
  }

  /** `over`: the connection the work goes over, when it is not the common one. */
  async call<T>(work: (redis: Redis) => Promise<T>, over: Redis = this.redis): Promise<T> {
    if (!this.#breaker.admit()) throw unavailable('it has failed too often just now');
    const givenUp = new AbortController();
    // Without a connection no answer can be waiting to be read, so nobody waits a turn longer than the limit.
    using _limit = this.deps.clock.after(CALL_LIMIT_MS, () => givenUp.abort());
    // Over an open connection the work starts at once: everything that is sent in one turn travels together.
    const answer = over.status === 'ready' ? work(over) : connected(over, givenUp.signal).then(() => work(over));
    try {
      const given = await withDeadline(this.deps.clock, CALL_LIMIT_MS, answer);
      this.#breaker.recordSuccess();
      return given;
    } catch (error) {
      throw this.#refusal(error);
    }
  }

  #refusal(error: unknown): StateError {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason.startsWith('OOM')) {
      this.#breaker.recordSuccess();
      return new StateError(
        'state_out_of_memory',
        'Redis is out of memory; nothing was written. Remove entries, or try again later.',
        { cause: error },
      );
    }
    this.#breaker.recordFailure();
    if (error instanceof StateError) return error;
    return unavailable(error instanceof DeadlineExceeded ? reason : 'the connection failed', error);
  }
}

/** Work is sent only over an open connection: what the client keeps for later would be done after it was given up. */
async function connected(redis: Redis, signal: AbortSignal): Promise<void> {
  if (redis.status === 'wait') void redis.connect().catch(() => undefined);
  await once(redis, 'ready', { signal });
}

function unavailable(why: string, cause?: unknown): StateError {
  return new StateError('state_hot_unavailable', `Redis cannot be reached (${why}). Try again.`, { cause });
}
