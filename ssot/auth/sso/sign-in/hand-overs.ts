import { sql, type Sql, type TenantId, type Transaction } from '../../../kernel';

/** For so long a browser may come with what the provider has said. */
export const HAND_OVER_MS = 60_000;

/**
 * What a provider has said that does not count any more opens nothing. Whoever comes with it at this moment is waited for, so
 * end sign-ins after it.
 */
export async function forgetHandOvers(tx: Transaction, tenantId: TenantId, which: Sql = sql`true`): Promise<void> {
  await tx.execute(sql`
    update provider_sign_in set hand_over_hash = null
    where tenant_id = ${tenantId} and hand_over_hash is not null and ${which}`);
}
