import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Redis } from 'ioredis';
import type { Clock } from '../kernel';
import { StateError } from './errors';

const LIMIT_MS = 500;

/** A script that Redis runs as one step. It checks everything before its first write, because it cannot be undone. */
export class Script {
  readonly sha: string;
  constructor(readonly text: string) {
    this.sha = createHash('sha1').update(text).digest('hex');
  }
}

/** The one way to Redis: every call is answered within its limit or refused. */
export class Hot {
  constructor(
    private readonly redis: Redis,
    private readonly clock: Clock,
  ) {}

  /** By its digest; sent whole only when Redis does not know it, for instance after it lost its memory. */
  async run(script: Script, key: string, values: readonly (string | number)[]): Promise<unknown> {
    return this.limited(async () => {
      try {
        return await this.redis.evalsha(script.sha, 1, key, ...values);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return this.redis.eval(script.text, 1, key, ...values);
      }
    });
  }

  /** `over`: the connection the work goes over, when it is not the common one. */
  async limited<T>(work: () => Promise<T>, over: Redis = this.redis): Promise<T> {
    const late = Promise.withResolvers<never>();
    const givenUp = new AbortController();
    using _limit = this.clock.after(LIMIT_MS, () => {
      givenUp.abort();
      late.reject(unavailable(`no answer within ${LIMIT_MS} ms`));
    });
    const answer = connected(over, givenUp.signal).then(work);
    // Whoever loses the race still settles; it must not count as an unheard failure.
    answer.catch(() => undefined);
    try {
      return await Promise.race([answer, late.promise]);
    } catch (error) {
      if (error instanceof StateError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      if (reason.startsWith('OOM')) {
        throw new StateError('state_out_of_memory', 'The hot store is full; nothing was written. Try again later.', {
          cause: error,
        });
      }
      throw unavailable('the connection failed', error);
    }
  }
}

/** Work is sent only over an open connection: what the client keeps for later would be done after it was given up. */
async function connected(redis: Redis, signal: AbortSignal): Promise<void> {
  if (redis.status === 'wait') void redis.connect().catch(() => undefined);
  if (redis.status !== 'ready') await once(redis, 'ready', { signal });
}

function unavailable(why: string, cause?: unknown): StateError {
  return new StateError('state_hot_unavailable', `The hot store cannot be reached (${why}). Try again.`, { cause });
}
