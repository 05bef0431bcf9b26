import { PLANS, sql, type Plan, type Sql } from '../../kernel';

/** For so long after a change to a smaller plan everything is kept as on the larger one. */
const GRACE_DAYS = 30;
const DAY_MS = 86_400_000;

/** By the rules of which plan what a company has is kept at a time: a column of `tenant`. */
export function keptPlanAt(now: number): Sql {
  return sql`case when kept_until > ${new Date(now)} then kept_plan else plan end`;
}

/** What is kept by the rules of `kept`, until when, once a company on `from` has moved on to `to`; null: by those of `to`. */
export function graceOf(
  { from, kept, until }: { readonly from: Plan; readonly kept: Plan; readonly until: Date | null },
  to: Plan,
  now: number,
): { readonly plan: Plan | null; readonly until: Date | null } {
  if (!isLarger(kept, to)) return { plan: null, until: null };
  return { plan: kept, until: isLarger(from, to) ? new Date(now + GRACE_DAYS * DAY_MS) : until };
}

function isLarger(one: Plan, other: Plan): boolean {
  return PLANS.indexOf(one) > PLANS.indexOf(other);
}
