import { z } from 'zod';
import { PLANS, servicePrincipal, sql, type Plan, type Sql, type Transaction } from '../../kernel';
import type { AuthDeps } from '../contract';
import { keptPlanAt } from '../people/kept-plan';
import { PLATFORM_CHAIN, type Chain } from './entry';

/** So that whoever decides something in the company meanwhile waits for a few milliseconds. */
const ENTRIES_AT_ONCE = 1_000;
const CHAINS_AT_ONCE = 100;
const DAY_MS = 86_400_000;

/** So that nobody's sign-in waits for it. */
const UPKEEP = servicePrincipal('audit-upkeep');

const chainRow = z.object({ chain: z.custom<Chain>(), plan: z.enum(PLANS).nullable() });
type ChainRow = z.infer<typeof chainRow>;
const doneRow = z.object({ done: z.number() });

/**
 * What becomes of stored entries: those older than a plan keeps are removed, and those that an earlier release has written are
 * found by the people whose account they concern. In small lots; several instances may do so at once.
 */
export class TrailUpkeep {
  constructor(private readonly deps: Pick<AuthDeps, 'db' | 'clock' | 'log' | 'plans' | 'isHeld'>) {}

  async run(closing?: AbortSignal): Promise<void> {
    for await (const { chain } of this.#chains(sql`h.accounts_seq < h.last_seq`, closing))
      await this.#inLots(closing, (tx) => call(tx, sql`find_audit_accounts(${chain}, ${ENTRIES_AT_ONCE})`));
    for await (const { chain, plan } of this.#chains(this.#hasAged(), closing)) {
      await this.#inLots(closing, async (tx) => {
        if (await this.#isKept(tx, chain)) return 0;
        return call(tx, sql`age_audit_trail(${chain}, ${this.#since(plan)}, ${ENTRIES_AT_ONCE})`);
      }).catch((error: unknown) =>
        this.deps.log.warn({ chain, reason: String(error) }, 'an audit trail could not be aged'),
      );
    }
  }

  /** Page by page, so that those of which nothing can be removed are in nobody's way. */
  async *#chains(which: Sql, closing?: AbortSignal): AsyncGenerator<ChainRow> {
    let after = '';
    while (closing?.aborted !== true) {
      const chains = await this.deps.db.asService(
        UPKEEP,
        (tx) =>
          tx.query(
            sql`select h.tenant_id as chain, ${keptPlanAt(this.deps.clock.now())} as plan from audit_head h left join tenant t using (tenant_id)
                where h.tenant_id > ${after} and ${which} order by h.tenant_id limit ${CHAINS_AT_ONCE}`,
            chainRow,
          ),
        { readOnly: true },
      );
      yield* chains;
      const last = chains.at(-1);
      if (last === undefined) return;
      after = last.chain;
    }
  }

  #hasAged(): Sql {
    const kept = keptPlanAt(this.deps.clock.now());
    const due = PLANS.map((plan) => sql`${kept} = ${plan} and e.at < ${this.#since(plan)}`);
    const ofNobody = sql`t.plan is null and e.at < ${this.#since(null)}`;
    return sql`exists (select from audit_entry e where e.tenant_id = h.tenant_id and e.seq = h.first_seq
      and (${due.reduce((all, one) => sql`${all} or ${one}`, ofNobody)}))`;
  }

  /** The platform's own trail, and that of a company that has left, are kept as long as the longest plan keeps one. */
  #since(plan: Plan | null): Date {
    const { plans, clock } = this.deps;
    const days = (of: Plan): number => plans[of].auditRetentionDays;
    return new Date(clock.now() - DAY_MS * (plan === null ? Math.max(...PLANS.map(days)) : days(plan)));
  }

  async #isKept(tx: Transaction, chain: Chain): Promise<boolean> {
    return chain !== PLATFORM_CHAIN && (await this.deps.isHeld?.(tx, { tenantId: chain })) === true;
  }

  async #inLots(closing: AbortSignal | undefined, work: (tx: Transaction) => Promise<number>): Promise<void> {
    for (let done = ENTRIES_AT_ONCE; done >= ENTRIES_AT_ONCE && closing?.aborted !== true;)
      done = await this.deps.db.asService(UPKEEP, work);
  }
}

async function call(tx: Transaction, lot: Sql): Promise<number> {
  const [row] = await tx.query(sql`select ${lot} as done`, doneRow);
  return row?.done ?? 0;
}
