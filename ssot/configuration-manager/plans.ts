import { PLANS, type Plan, type TenantContext } from '../kernel';

/**
 * What a company, or one person of it, may have at once under its plan. Whole numbers, counted over all instances unless
 * said otherwise. Modules are handed this table, or the part of it they enforce, as a value and pick the caller's row by
 * `TenantContext.plan`; the name of a limit is what a refusal tells.
 */
export interface PlanLimits {
  /** Live sign-ins of a person (AU-10). */
  readonly signInsPerPerson: number;
  /** API keys of a company that have not run out (AU-12). */
  readonly apiKeysPerTenant: number;
  /** Open connections of a person: twice the sign-ins, at least 10, so that each sign-in can move to another instance. */
  readonly connectionsPerPerson: number;
  /** Open connections of a company: a tenth of what one instance serves, so that no company fills one. */
  readonly connectionsPerTenant: number;
  /** Threads of a person, emptied ones included. What is in them ends 90 days after the last event, so 100 are more than one a day. */
  readonly threadsPerPerson: number;
  /** Threads of a company: ten people's on the smallest plan, a hundred people's on the largest. */
  readonly threadsPerTenant: number;
  /** Questions of a person that are worked on at one moment (AG-08); a thread has one. */
  readonly runsPerPerson: number;
  /** Questions of a company that are worked on at one moment (AG-08). */
  readonly runsPerTenant: number;
  /** Questions of a person that wait for their turn (AG-08). */
  readonly queuedPerPerson: number;
  /**
   * Questions of a company that wait for their turn: 20 for each that may be worked on, which is what can be answered within
   * the ten minutes that a question waits at most; at least 100, so that five people can each have their own 20.
   */
  readonly queuedPerTenant: number;
  /**
   * Different models (provider and model together) in the usage a company has reported. Providers offer some dozens; more
   * than these are ids, dates or prompts written into the wrong field.
   */
  readonly modelsPerTenant: number;
  /** Different features in the usage a company has reported: parts of its product, never ids of its own customers. */
  readonly featuresPerTenant: number;
  /** Readings of a company's usage that are under way or wait for their turn at one moment, on each instance (CH-08). */
  readonly readingsPerTenant: number;
  /** Days after a thread's last event for which its events, and all that hangs on it, are kept (WS-06). */
  readonly threadRetentionDays: number;
  /** Days after a run's end for which what it has worked out is kept (SP-13); its answer is kept with its thread. */
  readonly runRetentionDays: number;
  /** Days for which an entry of the audit trail is kept (AU-13). */
  readonly auditRetentionDays: number;
}
export type PlanLimit = keyof PlanLimits;
/** Every plan's row of those limits that a module enforces. */
export type LimitsByPlan<L extends PlanLimit = PlanLimit> = Readonly<Record<Plan, Pick<PlanLimits, L>>>;

/** The limits in force for whoever asks: their plan's, or what their company has lowered them to. */
export type LimitsFor<L extends PlanLimit = PlanLimit> = (ctx: TenantContext) => Promise<Pick<PlanLimits, L>>;

type Row = Readonly<Record<Plan, number>>;
const row = (free: number, early: number, mid: number, enterprise: number): Row => ({ free, early, mid, enterprise });

const table: Readonly<Record<PlanLimit, Row>> = {
  signInsPerPerson: row(3, 5, 10, 25),
  apiKeysPerTenant: row(50, 50, 50, 50),
  connectionsPerPerson: row(10, 10, 20, 50),
  connectionsPerTenant: row(1_000, 1_000, 1_000, 1_000),
  threadsPerPerson: row(100, 500, 2_000, 10_000),
  threadsPerTenant: row(1_000, 10_000, 100_000, 1_000_000),
  runsPerPerson: row(3, 3, 3, 3),
  runsPerTenant: row(2, 5, 10, 50),
  queuedPerPerson: row(20, 20, 20, 20),
  queuedPerTenant: row(100, 100, 200, 1_000),
  modelsPerTenant: row(50, 100, 200, 500),
  featuresPerTenant: row(100, 200, 500, 2_000),
  readingsPerTenant: row(2, 4, 8, 16),
  threadRetentionDays: row(90, 90, 90, 90),
  runRetentionDays: row(1, 7, 30, 365),
  auditRetentionDays: row(30, 90, 180, 365),
};

function limitsOf(plan: Plan): PlanLimits {
  const limits = Object.entries(table).map(([limit, of]) => [limit, of[plan]] as const);
  return Object.freeze(Object.fromEntries(limits)) as unknown as PlanLimits;
}

/** The one table of limits by plan. */
export const plans: LimitsByPlan = Object.freeze(
  Object.fromEntries(PLANS.map((plan) => [plan, limitsOf(plan)] as const)),
) as LimitsByPlan;

/** Limits as a table of plans has them, without a company's own. */
export function limitsOfPlans<L extends PlanLimit>(table: LimitsByPlan<L>): LimitsFor<L> {
  return ({ plan }) => Promise.resolve(table[plan]);
}
