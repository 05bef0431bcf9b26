import { z } from 'zod';
import {
  sql,
  type Clock,
  type SessionId,
  type TenantId,
  type Transaction,
  type Transactions,
  type UserId,
} from '../../kernel';
import type { AuditTrail } from '../audit';
import { AUTH } from '../principals';

const MAX_COMPANIES = 100;
const tenantRow = z.object({ tenant_id: z.custom<TenantId>() });
const agedRow = z.object({ session_id: z.custom<SessionId>(), user_id: z.custom<UserId>(), since: z.date() });
type Aged = z.infer<typeof agedRow>;

/** Sign-ins that nobody ended: they were not renewed for too long, or are past their last day. */
export class SessionAging {
  constructor(
    private readonly deps: { readonly db: Transactions; readonly clock: Clock; readonly audit: AuditTrail },
  ) {}

  /** Writes down those of all companies that have aged out since it was called last; on several instances at once each once. */
  async record(): Promise<void> {
    const now = new Date(this.deps.clock.now());
    const companies = await this.deps.db.asService(
      AUTH,
      (tx) =>
        tx.query(
          sql`select distinct tenant_id from session
              where ended_at is null and (ends_at <= ${now} or idle_until <= ${now}) limit ${MAX_COMPANIES}`,
          tenantRow,
        ),
      { readOnly: true },
    );
    for (const { tenant_id: tenantId } of companies) {
      await this.deps.db.asService(AUTH, async (tx) =>
        recordAged(tx, this.deps.audit, tenantId, await endAged(tx, { tenantId, now })),
      );
    }
  }
}

/** Ends what has aged out, of a person or the whole company, as of the moment at which it did. */
export function endAged(
  tx: Transaction,
  {
    tenantId,
    userId = null,
    now,
  }: { readonly tenantId: TenantId; readonly userId?: UserId | null; readonly now: Date },
): Promise<readonly Aged[]> {
  return tx.query(
    sql`update session set ended_at = least(ends_at, idle_until)
        where tenant_id = ${tenantId} and session_id in (
          select session_id from session
          where tenant_id = ${tenantId} and (${userId}::text is null or user_id = ${userId})
            and ended_at is null and (ends_at <= ${now} or idle_until <= ${now})
          for update skip locked)
        returning session_id, user_id, ended_at as since`,
    agedRow,
  );
}

/** Call it last in a turn, as `append` says. */
export async function recordAged(
  tx: Transaction,
  audit: AuditTrail,
  tenantId: TenantId,
  aged: readonly Aged[],
): Promise<void> {
  const by = { kind: 'nobody', id: null } as const;
  for (const { session_id: subject, user_id: account, since } of aged) {
    const details = { reason: 'aged_out', since: since.toISOString() };
    await audit.append(tx, tenantId, { action: 'signed_out', by, subject, address: '', account, details });
  }
}
