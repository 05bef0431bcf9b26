import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Clock, DurableBack, Logger } from '../kernel';
import { DURABLE_COMPANIES } from './durable';
import type { Hot } from './hot';
import { tenantOf } from './keys';
import { NEARLY_FULL, SWEEP_EVERY_MS, SWEEP_LATE_MS, SWEEP_TURN } from './limits';
import { SWEEP } from './scripts';
import type { Store } from './store';

const swept = z.tuple([z.number(), z.number(), z.number()]);

/** Ends what nobody reads again, every 30 seconds, and notices on its way which companies are nearly full. */
export class Sweeper implements Disposable {
  #nearlyFull = 0;
  #doneAt: number;
  #next: Disposable;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly ports: {
      readonly redis: Redis;
      readonly hot: Hot;
      readonly durable: DurableBack;
      readonly clock: Clock;
      readonly log: Logger;
    },
    private readonly store: Store,
  ) {
    this.#doneAt = ports.clock.monotonic();
    this.#next = this.#later();
  }

  /** Companies with at least 90 % of a ceiling, as the last turn found them. */
  get nearlyFull(): number {
    return this.#nearlyFull;
  }

  get isLate(): boolean {
    return this.ports.clock.monotonic() - this.#doneAt > SWEEP_LATE_MS;
  }

  /** Ends no turn half-way. */
  async stop(): Promise<void> {
    this[Symbol.dispose]();
    await this.#turn;
  }

  [Symbol.dispose](): void {
    this.#next[Symbol.dispose]();
  }

  #later(): Disposable {
    return this.ports.clock.after(SWEEP_EVERY_MS, () => {
      this.#next = this.#later();
      this.#turn = this.#turn.then(() => this.#sweep());
    });
  }

  async #sweep(): Promise<void> {
    const { hot, redis, clock, log } = this.ports;
    const { tenantEntries, tenantBytes } = this.store.limits;
    let nearlyFull = 0;
    try {
      for (const company of await hot.limited(() => redis.smembers('sm:tenants'))) {
        let [ended, entries, bytes] = await this.#sweepOne(company);
        while (ended === SWEEP_TURN) [ended, entries, bytes] = await this.#sweepOne(company);
        if (entries >= NEARLY_FULL * tenantEntries || bytes >= NEARLY_FULL * tenantBytes) nearlyFull += 1;
      }
      this.#nearlyFull = nearlyFull;
      this.#doneAt = clock.monotonic();
      for (const company of await hot.limited(() => redis.smembers(DURABLE_COMPANIES)))
        await this.#sweepDurable(company);
    } catch (error) {
      // The next turn finds the rest; health tells when none has come through for two minutes.
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'a sweep was broken off');
    }
  }

  /** Off the list first, and back on it when something is left: whoever writes meanwhile puts it there too. */
  async #sweepDurable(company: string): Promise<void> {
    const { hot, redis, durable } = this.ports;
    await hot.limited(() => redis.srem(DURABLE_COMPANIES, company));
    let isEmpty = false;
    try {
      isEmpty = await durable.sweep(tenantOf(company));
    } finally {
      if (!isEmpty) await hot.limited(() => redis.sadd(DURABLE_COMPANIES, company));
    }
  }

  async #sweepOne(company: string): Promise<[number, number, number]> {
    return swept.parse(await this.store.run(SWEEP, company, [SWEEP_TURN]));
  }
}
