import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { fraction, pause, type Clock, type Random } from '../kernel';
import { Breaker } from './breaker';
import { StateError } from './errors';
import type { Script } from './scripts';

const TRY_MS = 500;
const TRIES = 3;
const LONGEST_WAIT_MS = 50;

/** The one way to Redis: every call is answered within its limit or refused. */
export class Hot {
  readonly breaker: Breaker;

  constructor(
    private readonly redis: Redis,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    this.breaker = new Breaker(clock);
  }

  /** By its digest; sent whole only when Redis does not know it, for instance after it lost its memory. */
  async run(script: Script, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    return this.limited(async () => {
      try {
        return await this.redis.evalsha(script.sha, keys.length, ...keys, ...values);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return this.redis.eval(script.text, keys.length, ...keys, ...values);
      }
    });
  }

  /** For work that may be done twice: three tries, each with its own limit. */
  async repeated<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        const isWorthIt = error instanceof StateError && error.code === 'state_hot_unavailable';
        if (!isWorthIt || tries === TRIES || this.breaker.isOpen) throw error;
        await pause(this.clock, fraction(this.random) * LONGEST_WAIT_MS);
      }
    }
  }

  /** `over`: the connection the work goes over, when it is not the common one. */
  async limited<T>(work: () => Promise<T>, over: Redis = this.redis): Promise<T> {
    if (!this.breaker.admits()) throw unavailable('it has failed too often just now');
    const late = Promise.withResolvers<never>();
    using _limit = this.clock.after(TRY_MS, () => {
      late.reject(unavailable(`no answer within ${TRY_MS} ms`));
    });
    // Over an open connection the work starts at once: everything that can be said in one turn travels together.
    const answer = over.status === 'ready' ? work() : this.#overNewLine(work, over, late.promise);
    // Whoever loses the race still settles; it must not count as an unheard failure.
    answer.catch(() => undefined);
    try {
      const given = await Promise.race([answer, late.promise]);
      this.breaker.succeeded();
      return given;
    } catch (error) {
      throw this.#refusal(error);
    }
  }

  /** Work is sent only over an open connection: what the client keeps for later would be done after it was given up. */
  async #overNewLine<T>(work: () => Promise<T>, over: Redis, givenUp: Promise<never>): Promise<T> {
    if (over.status === 'wait') void over.connect().catch(() => undefined);
    const waiting = new AbortController();
    givenUp.catch(() => waiting.abort());
    await once(over, 'ready', { signal: waiting.signal });
    return work();
  }

  #refusal(error: unknown): StateError {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason.startsWith('OOM')) {
      this.breaker.succeeded();
      return new StateError(
        'state_out_of_memory',
        'The hot store is full; nothing was written. Remove entries, or try again later.',
        { cause: error },
      );
    }
    this.breaker.failed();
    return error instanceof StateError ? error : unavailable('the connection failed', error);
  }
}

function unavailable(why: string, cause?: unknown): StateError {
  return new StateError('state_hot_unavailable', `The hot store cannot be reached (${why}). Try again.`, { cause });
}
