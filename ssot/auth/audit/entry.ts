import { z } from 'zod';
import { readId } from '../../id-manager';
import type { TenantId, UserId } from '../../kernel';

/** Every kind of decision that leaves an entry. */
export type AuditAction =
  | 'sign_in'
  | 'sign_in_refused'
  | 'sign_in_locked'
  | 'company_created'
  | 'company_suspended'
  | 'company_restored'
  | 'plan_changed'
  | 'time_zone_changed'
  | 'person_added'
  | 'person_removed'
  | 'role_changed'
  | 'password_changed'
  | 'factor_confirmed'
  | 'factor_removed'
  | 'backup_codes_replaced'
  | 'stepped_up'
  | 'api_key_created'
  | 'api_key_revoked'
  | 'signed_out'
  | 'renewal_reused'
  | 'identity_linked'
  | 'sso_connected'
  | 'sso_disconnected'
  | 'sso_enforced'
  | 'sso_lifted'
  | 'domain_claimed'
  | 'domain_proven'
  | 'domain_dropped'
  | 'erasure_requested'
  | 'data_exported'
  | 'hold_placed'
  | 'hold_lifted';

/** Who decided. People by their id only, so that erasing a person leaves the chain whole; operators by name; `provider`: the company's own. */
export interface AuditActor {
  readonly kind: 'person' | 'operator' | 'provider' | 'nobody';
  readonly id: string | null;
}

/** The chain of decisions that concern no company, such as a sign-in with an e-mail that nobody has. */
export const PLATFORM_CHAIN = 'platform';
export type Chain = TenantId | typeof PLATFORM_CHAIN;

/** A decision, as it is written down. Never holds a name, an e-mail or a secret. */
export interface AuditEvent {
  readonly action: AuditAction;
  readonly by: AuditActor;
  /** Whom or what it is about: the id of a person, of a key; null where that is the company itself. */
  readonly subject: string | null;
  /** The caller's address, as the trusted proxies say. */
  readonly address: string;
  /** Whose account it happened to, where neither the subject nor who decided is that person. */
  readonly account?: UserId;
  /** What was decided, in a few words or values: a role, a plan, a method. */
  readonly details?: Readonly<Record<string, string>>;
}

/** An entry as it is stored. Lenient: an older release reads what a newer one has written. */
export const storedEntry = z.object({
  action: z.string(),
  by: z.object({ kind: z.string(), id: z.string().nullable() }),
  subject: z.string().nullable(),
  address: z.string(),
  details: z.record(z.string(), z.string()).default({}),
});

/** The text that is stored, and hashed as it is. */
export function entryText({ action, by, subject, address, details = {} }: AuditEvent): string {
  return JSON.stringify({ action, by: { kind: by.kind, id: by.id }, subject, address, details });
}

/** Whose account an event concerns, who is shown it: whom it is about, else who did it; null where that is nobody's. */
export function accountOf({ account, subject, by }: AuditEvent): UserId | null {
  if (account !== undefined) return account;
  const about = readId('user', subject ?? '');
  if (about.ok) return subject as UserId;
  return by.kind === 'person' ? (by.id as UserId) : null;
}
