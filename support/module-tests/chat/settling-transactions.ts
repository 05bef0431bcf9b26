import { setImmediate as turn } from 'node:timers/promises';
import {
  PlatformError,
  type ServicePrincipal,
  type TenantContext,
  type Transaction,
  type TransactionOptions,
  type Transactions,
} from '../../../ssot/kernel';

/** So many turns of the event loop without anything happening mean that nothing more will happen. */
const QUIET_TURNS = 25;
/** More turns than anything in a test takes: whatever is not quiet by then never will be. */
const MAX_TURNS = 10_000;

/**
 * Real PostgreSQL, watched: so that "nothing more came" is known instead of waited for, and so that reads can be counted
 * and refused.
 */
export class SettlingTransactions implements Transactions {
  /** Whatever only reads is refused when not. */
  answersReads = true;
  /** Read-only transactions of people. */
  reads = 0;
  /** What happens between the next read and its return. */
  duringNextRead: (() => Promise<unknown>) | null = null;
  #busy = 0;
  #lastSign = 0;
  #freed: (() => void)[] = [];

  constructor(private readonly inner: Transactions) {}

  transaction<T>(ctx: TenantContext, body: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> {
    if (options?.readOnly !== true) return this.#watch(() => this.inner.transaction(ctx, body, options), options);
    this.reads += 1;
    const then = this.duringNextRead;
    this.duringNextRead = null;
    return this.#watch(async () => {
      const found = await this.inner.transaction(ctx, body, options);
      await then?.();
      return found;
    }, options);
  }

  asService<T>(who: ServicePrincipal, body: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return this.#watch(() => this.inner.asService(who, body, options), options);
  }

  /** Whatever else must be over before it is quiet. */
  during<T>(work: () => Promise<T>): Promise<T> {
    return this.#watch(work);
  }

  /** Something arrived somewhere: it is not quiet yet. */
  sign(): void {
    this.#lastSign += 1;
  }

  /** Resolves when all that follows from what was done has happened. */
  async settled(): Promise<void> {
    let seen = this.#lastSign;
    for (let quiet = 0, turns = 0; quiet < QUIET_TURNS; quiet++, turns++) {
      if (turns > MAX_TURNS) throw new Error('it never gets quiet: the same happens again and again');
      if (this.#busy > 0) await new Promise<void>((freed) => this.#freed.push(freed));
      await turn();
      if (this.#busy > 0 || seen !== this.#lastSign) quiet = 0;
      seen = this.#lastSign;
    }
  }

  async #watch<T>(work: () => Promise<T>, options?: TransactionOptions): Promise<T> {
    if (!this.answersReads && options?.readOnly === true) {
      throw new PlatformError({ code: 'database_unavailable', message: 'PostgreSQL is away.', retryable: true });
    }
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      this.sign();
      if (this.#busy === 0) for (const freed of this.#freed.splice(0)) freed();
    }
  }
}
