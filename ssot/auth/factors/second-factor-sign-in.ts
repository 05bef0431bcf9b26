import { z } from 'zod';
import { sql, type Random, type TenantId, type Transaction, type UserId } from '../../kernel';
import type { AuditTrail } from '../audit';
import type { AuthDeps, CodeProof, SignedIn } from '../contract';
import { AuthError, SecondFactorDue } from '../errors';
import { AUTH } from '../principals';
import { sha256, type Seal } from '../sealing';
import { accountRow, type AccountRow, type SessionOpening } from '../sessions/session-opening';
import { checkCode } from './code-check';
import { codeInvalid } from './factors';

const PENDING_MS = 5 * 60_000;
const PENDING_BYTES = 32;
const MAX_TRIES = 5;
/** Somebody who knows a password piles up no more of these. */
const MAX_PENDING = 5;

const pendingRow = z.object({ tenant_id: z.custom<TenantId>(), user_id: z.custom<UserId>() });

interface SecondFactorDeps extends Pick<AuthDeps, 'db' | 'clock' | 'metrics'> {
  readonly random: Random;
  readonly seal: Seal;
  readonly audit: AuditTrail;
  readonly opening: SessionOpening;
}

/** The second half of a sign-in: between the right password and the right code nothing is open. */
export class SecondFactorSignIn {
  constructor(private readonly deps: SecondFactorDeps) {}

  /** What the code is shown with. */
  async begin({ tenant_id: tenantId, user_id: userId }: AccountRow): Promise<SecondFactorDue> {
    const { random, clock, db } = this.deps;
    const pending = Buffer.from(random.bytes(PENDING_BYTES)).toString('base64url');
    const now = clock.now();
    const until = new Date(now + PENDING_MS);
    await db.asService(AUTH, async (tx) => {
      await tx.execute(sql`
        insert into pending_login (tenant_id, hash, user_id, created_at, until)
        values (${tenantId}, ${sha256(pending)}, ${userId}, ${new Date(now)}, ${until})`);
      await tx.execute(sql`
        delete from pending_login where tenant_id = ${tenantId} and user_id = ${userId}
          and (until <= ${new Date(now)} or hash not in (
            select hash from pending_login where tenant_id = ${tenantId} and user_id = ${userId}
            order by created_at desc, hash limit ${MAX_PENDING}))`);
    });
    return new SecondFactorDue(pending, until);
  }

  async withCode({ pending, code, device, deviceName, address }: CodeProof): Promise<SignedIn> {
    const { db, opening, metrics } = this.deps;
    const opened = await db.asService(AUTH, async (tx) => {
      const account = await this.#countTry(tx, pending);
      const owner = { tenantId: account.tenant_id, userId: account.user_id };
      const outcome = await checkCode(tx, this.deps, owner, code);
      if (outcome === 'wrong') {
        await this.deps.audit.append(tx, owner.tenantId, {
          ...{ action: 'sign_in_refused', by: { kind: 'nobody', id: null }, subject: owner.userId, address },
          details: { reason: 'code' },
        });
        return undefined;
      }
      await tx.execute(sql`delete from pending_login where hash = ${sha256(pending)}`);
      return opening.openIn(tx, account, { methods: ['pwd', outcome], device, deviceName, address });
    });
    metrics.count('auth_sign_ins_total', { outcome: opened === undefined ? 'refused' : 'signed_in' });
    if (opened === undefined) throw codeInvalid();
    return opening.handOver(opened);
  }

  /** Counted before it is judged, so that of many at once no more are judged than one after the other. */
  async #countTry(tx: Transaction, pending: string): Promise<AccountRow> {
    const now = new Date(this.deps.clock.now());
    const [found] = await tx.query(
      sql`update pending_login set tries = tries + 1
          where hash = ${sha256(pending)} and until > ${now} and tries < ${MAX_TRIES}
          returning tenant_id, user_id`,
      pendingRow,
    );
    if (found === undefined) throw pendingInvalid();
    const [account] = await tx.query(
      sql`select a.tenant_id, a.user_id, a.password_hash, t.plan from account a join tenant t using (tenant_id)
          where a.tenant_id = ${found.tenant_id} and a.user_id = ${found.user_id}`,
      accountRow,
    );
    if (account === undefined) throw pendingInvalid();
    return account;
  }
}

function pendingInvalid(): AuthError {
  return new AuthError('one_time_secret_invalid', 'This sign-in has ended. Begin again with your password.');
}
