import { z } from 'zod';
import { assertAllowed, sql, type SessionId, type Transaction, type UserId } from '../../kernel';
import type { AuditEvent, AuditTrail } from '../audit';
import type { AccountTurns } from '../turns/account-turns';
import type { Acting, AuthDeps } from '../contract';
import { AuthError } from '../errors';
import { assertMaySetPassword } from '../membership/decisions';
import type { LiveSessions } from '../sessions/live-sessions';
import { lockOfSignIns } from '../sessions/sessions';
import { endSignIns, lockStandings, noSuchPerson } from '../membership/person-rows';
import type { Seal } from '../sealing';
import { newBackupCodes } from './backup-codes';
import { checkCode, sealedFor, type FactorOwner } from './code-check';
import { assertFreshProof, FRESH_MS } from './step-up';
import { otpauthUri, stepOfCode, TOTP_SECRET_BYTES } from './totp';

const ISSUER = 'Agent chat';

const unconfirmedRow = z.object({ sealed_secret: z.instanceof(Buffer) });
const countRow = z.object({ count: z.int() });

/** Told once. */
export interface NewCodes {
  readonly backupCodes: readonly string[];
  readonly ended: readonly SessionId[];
}

interface FactorsDeps extends Pick<AuthDeps, 'clock' | 'random'> {
  readonly turns: AccountTurns;
  readonly seal: Seal;
  readonly audit: AuditTrail;
  readonly live: LiveSessions;
  /** Throws `invalid_credentials` or `rate_limited`. */
  readonly assertPassword: (by: Acting, password: string) => Promise<unknown>;
}

/** People's second factors: an authenticator app, and backup codes for when it is lost. */
export class Factors {
  constructor(private readonly deps: FactorsDeps) {}

  /** A set-up that opens nothing and asks for nothing until it is confirmed. */
  async enrolTotp(by: Acting): Promise<{ readonly uri: string }> {
    await assertFreshProof(this.deps, by.principal);
    const owner = ownerOf(by);
    const secret = Buffer.from(this.deps.random.bytes(TOTP_SECRET_BYTES));
    const sealed = this.deps.seal.seal(secret, sealedFor(owner));
    const { rows } = await this.#turn(owner, (tx) =>
      tx.execute(sql`
        insert into totp_factor (tenant_id, user_id, sealed_secret, created_at)
        values (${owner.tenantId}, ${owner.userId}, ${sealed}, ${new Date(this.deps.clock.now())})
        on conflict (tenant_id, user_id) do update set sealed_secret = excluded.sealed_secret, last_step = 0
          where totp_factor.confirmed_at is null`),
    );
    if (rows === 0)
      throw new AuthError('factor_exists', 'You have a second factor. Remove it before you set up another.');
    return { uri: otpauthUri(secret, { issuer: ISSUER, label: owner.userId }) };
  }

  /** The first right code makes the factor count from the next sign-in on. Throws `code_invalid` or `not_found`. */
  async confirmTotp(by: Acting, code: string): Promise<NewCodes> {
    await assertFreshProof(this.deps, by.principal);
    const owner = ownerOf(by);
    const now = this.deps.clock.now();
    return this.#change(by, owner.userId, async (tx) => {
      // What is being stored with the password alone is ended with the others, and what comes later finds the factor.
      tx.send(lockOfSignIns(owner.userId));
      const [factor] = await tx.query(
        sql`select sealed_secret from totp_factor
            where tenant_id = ${owner.tenantId} and user_id = ${owner.userId} and confirmed_at is null for update`,
        unconfirmedRow,
      );
      if (factor === undefined) throw new AuthError('not_found', 'There is no second factor to confirm. Set one up.');
      const secret = this.deps.seal.open(factor.sealed_secret, sealedFor(owner));
      const step = stepOfCode(secret, code, { now, lastStep: 0 });
      if (step === undefined) throw codeInvalid();
      await tx.execute(sql`
        update totp_factor set confirmed_at = ${new Date(now)}, last_step = ${step}
        where tenant_id = ${owner.tenantId} and user_id = ${owner.userId}`);
      return { action: 'factor_confirmed', backupCodes: await this.#replaceCodes(tx, owner) };
    });
  }

  /** A new set; what is left of the old one opens nothing any more. */
  async replaceBackupCodes(by: Acting): Promise<NewCodes> {
    await assertFreshProof(this.deps, by.principal);
    const owner = ownerOf(by);
    return this.#change(by, owner.userId, async (tx) => {
      if (!(await hasFactor(tx, owner))) throw new AuthError('not_found', 'There is no second factor.');
      return { action: 'backup_codes_replaced', backupCodes: await this.#replaceCodes(tx, owner) };
    });
  }

  /** One's own, or that of somebody who has lost it, by whoever may give them a password. */
  async remove(by: Acting, userId: UserId): Promise<readonly SessionId[]> {
    await assertFreshProof(this.deps, by.principal);
    const { tenantId, userId: own } = ownerOf(by);
    if (userId !== own) assertAllowed(by.principal.context, 'people:manage');
    const { ended } = await this.#change(by, userId, async (tx) => {
      if (userId !== own) {
        const { roles } = await lockStandings(tx, tenantId, [own, userId]);
        const role = roles.get(userId);
        if (role === undefined) throw noSuchPerson();
        assertMaySetPassword(roles.get(own) ?? 'member', role);
      }
      if (!(await deleteFactor(tx, { tenantId, userId })))
        throw new AuthError('not_found', 'There is no second factor.');
      return { action: 'factor_removed' };
    });
    return ended;
  }

  /** A fresh proof for sensitive actions: a code of whoever has a second factor, the password of anybody else. */
  async stepUp(
    by: Acting,
    proof: { readonly code?: string | undefined; readonly password?: string | undefined },
  ): Promise<Date> {
    const owner = ownerOf(by);
    const isFactor = await this.#turn(owner, (tx) => hasFactor(tx, owner), true);
    if (isFactor) await this.#assertCode(owner, proof.code);
    else if (by.principal.methods.includes('sso')) throw proveWithProvider();
    else await this.deps.assertPassword(by, proof.password ?? '');
    const now = this.deps.clock.now();
    await this.#turn(owner, async (tx) => {
      await tx.execute(sql`
        update session set proved_at = ${new Date(now)}
        where tenant_id = ${owner.tenantId} and session_id = ${by.principal.sessionId} and ended_at is null`);
      const details = { method: isFactor ? 'code' : 'password' };
      await this.#record(tx, by, { action: 'stepped_up', subject: by.principal.sessionId, details });
    });
    return new Date(now + FRESH_MS);
  }

  /** Whoever got in by what counted before is out, as after a new password: all sign-ins but the one that asks for the change. */
  async #change<T extends { readonly action: AuditEvent['action'] }>(
    by: Acting,
    userId: UserId,
    body: (tx: Transaction) => Promise<T>,
  ): Promise<T & { readonly ended: readonly SessionId[] }> {
    const { context, sessionId: except } = by.principal;
    const { tenantId } = context;
    const changed = await this.#turn({ tenantId, userId }, async (tx) => {
      const outcome = await body(tx);
      const now = new Date(this.deps.clock.now());
      const ended = await endSignIns(tx, { tenantId, userId }, { except, now, why: 'factor_changed' });
      await this.#record(tx, by, { action: outcome.action, subject: userId });
      return { ...outcome, ended };
    });
    // What it may do may have changed with it.
    for (const id of [...changed.ended, except]) this.deps.live.forget(id);
    return changed;
  }

  async #assertCode(owner: FactorOwner, code: string | undefined): Promise<void> {
    if (code === undefined)
      throw new AuthError('code_invalid', 'Send the code of your second factor.', { field: 'code' });
    const outcome = await this.#turn(owner, (tx) => checkCode(tx, this.deps, owner, code));
    if (outcome === 'wrong') throw codeInvalid();
  }

  async #replaceCodes(tx: Transaction, { tenantId, userId }: FactorOwner): Promise<readonly string[]> {
    const codes = newBackupCodes(this.deps.random);
    await tx.execute(sql`delete from backup_code where tenant_id = ${tenantId} and user_id = ${userId}`);
    for (const code of codes) {
      await tx.execute(sql`
        insert into backup_code (tenant_id, user_id, hash)
        values (${tenantId}, ${userId}, ${this.deps.seal.backupCodeHashes(userId, code.replace('-', ''))[0]})`);
    }
    return codes;
  }

  #record(tx: Transaction, by: Acting, event: Omit<AuditEvent, 'by' | 'address'>): Promise<void> {
    const { tenantId, userId } = ownerOf(by);
    const actor = { kind: 'person', id: userId } as const;
    return this.deps.audit.append(tx, tenantId, { ...event, by: actor, address: by.address });
  }

  #turn<T>({ tenantId }: FactorOwner, body: (tx: Transaction) => Promise<T>, readOnly = false): Promise<T> {
    return this.deps.turns.run(tenantId, body, readOnly);
  }
}

export async function hasFactor(tx: Transaction, { tenantId, userId }: FactorOwner): Promise<boolean> {
  const [found] = await tx.query(
    sql`select count(*)::int as count from totp_factor
        where tenant_id = ${tenantId} and user_id = ${userId} and confirmed_at is not null`,
    countRow,
  );
  return found?.count === 1;
}

/** With its backup codes, whether or not it was confirmed. Answers whether there was one. */
export async function deleteFactor(tx: Transaction, { tenantId, userId }: FactorOwner): Promise<boolean> {
  await tx.execute(sql`delete from backup_code where tenant_id = ${tenantId} and user_id = ${userId}`);
  const { rows } = await tx.execute(sql`delete from totp_factor where tenant_id = ${tenantId} and user_id = ${userId}`);
  return rows === 1;
}

export function codeInvalid(cause?: unknown): AuthError {
  return new AuthError('code_invalid', 'This code is not right, or was used before.', { field: 'code', cause });
}

/** Whoever came in with their company's provider proves themselves as they came. */
function proveWithProvider(): AuthError {
  return new AuthError('sso_required', 'Prove it with your company’s provider: sign in with it again.');
}

function ownerOf({ principal }: Acting): FactorOwner {
  const { tenantId, userId } = principal.context;
  return { tenantId, userId };
}
