import { sql } from '../../kernel';

/** A sign-in lives no longer where single sign-on is the only way in. */
export const ENFORCED_SESSION_MS = 12 * 3_600_000;

/** Whether single sign-on is the only way into the company of account `a`. */
export const isEnforced = sql`exists (
  select from sso_connection c where c.tenant_id = a.tenant_id and c.enforced_at is not null)`;

/** Whether account `a` is the owner who gets in all the same, with a password and a second factor. */
export const isEmergencyOwner = sql`exists (
  select from sso_connection c where c.tenant_id = a.tenant_id and c.emergency_user_id = a.user_id and a.role = 'owner')`;
