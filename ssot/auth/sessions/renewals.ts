import { z } from 'zod';
import { PLANS, sql, type SessionId, type TenantId, type Transaction, type UserId } from '../../kernel';
import { issueToken, METHODS } from '../tokens/access-tokens';
import { networkOf } from '../attempts';
import type { TokenPair } from '../contract';
import { accessRevoked, AuthError } from '../errors';
import { FairQueue } from '../turns/fair-queue';
import { AUTH } from '../principals';
import { storeRefreshToken } from '../tokens/refresh-tokens';
import { sha256 } from '../sealing';
import { ENDINGS, sessionEnded } from './session-endings';
import { ssoRequired, type SignInDeps } from './sign-in';
import { isEmergencyOwner, isEnforced } from '../sso/enforcement';

const REPEAT_MS = 10_000;
/** Short work, of which two at once use the door's two connections. */
const AT_ONCE = { atOnce: 2, maxWaiting: 200, maxWaitMs: 3_000 } as const;

/** A sign-in, and what is stored of one of its renewal tokens: nothing, if that was used long ago. */
const renewalRow = z.object({
  tenant_id: z.custom<TenantId>(),
  session_id: z.custom<SessionId>(),
  user_id: z.custom<UserId>(),
  device_hash: z.instanceof(Buffer).nullable(),
  used_at: z.date().nullable(),
  auth_time: z.date(),
  methods: z.array(z.enum(METHODS)),
  alive: z.boolean(),
  ended_by: z.enum(ENDINGS).nullable(),
  suspended: z.boolean(),
  plan: z.enum(PLANS),
  sso_due: z.boolean(),
});
type RenewalRow = z.infer<typeof renewalRow>;
const successorRow = z.object({ hash: z.instanceof(Buffer) });

interface Renewed {
  readonly row: RenewalRow;
  readonly successor: string;
}

/** Where a renewal token was shown, and whose it is. */
interface Shown {
  readonly sessionId: SessionId;
  readonly device: string;
  readonly address: string;
}

/** Lengthens sign-ins by renewal tokens that work once. */
export class Renewals {
  readonly #turns: FairQueue;

  constructor(private readonly deps: Omit<SignInDeps, 'passwords'>) {
    this.#turns = new FairQueue(AT_ONCE, deps.clock);
  }

  /** What was not issued here is refused before any store but the limiter's is asked. */
  async renew(refresh: string, device: string, address: string): Promise<TokenPair> {
    const sessionId = this.deps.seal.sessionOf(refresh);
    if (sessionId === undefined) {
      await this.deps.attempts.recordFailure({ entrance: 'renewal', address });
      throw new AuthError('refresh_invalid', 'This renewal is not valid. Sign in again.');
    }
    const crowds = [`address ${networkOf(address)}`, `sign-in ${sessionId}`];
    return this.#turns.run({ crowds }, () => this.#renew(refresh, { sessionId, device, address }));
  }

  async #renew(refresh: string, { sessionId, device, address }: Shown): Promise<TokenPair> {
    const { clock, config, ids, seal, plans, log } = this.deps;
    const successors = seal.successorsOf(refresh, sessionId);
    const outcome = await this.deps.db.asService(AUTH, async (tx): Promise<Renewed | 'reused'> => {
      const row = await this.#lock(tx, refresh, sessionId);
      if (row?.suspended === true) throw accessRevoked();
      if (row?.alive !== true) throw sessionEnded(row, plans);
      if (row.sso_due) throw ssoRequired();
      if (row.device_hash !== null && row.used_at === null) {
        const [successor] = successors;
        await this.#replace(tx, row, { refresh, successor, device });
        return { row, successor };
      }
      const given = await this.#successorOfLostReply(tx, row, successors, device);
      if (given !== undefined) return { row, successor: given };
      await this.#end(tx, row, address);
      return 'reused';
    });
    if (outcome === 'reused') {
      log.warn({}, 'a renewal token was shown twice; its sign-in was ended');
      throw new AuthError('refresh_reused', 'This renewal was used before, so the sign-in was ended. Sign in again.');
    }
    const { row, successor } = outcome;
    const access = await issueToken(this.deps.key, config, clock, {
      userId: row.user_id,
      tenantId: row.tenant_id,
      sessionId,
      authTime: row.auth_time,
      methods: row.methods,
      jti: ids.next('req'),
    });
    return { ...access, refresh: successor, sessionId };
  }

  async #lock(tx: Transaction, refresh: string, sessionId: SessionId): Promise<RenewalRow | undefined> {
    const now = this.#in(0);
    // Alone, so that what follows sees what became of the token under whoever held the lock before.
    tx.send(sql`select from session where session_id = ${sessionId} for update`);
    const [row] = await tx.query(
      sql`select s.tenant_id, s.session_id, s.user_id, r.device_hash, r.used_at, s.auth_time, s.methods, s.ended_by, t.plan,
            t.suspended_at is not null as suspended,
            s.ended_at is null and s.ends_at > ${now} and s.idle_until > ${now} as alive,
            not 'sso' = any(s.methods) and ${isEnforced}
              and not (${isEmergencyOwner} and cardinality(s.methods) > 1) as sso_due
          from session s
            join tenant t using (tenant_id)
            join account a using (tenant_id, user_id)
            left join refresh_token r on r.tenant_id = s.tenant_id and r.session_id = s.session_id
              and r.hash = ${sha256(refresh)}
          where s.session_id = ${sessionId}`,
      renewalRow,
    );
    return row;
  }

  /** Two are kept, the one just used and its successor: whatever is older proves by itself that it was used. */
  async #replace(
    tx: Transaction,
    { tenant_id: tenantId, session_id: sessionId }: RenewalRow,
    by: { readonly refresh: string; readonly successor: string; readonly device: string },
  ): Promise<void> {
    const now = this.#in(0);
    const used = sha256(by.refresh);
    // Sent together: none of it waits for an answer but the last.
    tx.send(sql`update refresh_token set used_at = ${now} where hash = ${used}`);
    tx.send(sql`
      delete from refresh_token where tenant_id = ${tenantId} and session_id = ${sessionId} and hash <> ${used}`);
    tx.send(sql`
      update session set idle_until = ${this.#in(this.deps.config.sessionIdleMs)} where session_id = ${sessionId}`);
    await storeRefreshToken(tx, by.successor, { tenantId, sessionId, device: by.device, issuedAt: now });
  }

  async #successorOfLostReply(
    tx: Transaction,
    row: RenewalRow,
    successors: readonly string[],
    device: string,
  ): Promise<string | undefined> {
    if (row.device_hash === null || row.used_at === null) return undefined;
    const age = this.deps.clock.now() - row.used_at.getTime();
    if (age > REPEAT_MS || !row.device_hash.equals(sha256(device))) return undefined;
    const [stored] = await tx.query(
      sql`select hash from refresh_token where hash = any(${successors.map(sha256)}) and used_at is null`,
      successorRow,
    );
    return stored && successors.find((one) => sha256(one).equals(stored.hash));
  }

  /** Nobody knows which of the two was the thief, so nobody is named but the address. */
  async #end(tx: Transaction, row: RenewalRow, address: string): Promise<void> {
    const { tenant_id: tenantId, session_id: id, user_id: account } = row;
    await tx.execute(sql`
      update session set ended_at = ${this.#in(0)}, ended_by = 'token_reused' where session_id = ${id}`);
    tx.afterCommit(() => this.deps.live.forget(id));
    const by = { kind: 'nobody', id: null } as const;
    await this.deps.audit.append(tx, tenantId, { action: 'renewal_reused', by, subject: id, address, account });
  }

  #in(ms: number): Date {
    return new Date(this.deps.clock.now() + ms);
  }
}
