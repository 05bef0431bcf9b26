import { sql, type SessionId, type TenantId, type Transaction } from '../../kernel';
import { sha256 } from '../sealing';

/** Only its hash is stored; nothing of a sign-in that is not there. */
export async function storeRefreshToken(
  tx: Transaction,
  refresh: string,
  of: { readonly tenantId: TenantId; readonly sessionId: SessionId; readonly device: string; readonly issuedAt: Date },
): Promise<void> {
  await tx.execute(sql`
    insert into refresh_token (tenant_id, hash, session_id, device_hash, issued_at)
    select tenant_id, ${sha256(refresh)}::bytea, session_id, ${sha256(of.device)}::bytea, ${of.issuedAt}::timestamptz
    from session where tenant_id = ${of.tenantId} and session_id = ${of.sessionId}`);
}
