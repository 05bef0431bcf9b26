import { servicePrincipal, sql, type Clock, type DurableChange, type Logger, type Transactions } from '../kernel';
import { changeRow } from './working-state-rows';

const TELLER = servicePrincipal('working-state-telling');
const AGAIN_MS = 1_000;
const SEARCH_MS = 30_000;
const AT_ONCE = 500;
/** What does not fit here is found by the search. */
const MOST_LATE = 1_000;

interface Late {
  readonly change: DurableChange;
  readonly since: number;
}

/**
 * Tells committed changes, first from the writer's own memory, then again every second, and finally, when the writer is
 * gone, by whoever finds them in the table. The listener recognises what it has heard by its stamp.
 */
export class Telling {
  #deliver: ((change: DurableChange) => Promise<void>) | undefined;
  #late: Late[] = [];
  readonly #done: DurableChange[] = [];
  #isForgetting = false;
  #orphansMs = 0;
  #timers: Disposable[] = [];
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly deps: {
      readonly warm: Transactions;
      readonly clock: Clock;
      readonly log: Logger;
      readonly orphanedMs: number;
    },
  ) {}

  listen(deliver: (change: DurableChange) => Promise<void>): AsyncDisposable {
    this.#deliver = deliver;
    this.#every(AGAIN_MS, () => this.#tellLate());
    this.#every(SEARCH_MS, () => this.#search());
    return {
      [Symbol.asyncDispose]: async () => {
        this.#deliver = undefined;
        for (const timer of this.#timers) timer[Symbol.dispose]();
        await Promise.all(this.#underWay);
      },
    };
  }

  get behindMs(): number {
    const [oldest] = this.#late;
    const lateMs = oldest === undefined ? 0 : this.deps.clock.monotonic() - oldest.since;
    return Math.max(lateMs, this.#orphansMs);
  }

  /** In order; false when some of them must be told again. What fails fails for all that follow: nobody waits twice. */
  async tell(changes: readonly DurableChange[]): Promise<boolean> {
    let isTold = true;
    for (const change of changes) {
      isTold &&= !this.#isBehind(change) && (await this.#told(change));
      if (isTold) this.#done.push(change);
      else if (this.#late.length < MOST_LATE) this.#late.push({ change, since: this.deps.clock.monotonic() });
    }
    if (!this.#isForgetting) this.#run(this.#forgetDone());
    return isTold;
  }

  async #told(change: DurableChange): Promise<boolean> {
    try {
      await this.#deliver?.(change);
      return this.#deliver !== undefined;
    } catch (error) {
      this.deps.log.warn({ reason: reasonOf(error) }, 'a change of durable state is told again later');
      return false;
    }
  }

  /** An earlier change of the entry has not been told yet. */
  #isBehind(change: DurableChange): boolean {
    return this.#late.some((late) => entryOf(late.change) === entryOf(change));
  }

  /** What comes while one statement is under way goes with the next. */
  async #forgetDone(): Promise<void> {
    this.#isForgetting = true;
    try {
      while (this.#done.length > 0) await this.#forget(this.#done.splice(0, AT_ONCE));
    } finally {
      this.#isForgetting = false;
    }
  }

  async #tellLate(): Promise<void> {
    const tried = this.#late.map(({ change }) => change);
    const failed = await this.#tellEach(tried);
    this.#late = this.#late.filter(({ change }) => failed.includes(change) || !tried.includes(change));
    await this.#forgetDone();
  }

  /** Answers those that must be told again. One that cannot be told holds up its own entry and nobody else's. */
  async #tellEach(changes: readonly DurableChange[]): Promise<readonly DurableChange[]> {
    const failed: DurableChange[] = [];
    for (const change of changes) {
      const isHeldUp = failed.some((one) => entryOf(one) === entryOf(change));
      if (isHeldUp || !(await this.#told(change))) failed.push(change);
      else this.#done.push(change);
    }
    return failed;
  }

  /** What writers that are gone have left. */
  async #search(): Promise<void> {
    const { warm, orphanedMs } = this.deps;
    const found = await warm.asService(TELLER, async (tx) => {
      const rows = await tx.query(
        sql`select tenant_id, owner, name, op, version, stamp,
              extract(epoch from clock_timestamp() - queued_at) * 1000 as age from working_state_change
            where queued_at <= clock_timestamp() - ${orphanedMs} * interval '1 millisecond' order by stamp limit ${AT_ONCE}`,
        changeRow,
      );
      // The service login sees no contents: the copy goes, and whoever reads the entry next fetches it.
      return rows.map(({ tenant_id: tenantId, age, ...row }) => ({ change: { tenantId, ...row, now: null }, age }));
    });
    const failed = await this.#tellEach(found.map(({ change }) => change));
    this.#orphansMs = found.find(({ change }) => failed.includes(change))?.age ?? 0;
    await this.#forgetDone();
  }

  /** What is told twice because this fails is recognised by its stamp. */
  async #forget(changes: readonly DurableChange[]): Promise<void> {
    const [tenants, stamps] = [changes.map(({ tenantId }) => tenantId), changes.map(({ stamp }) => stamp)];
    await this.deps.warm.asService(TELLER, (tx) =>
      tx.execute(sql`delete from working_state_change where (tenant_id, stamp) in
        (select * from unnest(${tenants}::text[], ${stamps}::bigint[]))`),
    );
  }

  #run(work: Promise<void>): void {
    const running = work
      .catch((error: unknown) => {
        this.deps.log.warn({ reason: reasonOf(error) }, 'changes of durable state are found again by the search');
      })
      .finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
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
