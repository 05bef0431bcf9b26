import { z } from 'zod';
import { sql, type SessionId, type Transaction, type UserId } from '../../kernel';
import type { Acting, AuthDeps } from '../contract';
import { AuthError } from '../errors';
import { hasFactor } from '../factors/factors';
import type { LiveSessions } from '../sessions/live-sessions';
import { AUTH } from '../principals';
import type { Seal } from '../sealing';
import { ENFORCED_SESSION_MS } from './enforcement';
import { connectionOf, notConnected, secretFor, type ConnectionRow, type NewPeople } from './connection-rows';
import { claimsOf, type DomainClaim } from './domains/domain-claims';
import type { OwnerActs } from './owner-acts';
import type { ProviderClients } from './providers/provider-clients';
import { forgetHandOvers } from './sign-in/hand-overs';
import { redirectAddressOf } from './sign-in/redirect-address';

const MAX_TEXT = 1_000;

const sessionRow = z.object({ session_id: z.custom<SessionId>() });
const ownerRow = z.object({ may: z.boolean() });

/** A company's provider, as its owners name it. */
export interface OidcConnection {
  /** Character by character as the provider writes it. */
  readonly issuer: string;
  readonly clientId: string;
  /** Kept sealed, and never told again. */
  readonly clientSecret: string;
  readonly newPeople: NewPeople;
}

/** How a company signs in. */
export interface SsoSettings {
  /** What the provider has to be told; null while operators have not said how the platform is reached. */
  readonly redirectAddress: string | null;
  readonly connection:
    | (Omit<OidcConnection, 'clientSecret'> & {
        readonly connectedAt: Date;
        readonly enforcedAt: Date | null;
        readonly emergencyOwner: UserId | null;
      })
    | null;
  readonly domains: readonly DomainClaim[];
}

interface SingleSignOnDeps extends Pick<AuthDeps, 'db' | 'clock' | 'sso'> {
  readonly seal: Seal;
  readonly clients: ProviderClients;
  readonly acts: OwnerActs;
  readonly live: LiveSessions;
}

/** How a company's people sign in, as its owners decide. */
export class SingleSignOn {
  constructor(private readonly deps: SingleSignOnDeps) {}

  async settings(by: Acting): Promise<SsoSettings> {
    this.deps.acts.assertMayRead(by);
    const { tenantId } = by.principal.context;
    const publicUrl = this.deps.sso.publicUrl();
    const [row, domains] = await this.deps.db.asService(
      AUTH,
      async (tx) => [await connectionOf(tx, tenantId), await claimsOf(tx, tenantId)] as const,
      { readOnly: true },
    );
    const redirectAddress = publicUrl === undefined ? null : redirectAddressOf(publicUrl);
    return { redirectAddress, connection: row === undefined ? null : shown(row), domains };
  }

  /**
   * Asks the provider what it publishes before anything is kept. What was begun with the one before ends, and the sign-ins that
   * another one has vouched for, but one's own: nothing that it says ends them any more. Answers which.
   */
  async connect(by: Acting, wanted: OidcConnection): Promise<readonly Ended[]> {
    const { acts, seal, clock, clients, sso, live } = this.deps;
    await acts.assertMay(by);
    assertText('clientId', wanted.clientId);
    assertText('clientSecret', wanted.clientSecret);
    redirectAddressOf(sso.publicUrl());
    await clients.metadataOf(wanted.issuer);
    const { tenantId } = by.principal.context;
    const { issuer, clientId, newPeople } = wanted;
    const sealed = seal.seal(Buffer.from(wanted.clientSecret), secretFor(tenantId, issuer));
    const ended = await acts.turn(by, async (tx, record) => {
      const before = await connectionOf(tx, tenantId, 'update');
      if (before?.enforced_at && (before.issuer !== issuer || before.client_id !== clientId)) throw isEnforced();
      await tx.execute(sql`
        insert into sso_connection (tenant_id, issuer, client_id, sealed_secret, new_people, connected_at)
        values (${tenantId}, ${issuer}, ${clientId}, ${sealed}, ${newPeople}, ${new Date(clock.now())})
        on conflict (tenant_id) do update set issuer = excluded.issuer, client_id = excluded.client_id,
          sealed_secret = excluded.sealed_secret, new_people = excluded.new_people, connected_at = excluded.connected_at`);
      await forgetHandOvers(tx, tenantId);
      const isReplaced = before !== undefined && before.issuer !== issuer;
      const sessions = isReplaced ? await this.#endVouchedFor(tx, by) : [];
      await record({ action: 'sso_connected', subject: null, details: { issuer, newPeople } });
      return sessions;
    });
    for (const { sessionId } of ended) live.forget(sessionId);
    return ended;
  }

  /** Ends the sign-ins that the provider has vouched for, but one's own; answers which. Throws `not_found`. */
  async disconnect(by: Acting): Promise<readonly Ended[]> {
    const { acts, live } = this.deps;
    await acts.assertMay(by);
    const { tenantId } = by.principal.context;
    const ended = await acts.turn(by, async (tx, record) => {
      const { rows } = await tx.execute(sql`delete from sso_connection where tenant_id = ${tenantId}`);
      if (rows === 0) throw notConnected();
      await forgetHandOvers(tx, tenantId);
      const sessions = await this.#endVouchedFor(tx, by);
      await record({ action: 'sso_disconnected', subject: null });
      return sessions;
    });
    for (const { sessionId } of ended) live.forget(sessionId);
    return ended;
  }

  /**
   * Closes every other way in but that of one named owner, who needs a password and a second factor for it. Only whoever
   * came in with the provider may, so that it is known to work. Throws `sso_required`, `not_found` or `invalid_input`.
   */
  async enforce(by: Acting, emergencyOwner: UserId): Promise<void> {
    const { acts, clock } = this.deps;
    await acts.assertMay(by);
    const { tenantId } = by.principal.context;
    if (!by.principal.methods.includes('sso')) throw signInWithItFirst();
    const now = new Date(clock.now());
    await acts.turn(by, async (tx, record) => {
      if ((await connectionOf(tx, tenantId, 'update')) === undefined) throw notConnected();
      if (!(await isEmergencyOwner(tx, { tenantId, userId: emergencyOwner }))) throw noEmergencyOwner();
      await tx.execute(sql`
        update sso_connection set enforced_at = coalesce(enforced_at, ${now}), emergency_user_id = ${emergencyOwner}
        where tenant_id = ${tenantId}`);
      await tx.execute(sql`
        update session set ends_at = least(ends_at, auth_time + ${ENFORCED_SESSION_MS} * interval '1 millisecond')
        where tenant_id = ${tenantId} and ended_at is null`);
      await record({ action: 'sso_enforced', subject: emergencyOwner });
    });
  }

  /** Passwords count again. Throws `not_found` where they have counted all along. */
  async lift(by: Acting): Promise<void> {
    await this.deps.acts.assertMay(by);
    const { tenantId } = by.principal.context;
    await this.deps.acts.turn(by, async (tx, record) => {
      await liftIn(tx, tenantId);
      await record({ action: 'sso_lifted', subject: null });
    });
  }

  async #endVouchedFor(tx: Transaction, { principal }: Acting): Promise<readonly Ended[]> {
    const sessions = await tx.query(
      sql`update session set ended_at = ${new Date(this.deps.clock.now())}, ended_by = 'provider'
          where tenant_id = ${principal.context.tenantId} and ended_at is null and 'sso' = any(methods)
            and session_id <> ${principal.sessionId}
          returning session_id, user_id`,
      endedRow,
    );
    return sessions.map(endedOf);
  }
}

export interface Ended {
  readonly sessionId: SessionId;
  readonly userId: UserId;
}
const endedRow = sessionRow.extend({ user_id: z.custom<UserId>() });

function endedOf({ session_id: sessionId, user_id: userId }: z.infer<typeof endedRow>): Ended {
  return { sessionId, userId };
}

export async function liftIn(tx: Transaction, tenantId: string): Promise<void> {
  const { rows } = await tx.execute(sql`
    update sso_connection set enforced_at = null, emergency_user_id = null
    where tenant_id = ${tenantId} and enforced_at is not null`);
  if (rows === 0) throw new AuthError('not_found', 'Single sign-on is not the only way in here.');
}

/** An owner with a password and a second factor. */
async function isEmergencyOwner(tx: Transaction, who: Parameters<typeof hasFactor>[1]): Promise<boolean> {
  const [row] = await tx.query(
    sql`select role = 'owner' and password_hash is not null as may from account
        where tenant_id = ${who.tenantId} and user_id = ${who.userId} for share`,
    ownerRow,
  );
  return row?.may === true && (await hasFactor(tx, who));
}

function shown(row: ConnectionRow): SsoSettings['connection'] {
  return {
    issuer: row.issuer,
    clientId: row.client_id,
    newPeople: row.new_people,
    connectedAt: row.connected_at,
    enforcedAt: row.enforced_at,
    emergencyOwner: row.emergency_user_id,
  };
}

function assertText(field: string, text: string): void {
  if (text.trim() !== '' && text.length <= MAX_TEXT) return;
  throw new AuthError('invalid_input', `"${field}" is empty or longer than ${MAX_TEXT} characters.`, { field });
}

function isEnforced(): AuthError {
  const message = 'Single sign-on is the only way in, so its provider stays. Let passwords count again first.';
  return new AuthError('sso_enforced', message, { field: 'issuer' });
}

function signInWithItFirst(): AuthError {
  const message = 'Sign in with your company’s provider first, so that it is known to work.';
  return new AuthError('sso_required', message);
}

function noEmergencyOwner(): AuthError {
  const message = '"emergencyOwner" has to be an owner of your company with a password and a second factor.';
  return new AuthError('invalid_input', message, { field: 'emergencyOwner' });
}
