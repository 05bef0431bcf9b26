import { PlatformError } from './errors';
import type { TenantId, UserId } from './id';

export const PLANS = ['free', 'early', 'mid', 'enterprise'] as const;
export type Plan = (typeof PLANS)[number];

/** What operators may; their keys open nothing of a company. */
export const OPERATOR_PERMISSIONS = ['operations:read', 'operations:write'] as const;

/** Everything that anybody may be allowed. Each published operation names the one that it needs; roles and keys have some. */
export const PERMISSIONS = [
  'account:use',
  'chat:use',
  'usage:read',
  'usage:write',
  'reports:publish',
  'settings:read',
  'settings:write',
  'people:manage',
  'owners:manage',
  'keys:manage',
  'sso:manage',
  'audit:read',
  ...OPERATOR_PERMISSIONS,
] as const;
export type Permission = (typeof PERMISSIONS)[number];

const verified = new WeakSet<TenantContext>();

/**
 * Who asks, for which company, with which rights. Every operation on customer data takes one, and only code that has
 * verified credentials makes one (`vouchFor`). It is frozen, and an object that merely looks like one is refused.
 */
export interface TenantContext {
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly plan: Plan;
  readonly permissions: readonly Permission[];
}

/**
 * Seals facts that the caller has verified. Called by auth; and, with no permission at all, by agent-registry for an asker
 * whom auth does not know any more, so that the story of a stored run gets its ending.
 */
export function vouchFor(facts: TenantContext): TenantContext {
  const context = Object.freeze({ ...facts, permissions: Object.freeze([...facts.permissions]) });
  verified.add(context);
  return context;
}

/** The check at every entry: throws `context_unverified` for anything that `vouchFor` did not make. */
export function assertVerified(context: TenantContext): void {
  if (typeof context !== 'object' || context === null || !verified.has(context)) {
    throw new PlatformError({
      code: 'context_unverified',
      message: 'This operation needs a tenant context made from verified credentials; sign in first.',
    });
  }
}

/** Denies by default. */
export function allows(context: TenantContext, need: Permission): boolean {
  return context.permissions.includes(need);
}

/** Throws `not_allowed`, naming the missing permission. */
export function assertAllowed(context: TenantContext, need: Permission): void {
  assertVerified(context);
  if (!allows(context, need)) {
    throw new PlatformError({
      code: 'not_allowed',
      message: `This needs the permission "${need}". Ask an administrator of your company for it.`,
    });
  }
}
