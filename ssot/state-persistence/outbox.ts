import { servicePrincipal, sql, type Clock, type DurableChange, type Logger, type Transactions } from '../kernel';
import { changeRow } from './working-state-rows';

const RELAY = servicePrincipal('working-state-outbox');
const RETRY_EVERY_MS = 1_000;
const SEARCH_EVERY_MS = 30_000;
const BATCH = 500;
/** What does not fit here is found by the search. */
const MAX_PENDING = 1_000;

interface Pending {
  readonly change: DurableChange;
  readonly since: number;
}

export interface OutboxDeps {
  readonly warm: Transactions;
  readonly clock: Clock;
  readonly log: Logger;
  readonly orphanedMs: number;
}

/**
 * Delivers committed changes, first from the writer's own memory, then again every second, and finally, when the writer is
 * gone, by whoever finds them in the table. The subscriber recognises a repeat by its stamp.
 */
export class OutboxRelay {
  #deliver: ((change: DurableChange) => Promise<void>) | undefined;
  #pending: Pending[] = [];
  readonly #delivered: DurableChange[] = [];
  #isDeleting = false;
  #orphansMs = 0;
  #timers: Disposable[] = [];
  readonly #inFlight = new Set<Promise<unknown>>();

  constructor(private readonly deps: OutboxDeps) {}

  subscribe(deliver: (change: DurableChange) => Promise<void>): AsyncDisposable {
    this.#deliver = deliver;
    this.#every(RETRY_EVERY_MS, () => this.#retryPending());
    this.#every(SEARCH_EVERY_MS, () => this.#deliverOrphans());
    return {
      [Symbol.asyncDispose]: async () => {
        this.#deliver = undefined;
        for (const timer of this.#timers) timer[Symbol.dispose]();
        await Promise.all(this.#inFlight);
      },
    };
  }

  get behindMs(): number {
    const [oldest] = this.#pending;
    const pendingMs = oldest === undefined ? 0 : this.deps.clock.monotonic() - oldest.since;
    return Math.max(pendingMs, this.#orphansMs);
  }

  /** In order; false when some of them must be delivered again. What fails fails for all that follow: nobody waits twice. */
  async publish(changes: readonly DurableChange[]): Promise<boolean> {
    let isDelivered = true;
    for (const change of changes) {
      isDelivered &&= !this.#isBehind(change) && (await this.#tryToDeliver(change));
      if (isDelivered) this.#delivered.push(change);
      else if (this.#pending.length < MAX_PENDING) this.#pending.push({ change, since: this.deps.clock.monotonic() });
    }
    if (!this.#isDeleting) this.#run(this.#deleteDelivered());
    return isDelivered;
  }

  async #tryToDeliver(change: DurableChange): Promise<boolean> {
    try {
      await this.#deliver?.(change);
      return this.#deliver !== undefined;
    } catch (error) {
      this.deps.log.warn({ reason: reasonOf(error) }, 'a change of durable state is delivered again later');
      return false;
    }
  }

  /** An earlier change of the entry has not been delivered yet. */
  #isBehind(change: DurableChange): boolean {
    return this.#pending.some((pending) => entryOf(pending.change) === entryOf(change));
  }

  /** What comes while one statement is in flight goes with the next. */
  async #deleteDelivered(): Promise<void> {
    this.#isDeleting = true;
    try {
      while (this.#delivered.length > 0) await this.#delete(this.#delivered.splice(0, BATCH));
    } finally {
      this.#isDeleting = false;
    }
  }

  async #retryPending(): Promise<void> {
    const tried = this.#pending.map(({ change }) => change);
    const failed = await this.#deliverEach(tried);
    this.#pending = this.#pending.filter(({ change }) => failed.includes(change) || !tried.includes(change));
    await this.#deleteDelivered();
  }

  /** Answers those that must be delivered again. One that cannot be delivered holds up its own entry and nobody else's. */
  async #deliverEach(changes: readonly DurableChange[]): Promise<readonly DurableChange[]> {
    const failed: DurableChange[] = [];
    for (const change of changes) {
      const isHeldUp = failed.some((one) => entryOf(one) === entryOf(change));
      if (isHeldUp || !(await this.#tryToDeliver(change))) failed.push(change);
      else this.#delivered.push(change);
    }
    return failed;
  }

  /** What writers that are gone have left. */
  async #deliverOrphans(): Promise<void> {
    const { warm, orphanedMs } = this.deps;
    const found = await warm.asService(RELAY, async (tx) => {
      const rows = await tx.query(
        sql`select tenant_id, owner, name, op, version, stamp,
              extract(epoch from clock_timestamp() - queued_at) * 1000 as age from working_state_change
            where queued_at <= clock_timestamp() - ${orphanedMs} * interval '1 millisecond' order by stamp limit ${BATCH}`,
        changeRow,
      );
      // The service login sees no contents: the copy goes, and whoever reads the entry next fetches it.
      return rows.map(({ tenant_id: tenantId, age, ...row }) => ({ change: { tenantId, ...row, current: null }, age }));
    });
    const failed = await this.#deliverEach(found.map(({ change }) => change));
    this.#orphansMs = found.find(({ change }) => failed.includes(change))?.age ?? 0;
    await this.#deleteDelivered();
  }

  /** What is delivered twice because this fails is recognised by its stamp. */
  async #delete(changes: readonly DurableChange[]): Promise<void> {
    const [tenants, stamps] = [changes.map(({ tenantId }) => tenantId), changes.map(({ stamp }) => stamp)];
    await this.deps.warm.asService(
      RELAY,
      (tx) =>
        tx.execute(sql`delete from working_state_change where (tenant_id, stamp) in
          (select * from unnest(${tenants}::text[], ${stamps}::bigint[]))`),
      { commitAlong: true },
    );
  }

  #run(work: Promise<void>): void {
    const running = work
      .catch((error: unknown) => {
        this.deps.log.warn({ reason: reasonOf(error) }, 'changes of durable state are found again by the search');
      })
      .finally(() => this.#inFlight.delete(running));
    this.#inFlight.add(running);
  }

  /** One turn at a time: the next begins when this one is over. */
  #every(ms: number, work: () => Promise<void>): void {
    const again = (): void => {
      if (this.#deliver === undefined) return;
      const timer = this.deps.clock.after(ms, () => {
        this.#timers = this.#timers.filter((one) => one !== timer);
        this.#run(work().finally(again));
      });
      this.#timers.push(timer);
    };
    again();
  }
}

function entryOf({ tenantId, owner, name }: DurableChange): string {
  return `${tenantId} ${owner} ${name}`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
