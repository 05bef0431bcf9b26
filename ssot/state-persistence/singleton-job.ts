import { z } from 'zod';
import { servicePrincipal, sql, type Clock, type Sql, type Transactions } from '../kernel';
import { moment } from './working-state-rows';

const JOBS = servicePrincipal('singleton-jobs');
const countedRow = z.object({ counted: z.coerce.number() });

export interface SingletonJobDeps {
  readonly db: Transactions;
  readonly time: 'server' | Clock;
}

/**
 * A job of the platform as a whole: whichever instance finds it due does it, and the others leave it alone until it is due again. One
 * that was killed at it is followed when that time is over; one that failed has given it back.
 */
export class SingletonJob {
  constructor(
    private readonly deps: SingletonJobDeps,
    /** Unique among the platform's jobs, and the same in all releases. */
    private readonly name: string,
    private readonly everyMs: number,
  ) {}

  /** Does the work if it is due; resolves with what was counted last, by whichever instance, 0 before the first time. */
  async run(work: () => Promise<number>): Promise<number> {
    if (await this.#claim()) {
      try {
        await this.#update(sql`counted = ${await work()}`);
      } catch (error) {
        // What failed is told, also when it cannot be given back: then it is due when that time is over.
        await this.#update(sql`due_at = ${this.#now}`).catch(() => undefined);
        throw error;
      }
    }
    const [last] = await this.deps.db.asService(
      JOBS,
      (tx) => tx.query(sql`select counted from singleton_job where name = ${this.name}`, countedRow),
      { readOnly: true },
    );
    return last?.counted ?? 0;
  }

  /**
   * In one statement, so that of several instances one has it. What is due more than a period later was entered by a clock that
   * went ahead; a little later, by somebody who came a moment after this one and was quicker.
   */
  async #claim(): Promise<boolean> {
    const period = sql`${this.everyMs} * interval '1 millisecond'`;
    const { rows } = await this.deps.db.asService(JOBS, (tx) =>
      tx.execute(sql`
        insert into singleton_job (name, due_at) values (${this.name}, ${this.#now} + ${period})
        on conflict (name) do update set due_at = excluded.due_at
          where singleton_job.due_at <= ${this.#now} or singleton_job.due_at > excluded.due_at + ${period}`),
    );
    return rows > 0;
  }

  async #update(change: Sql): Promise<void> {
    await this.deps.db.asService(JOBS, (tx) =>
      tx.execute(sql`update singleton_job set ${change} where name = ${this.name}`),
    );
  }

  get #now(): Sql {
    return moment(this.deps.time);
  }
}
