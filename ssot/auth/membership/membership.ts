import { z } from 'zod';
import { assertAllowed, sql, type SessionId, type Transaction, type UserId } from '../../kernel';
import type { AccountTurns } from '../turns/account-turns';
import type { AttemptLimiter } from '../attempts';
import type { AuditEvent, AuditTrail } from '../audit';
import type { Acting, AuthDeps, NewPerson } from '../contract';
import { AuthError, isCode } from '../errors';
import { assertFreshProof } from '../factors/step-up';
import type { LiveSessions } from '../sessions/live-sessions';
import { companyWordsOf, ownWordsOf } from '../passwords/own-words';
import { assertStrong, type Passwords } from '../passwords/passwords';
import { keepPerson } from '../people/kept-people';
import { insertPerson } from '../people/person-insertion';
import type { Role } from '../roles';
import type { Seal } from '../sealing';
import { bar } from '../sso';
import { assertMayChange, assertMaySetPassword } from './decisions';
import { deletePerson, endSignIns, listPeople, lockStandings, noSuchPerson, type PersonRow } from './person-rows';

const passwordRow = z.object({ email: z.string(), password_hash: z.string().nullable() });

export interface MembershipDeps extends Pick<AuthDeps, 'db' | 'clock' | 'ids' | 'isHeld'> {
  readonly turns: AccountTurns;
  readonly passwords: Passwords;
  readonly attempts: AttemptLimiter;
  readonly live: LiveSessions;
  readonly audit: AuditTrail;
  readonly seal: Seal;
}

/** People of a company, as its own administrators and owners manage them. What they may is judged in the turn itself. */
export class Membership {
  constructor(private readonly deps: MembershipDeps) {}

  async list(by: Acting, query: { after?: UserId; limit: number }): Promise<readonly PersonRow[]> {
    const { context } = by.principal;
    assertAllowed(context, 'people:manage');
    return this.deps.turns.run(context.tenantId, (tx) => listPeople(tx, context.tenantId, query), true);
  }

  async add(by: Acting, person: NewPerson): Promise<UserId> {
    const { context } = by.principal;
    assertAllowed(context, 'people:manage');
    await assertFreshProof(this.deps, by.principal);
    if (person.role === 'owner') assertAllowed(context, 'owners:manage');
    const { tenantId } = context;
    const company = await this.deps.turns.run(tenantId, (tx) => companyWordsOf(tx, tenantId), true);
    const insert = await insertPerson(this.deps, { tenantId, company }, person);
    return this.#turn(by, async (tx) => {
      const { roles, owners } = await lockStandings(tx, tenantId, [context.userId]);
      assertMayChange({ by: roleOf(roles, context.userId), of: null, to: person.role, owners });
      const userId = await insert(tx);
      await this.#record(tx, by, { action: 'person_added', subject: userId, details: { role: person.role } });
      return userId;
    }).catch((error: unknown) => {
      // Who else uses the platform is told to operators only.
      throw isCode(error, 'email_taken') ? emailUnusable(error) : error;
    });
  }

  async setRole(by: Acting, userId: UserId, role: Role): Promise<void> {
    const { context } = by.principal;
    assertAllowed(context, 'people:manage');
    await assertFreshProof(this.deps, by.principal);
    const { tenantId } = context;
    const ended = await this.#turn(by, async (tx) => {
      const before = await this.#assertMay(tx, by, userId, role);
      if (before === role) return [];
      await tx.execute(sql`update account set role = ${role} where tenant_id = ${tenantId} and user_id = ${userId}`);
      await this.#record(tx, by, { action: 'role_changed', subject: userId, details: { from: before, to: role } });
      return sessionsOf(tx, by, userId);
    });
    this.#forget(ended);
  }

  /** Answers which sign-ins ended with it. Of whom the law holds what is kept stays, out of everybody's sight. */
  async remove(by: Acting, userId: UserId): Promise<readonly SessionId[]> {
    const { context } = by.principal;
    assertAllowed(context, 'people:manage');
    await assertFreshProof(this.deps, by.principal);
    const ended = await this.#turn(by, async (tx) => {
      const role = await this.#assertMay(tx, by, userId, null);
      await bar(tx, this.deps, { tenantId: context.tenantId, userId });
      const subject = { tenantId: context.tenantId, userId };
      if ((await this.deps.isHeld?.(tx, subject)) === true) await keepPerson(tx, subject);
      const sessions = await deletePerson(tx, context.tenantId, userId);
      await this.#record(tx, by, { action: 'person_removed', subject: userId, details: { role } });
      return sessions;
    });
    return this.#forget(ended);
  }

  /** Gives somebody else a new password and ends their sign-ins; answers which. */
  async setPassword(by: Acting, userId: UserId, password: string): Promise<readonly SessionId[]> {
    const { context } = by.principal;
    assertAllowed(context, 'people:manage');
    await assertFreshProof(this.deps, by.principal);
    if (userId === context.userId) {
      throw new AuthError('not_allowed', 'Your own password is changed with the present one: PUT /v1/me/password.');
    }
    const { tenantId } = context;
    const about = await this.#turn(by, async (tx) => {
      await this.#assertMaySetPassword(tx, by, userId);
      return ownWordsOf(tx, tenantId, userId);
    });
    assertStrong(password);
    const hash = await this.deps.passwords.hash(password, { crowds: [tenantId], about });
    const ended = await this.#turn(by, async (tx) => {
      await this.#assertMaySetPassword(tx, by, userId);
      return this.#storePassword(tx, by, { userId, hash, except: null });
    });
    return this.#forget(ended);
  }

  /** One's own, with the present one; ends one's other sign-ins and answers which. Throws `invalid_credentials`. */
  async changePassword(by: Acting, present: string, next: string): Promise<readonly SessionId[]> {
    const { context, sessionId } = by.principal;
    const { tenantId, userId } = context;
    assertStrong(next);
    const before = await this.assertPassword(by, present);
    const about = await this.deps.turns.run(tenantId, (tx) => ownWordsOf(tx, tenantId, userId), true);
    const hash = await this.deps.passwords.hash(next, { crowds: [tenantId], about });
    const ended = await this.#turn(by, async (tx) => {
      const { rows } = await tx.execute(
        sql`select from account
            where tenant_id = ${tenantId} and user_id = ${userId} and password_hash = ${before} for update`,
      );
      // Changed by somebody else meanwhile: the one that was shown is not the present one any more.
      if (rows === 0) throw wrongPassword();
      return this.#storePassword(tx, by, { userId, hash, except: sessionId });
    });
    return this.#forget(ended);
  }

  /** Limited like a sign-in, of which it is as good. Answers the hash of the present password. */
  async assertPassword({ principal, address }: Acting, present: string): Promise<string> {
    const { tenantId, userId } = principal.context;
    const { attempts, passwords } = this.deps;
    const [account] = await this.deps.turns.run(
      tenantId,
      (tx) =>
        tx.query(
          sql`select email, password_hash from account where tenant_id = ${tenantId} and user_id = ${userId}`,
          passwordRow,
        ),
      true,
    );
    if (account === undefined) throw noSuchPerson();
    const attempt = { entrance: 'sign_in', address, email: account.email } as const;
    await attempts.assertAllowed(attempt);
    const isRight = await passwords.inTurn({ crowds: [`account ${userId}`], isKnown: true }, (verify) =>
      verify(account.password_hash ?? undefined, present),
    );
    if (!isRight || account.password_hash === null) {
      await attempts.recordFailure(attempt);
      throw wrongPassword();
    }
    return account.password_hash;
  }

  async #storePassword(
    tx: Transaction,
    by: Acting,
    { userId, hash, except }: { readonly userId: UserId; readonly hash: string; readonly except: SessionId | null },
  ): Promise<readonly SessionId[]> {
    const { tenantId } = by.principal.context;
    await tx.execute(
      sql`update account set password_hash = ${hash} where tenant_id = ${tenantId} and user_id = ${userId}`,
    );
    const now = new Date(this.deps.clock.now());
    const ended = await endSignIns(tx, { tenantId, userId }, { except, now, why: 'password_changed' });
    await this.#record(tx, by, { action: 'password_changed', subject: userId });
    return ended;
  }

  async #assertMay(tx: Transaction, by: Acting, userId: UserId, to: Role | null): Promise<Role> {
    const { tenantId, userId: own } = by.principal.context;
    const { roles, owners } = await lockStandings(tx, tenantId, [own, userId]);
    const role = roles.get(userId);
    if (role === undefined) throw noSuchPerson();
    assertMayChange({ by: roleOf(roles, own), of: role, to, owners });
    return role;
  }

  async #assertMaySetPassword(tx: Transaction, by: Acting, userId: UserId): Promise<void> {
    const { tenantId, userId: own } = by.principal.context;
    const { roles } = await lockStandings(tx, tenantId, [own, userId]);
    const role = roles.get(userId);
    if (role === undefined) throw noSuchPerson();
    assertMaySetPassword(roleOf(roles, own), role);
  }

  #record(tx: Transaction, by: Acting, event: Omit<AuditEvent, 'by' | 'address'>): Promise<void> {
    const { context } = by.principal;
    const actor = { kind: 'person', id: context.userId } as const;
    return this.deps.audit.append(tx, context.tenantId, { ...event, by: actor, address: by.address });
  }

  #turn<T>(by: Acting, body: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.deps.turns.run(by.principal.context.tenantId, body);
  }

  #forget(sessions: readonly SessionId[]): readonly SessionId[] {
    for (const id of sessions) this.deps.live.forget(id);
    return sessions;
  }
}

const sessionRow = z.object({ session_id: z.custom<SessionId>() });

async function sessionsOf(tx: Transaction, by: Acting, userId: UserId): Promise<readonly SessionId[]> {
  const { tenantId } = by.principal.context;
  const rows = await tx.query(
    sql`select session_id from session where tenant_id = ${tenantId} and user_id = ${userId} and ended_at is null`,
    sessionRow,
  );
  return rows.map(({ session_id }) => session_id);
}

/** Whoever was removed while they asked may nothing. */
function roleOf(roles: ReadonlyMap<UserId, Role>, userId: UserId): Role {
  return roles.get(userId) ?? 'member';
}

function wrongPassword(): AuthError {
  return new AuthError('invalid_credentials', 'The present password is not right.', { field: 'presentPassword' });
}

function emailUnusable(cause: unknown): AuthError {
  const message = 'This e-mail cannot be used here. Use another one, or ask the operators of the platform.';
  return new AuthError('invalid_input', message, { field: 'email', cause });
}
