import type { TenantContext } from '../../kernel';
import { AnalyticsError } from '../errors';
import type { Asked } from './reading';

interface UnderWay {
  readonly answer: Promise<unknown>;
  readonly nobodyWaits: AbortController;
  waiting: number;
}

/**
 * Equal questions that are under way share one reading, and its failure. Nothing is kept afterwards. Who gives a shared
 * question up leaves the others their answer; when all have, the reading itself is given up.
 */
export class SharedReadings {
  readonly #underWay = new Map<string, UnderWay>();

  /** `begin` is called when no equal question is under way; it may throw at once, and then nothing is shared. */
  async share<T>(
    key: string,
    signal: AbortSignal | undefined,
    begin: (nobodyWaits: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (signal?.aborted === true) throw givenUp(signal.reason);
    const shared = this.#underWay.get(key) ?? this.#begin(key, begin);
    shared.waiting += 1;
    const left = Promise.withResolvers<never>();
    const onAbort = (): void => left.reject(givenUp(signal?.reason));
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await (Promise.race([shared.answer, left.promise]) as Promise<T>);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      shared.waiting -= 1;
      if (shared.waiting === 0) {
        this.#end(key, shared);
        shared.nobodyWaits.abort(givenUp(signal?.reason));
      }
    }
  }

  #begin<T>(key: string, begin: (nobodyWaits: AbortSignal) => Promise<T>): UnderWay {
    const nobodyWaits = new AbortController();
    const shared: UnderWay = { answer: begin(nobodyWaits.signal), nobodyWaits, waiting: 0 };
    this.#underWay.set(key, shared);
    // At once, so that whoever asks after an answer or a failure gets a reading of their own.
    const end = (): void => this.#end(key, shared);
    shared.answer.then(end, end);
    return shared;
  }

  #end(key: string, shared: UnderWay): void {
    if (this.#underWay.get(key) === shared) this.#underWay.delete(key);
  }
}

/**
 * One text for equal questions of one company, and never the same for two that differ: each part is quoted, and no part is
 * shortened. The order of filters and of their values does not matter.
 */
export function keyOfQuestion(ctx: TenantContext, what: string, asked: Asked, prices: string): string {
  const where = Object.entries(asked.where)
    .map(([name, values]) => [name, [...new Set(values)].sort()])
    .sort();
  return JSON.stringify([ctx.tenantId, what, asked.from, asked.to, asked.zone, asked.by, where, asked.cut.at, prices]);
}

/**
 * Readings of which each company has one under way: whoever asks meanwhile shares the next one, which begins after they
 * asked and so knows what was there then.
 */
export class NextReadings<T> {
  readonly #running = new Map<string, Promise<T>>();
  readonly #next = new Map<string, Promise<T>>();

  read(key: string, begin: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key);
    if (running === undefined) return this.#run(key, begin);
    const waiting = this.#next.get(key);
    if (waiting !== undefined) return waiting;
    const following = (): Promise<T> => {
      this.#next.delete(key);
      return this.#run(key, begin);
    };
    const next = running.then(following, following);
    this.#next.set(key, next);
    return next;
  }

  #run(key: string, begin: () => Promise<T>): Promise<T> {
    const reading = begin();
    this.#running.set(key, reading);
    const end = (): void => {
      if (this.#running.get(key) === reading) this.#running.delete(key);
    };
    reading.then(end, end);
    return reading;
  }
}

function givenUp(cause: unknown): AnalyticsError {
  return new AnalyticsError('analytics_cancelled', 'The question was given up.', { cause });
}
