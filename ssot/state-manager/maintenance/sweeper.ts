import { z } from 'zod';
import { type Clock, type DurableStore, type Logger, Script } from '../../kernel';
import { tenantIdOf } from '../keys';
import { NEARLY_FULL, SWEEP_BATCH, SWEEP_EVERY_MS, SWEEP_LATE_MS } from '../limits';
import { ENTRIES } from '../records/entry-script';
import type { RecordStore } from '../records/record-store';
import { REMOVING } from '../redis/script';

/** Answers how many were removed, what the tenant uses now, and how many entries it has, copies of durable ones included. */
const SWEEP = new Script(`${REMOVING}${ENTRIES}
local removed = remove_expired(${SWEEP_BATCH})
return {removed, used('n'), used('b'), redis.call('ZCARD', T .. 'xp')}`);
const swept = z.tuple([z.number(), z.number(), z.number(), z.number()]);

/** Removes what has expired and nobody reads again, every 30 seconds, and notices on its way which tenants are nearly full. */
export class Sweeper {
  #nearlyFull = 0;
  #doneAt: number;
  #next: Disposable;
  #turn: Promise<void> | undefined;
  #isDue = false;
  #isStopping = false;

  constructor(
    private readonly deps: {
      readonly durable: DurableStore;
      readonly store: RecordStore;
      readonly clock: Clock;
      readonly logger: Logger;
    },
  ) {
    this.#doneAt = deps.clock.monotonic();
    this.#next = this.#later();
  }

  /** Tenants with at least 90 % of a quota, as the last turn found them. */
  get nearlyFull(): number {
    return this.#nearlyFull;
  }

  get isLate(): boolean {
    return this.deps.clock.monotonic() - this.#doneAt > SWEEP_LATE_MS;
  }

  /** Resolves when the tenant at hand is done; the next turn, of whichever instance, finds the rest. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#next[Symbol.dispose]();
    await this.#turn;
  }

  #later(): Disposable {
    return this.deps.clock.after(SWEEP_EVERY_MS, () => {
      this.#next = this.#later();
      this.#isDue = true;
      this.#turn ??= this.#sweepWhileDue().finally(() => (this.#turn = undefined));
    });
  }

  /** What has become due several times meanwhile is done once. */
  async #sweepWhileDue(): Promise<void> {
    while (this.#isDue && !this.#isStopping) {
      this.#isDue = false;
      await this.#sweep();
    }
  }

  async #sweep(): Promise<void> {
    const { store, durable, clock, logger } = this.deps;
    const { tenantEntries, tenantBytes } = store.limits;
    let nearlyFull = 0;
    try {
      for (const tenant of await store.tenants.all()) {
        if (this.#isStopping) return;
        let [removed, entries, bytes, left] = await this.#sweepVolatile(tenant);
        while (removed === SWEEP_BATCH) [removed, entries, bytes, left] = await this.#sweepVolatile(tenant);
        if (left === 0) await store.tenants.forget(tenant);
        if (entries >= NEARLY_FULL * tenantEntries || bytes >= NEARLY_FULL * tenantBytes) nearlyFull += 1;
      }
      this.#nearlyFull = nearlyFull;
      this.#doneAt = clock.monotonic();
      for (const tenant of await store.durableTenants.all()) {
        if (this.#isStopping) return;
        if (await durable.sweep(tenantIdOf(tenant))) await store.durableTenants.forget(tenant);
      }
    } catch (error) {
      // The next turn finds the rest; health names it when none has come through for two minutes.
      logger.warn({ reason: String(error) }, 'a sweep was broken off');
    }
  }

  async #sweepVolatile(tenant: string): Promise<z.infer<typeof swept>> {
    return swept.parse(await this.deps.store.run(SWEEP, tenant, []));
  }
}
