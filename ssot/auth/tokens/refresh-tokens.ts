import { sql, type SessionId, type TenantId, type Transaction } from '../../kernel';
import { sha256 } from '../sealing';

/** Only its hash is stored. */
export async function storeRefreshToken(
  tx: Transaction,
  refresh: string,
  of: { readonly tenantId: TenantId; readonly sessionId: SessionId; readonly device: string; readonly issuedAt: Date },
): Promise<void> {
  await tx.execute(sql`
    insert into refresh_token (tenant_id, hash, session_id, device_hash, issued_at)
    values (${of.tenantId}, ${sha256(refresh)}, ${of.sessionId}, ${sha256(of.device)}, ${of.issuedAt})`);
}
