import { z } from 'zod';
import { sql, type Clock, type TenantId, type Transaction, type UserId } from '../../kernel';
import { AuthError } from '../errors';
import type { Seal } from '../sealing';
import { backupCodeIn } from './backup-codes';
import { stepOfCode } from './totp';

const WITHIN_MS = 15 * 60_000;
const MAX_WRONG = 10;
const PAUSE_MS = 15 * 60_000;

export interface FactorOwner {
  readonly tenantId: TenantId;
  readonly userId: UserId;
}
/** How somebody proved it, as tokens and the audit trail say it. */
export type FactorMethod = 'otp' | 'backup';

const factorRow = z.object({ sealed_secret: z.instanceof(Buffer), last_step: z.coerce.number() });
const pauseRow = z.object({ paused_until: z.date().nullable() });

/** A sealed secret opens for its owner alone. */
export function sealedFor({ tenantId, userId }: FactorOwner): string {
  return `totp ${tenantId} ${userId}`;
}

/**
 * Judges a code of somebody's confirmed second factor, each of which works once: their app's, or a backup code. The try is
 * counted first, and the turn must be committed whatever the outcome. Throws `rate_limited` with the wait after ten wrong
 * ones within 15 minutes, whoever tried them.
 */
export async function checkCode(
  tx: Transaction,
  deps: { readonly clock: Clock; readonly seal: Seal },
  owner: FactorOwner,
  code: string,
): Promise<FactorMethod | 'wrong'> {
  const now = deps.clock.now();
  const factor = await countTry(tx, owner, now);
  const { sealed_secret, last_step: lastStep } = factor;
  const step = stepOfCode(deps.seal.open(sealed_secret, sealedFor(owner)), code, { now, lastStep });
  if (step !== undefined) {
    await forgetTries(tx, owner, step);
    return 'otp';
  }
  if (!(await useBackupCode(tx, deps.seal, owner, code))) return 'wrong';
  await forgetTries(tx, owner, lastStep);
  return 'backup';
}

/** One at a time for each factor: its row stays locked until the turn ends. */
async function countTry(tx: Transaction, owner: FactorOwner, now: number): Promise<z.infer<typeof factorRow>> {
  const { tenantId, userId } = owner;
  const since = new Date(now - WITHIN_MS);
  const [factor] = await tx.query(
    sql`update totp_factor set
          wrong = case when wrong_since > ${since} then wrong + 1 else 1 end,
          wrong_since = case when wrong_since > ${since} then wrong_since else ${new Date(now)} end,
          paused_until = case when wrong_since > ${since} and wrong + 1 >= ${MAX_WRONG}
            then ${new Date(now + PAUSE_MS)}::timestamptz end
        where tenant_id = ${tenantId} and user_id = ${userId} and confirmed_at is not null
          and (paused_until is null or paused_until <= ${new Date(now)})
        returning sealed_secret, last_step`,
    factorRow,
  );
  if (factor !== undefined) return factor;
  const [paused] = await tx.query(
    sql`select paused_until from totp_factor where tenant_id = ${tenantId} and user_id = ${userId}`,
    pauseRow,
  );
  if (!paused?.paused_until) throw new AuthError('not_found', 'There is no second factor.');
  throw new AuthError('rate_limited', 'Too many codes were wrong. Wait before the next one.', {
    retryAfterMs: Math.max(1, paused.paused_until.getTime() - now),
    limit: { name: 'wrongCodesPerFactor', max: MAX_WRONG },
  });
}

async function forgetTries(tx: Transaction, { tenantId, userId }: FactorOwner, lastStep: number): Promise<void> {
  await tx.execute(sql`
    update totp_factor set wrong = 0, wrong_since = null, paused_until = null, last_step = ${lastStep}
    where tenant_id = ${tenantId} and user_id = ${userId}`);
}

async function useBackupCode(tx: Transaction, seal: Seal, owner: FactorOwner, text: string): Promise<boolean> {
  const code = backupCodeIn(text);
  if (code === undefined) return false;
  const { tenantId, userId } = owner;
  const { rows } = await tx.execute(sql`
    delete from backup_code
    where tenant_id = ${tenantId} and user_id = ${userId} and hash = any(${[...seal.backupCodeHashes(userId, code)]})`);
  return rows === 1;
}
