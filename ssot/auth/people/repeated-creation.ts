import { z } from 'zod';
import { lockOf, sql, type TenantId, type Transaction } from '../../kernel';
import type { NewTenant } from '../contract';
import { AuthError } from '../errors';
import { sha256 } from '../sealing';

const createdRow = z.object({ tenant_id: z.custom<TenantId>(), creation_content: z.instanceof(Buffer) });

/** What makes a request to create a company the same again. Without the owner's password, of which no trace is kept. */
export function contentOf(name: string, { plan, owner }: NewTenant): Buffer {
  return sha256(JSON.stringify([name, plan, owner && [owner.name, owner.email]]));
}

/**
 * The company that this request created when it came first; whoever comes with the same key at the same moment waits here.
 * Throws `idempotency_key_reused`.
 */
export async function createdBefore(
  tx: Transaction,
  { key, content }: { readonly key: string; readonly content: Buffer },
): Promise<TenantId | undefined> {
  await tx.execute(lockOf(`company of ${key}`));
  const [row] = await tx.query(
    sql`select tenant_id, creation_content from tenant where creation_key = ${key}`,
    createdRow,
  );
  if (row !== undefined && !row.creation_content.equals(content)) {
    throw new AuthError(
      'idempotency_key_reused',
      'This Idempotency-Key belongs to another company. Give each new company its own.',
      { field: 'idempotency-key' },
    );
  }
  return row?.tenant_id;
}
