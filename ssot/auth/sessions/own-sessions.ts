import { z } from 'zod';
import { sql, type SessionId, type Transaction } from '../../kernel';
import type { AccountTurns } from '../turns/account-turns';
import { METHODS, type Method } from '../tokens/access-tokens';
import type { AuditTrail } from '../audit';
import type { Acting, AuthDeps } from '../contract';
import { AuthError } from '../errors';
import { assertFreshProof } from '../factors/step-up';
import type { LiveSessions } from './live-sessions';
import { lockOfSignIns } from './sessions';
import { endSignIns } from '../membership/person-rows';

/** A sign-in as its person sees it in a list. */
export interface OwnSession {
  readonly sessionId: SessionId;
  /** Such as "Firefox on Linux"; null of what has not said what it is. */
  readonly deviceName: string | null;
  readonly signedInAt: Date;
  /** When it was last renewed, which a device in use does every few minutes. */
  readonly lastUsedAt: Date;
  readonly methods: readonly Method[];
}

const sessionRow = z.object({
  session_id: z.custom<SessionId>(),
  device_name: z.string().nullable(),
  auth_time: z.date(),
  last_used_at: z.date(),
  methods: z.array(z.enum(METHODS)),
});
const aliveRow = z.object({ alive: z.boolean() });

interface OwnSessionsDeps extends Pick<AuthDeps, 'clock'> {
  readonly turns: AccountTurns;
  readonly live: LiveSessions;
  readonly audit: AuditTrail;
}

/** A person's own sign-ins: listed, and ended by them. */
export class OwnSessions {
  constructor(private readonly deps: OwnSessionsDeps) {}

  async list({ principal: { context } }: Acting): Promise<readonly OwnSession[]> {
    const { tenantId, userId } = context;
    const now = new Date(this.deps.clock.now());
    const rows = await this.deps.turns.run(
      tenantId,
      (tx) =>
        tx.query(
          sql`select s.session_id, s.device_name, s.auth_time, s.methods,
                coalesce((select max(r.issued_at) from refresh_token r
                  where r.tenant_id = s.tenant_id and r.session_id = s.session_id), s.auth_time) as last_used_at
              from session s
              where s.tenant_id = ${tenantId} and s.user_id = ${userId}
                and s.ended_at is null and s.ends_at > ${now} and s.idle_until > ${now}
              order by last_used_at desc, s.session_id desc`,
          sessionRow,
        ),
      true,
    );
    return rows.map((row) => ({
      sessionId: row.session_id,
      deviceName: row.device_name,
      signedInAt: row.auth_time,
      lastUsedAt: row.last_used_at,
      methods: row.methods,
    }));
  }

  /** Again without effect. Of another device than the one that asks it needs a fresh proof: whoever finds a device open ends no other. */
  async end(by: Acting, id: SessionId): Promise<void> {
    const { principal } = by;
    if (id !== principal.sessionId) await assertFreshProof(this.deps, principal);
    const { tenantId, userId } = principal.context;
    const now = new Date(this.deps.clock.now());
    await this.deps.turns.run(tenantId, async (tx) => {
      const [session] = await tx.query(
        sql`select ended_at is null and ends_at > ${now} and idle_until > ${now} as alive from session
            where tenant_id = ${tenantId} and session_id = ${id} and user_id = ${userId} for update`,
        aliveRow,
      );
      if (session === undefined) throw new AuthError('not_found', 'You have no such device.', { field: 'sessionId' });
      if (!session.alive) return;
      await tx.execute(
        sql`update session set ended_at = ${now}, ended_by = 'signed_out' where tenant_id = ${tenantId} and session_id = ${id}`,
      );
      await this.#record(tx, by, id);
    });
    this.deps.live.forget(id);
  }

  async endOthers(by: Acting): Promise<readonly SessionId[]> {
    const { context, sessionId: except } = by.principal;
    const { tenantId, userId } = context;
    await assertFreshProof(this.deps, by.principal);
    const now = new Date(this.deps.clock.now());
    const ended = await this.deps.turns.run(tenantId, async (tx) => {
      tx.send(lockOfSignIns(userId));
      const ids = await endSignIns(tx, { tenantId, userId }, { except, now, why: 'signed_out' });
      for (const id of ids) await this.#record(tx, by, id);
      return ids;
    });
    for (const id of ended) this.deps.live.forget(id);
    return ended;
  }

  #record(tx: Transaction, { principal, address }: Acting, subject: SessionId): Promise<void> {
    const { tenantId, userId: id } = principal.context;
    return this.deps.audit.append(tx, tenantId, { action: 'signed_out', by: { kind: 'person', id }, subject, address });
  }
}
