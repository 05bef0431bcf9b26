import { z } from 'zod';
import { PLANS, sql, type SessionId, type TenantId, type UserId } from '../../kernel';
import { Believed } from './believed';
import type { AuthDeps, Ending } from '../contract';
import { accessRevoked } from '../errors';
import { AUTHORITY } from '../principals';
import { ROLES } from '../roles';
import { ENDINGS, sessionEnded } from './session-endings';

const sessionRow = z.object({
  tenant_id: z.custom<TenantId>(),
  session_id: z.custom<SessionId>(),
  user_id: z.custom<UserId>(),
  role: z.enum(ROLES),
  alive: z.boolean(),
  suspended: z.boolean(),
  has_factor: z.boolean(),
  ended_by: z.enum(ENDINGS).nullable(),
  plan: z.enum(PLANS),
});
type SessionRow = z.infer<typeof sessionRow>;

/** Which sign-ins are alive, and what their people may, as PostgreSQL says; believed for a second. */
export class LiveSessions {
  readonly #believed: Believed<SessionId, SessionRow | undefined>;

  constructor(private readonly deps: Pick<AuthDeps, 'db' | 'clock' | 'plans'>) {
    this.#believed = new Believed(deps.clock, (id) => this.#find([id]).then(([found]) => found));
  }

  /** Throws `session_ended` or `access_revoked`. */
  async authorityOf(id: SessionId): Promise<SessionRow> {
    const row = await this.#believed.get(id);
    const ending = endingOf(row);
    if (ending === 'access_revoked') throw accessRevoked();
    if (row === undefined || ending !== undefined) throw sessionEnded(row, this.deps.plans);
    return row;
  }

  forget(id: SessionId): void {
    this.#believed.forget(id);
  }

  async endedAmong(ids: readonly SessionId[]): Promise<ReadonlyMap<SessionId, Ending>> {
    if (ids.length === 0) return new Map();
    const found = new Map((await this.#find(ids)).map((row) => [row.session_id, row]));
    return new Map(
      ids.flatMap((id) => {
        const ending = endingOf(found.get(id));
        return ending === undefined ? [] : [[id, ending] as const];
      }),
    );
  }

  #find(ids: readonly SessionId[]): Promise<readonly SessionRow[]> {
    const now = new Date(this.deps.clock.now());
    return this.deps.db.asService(
      AUTHORITY,
      (tx) =>
        tx.query(
          sql`select s.tenant_id, s.session_id, s.user_id, a.role, s.ended_by, t.plan, t.suspended_at is not null as suspended,
                s.ended_at is null and s.ends_at > ${now} and s.idle_until > ${now} as alive,
                exists (select from totp_factor f where f.tenant_id = s.tenant_id and f.user_id = s.user_id
                  and f.confirmed_at is not null) as has_factor
              from session s join account a using (tenant_id, user_id) join tenant t using (tenant_id)
              where s.session_id = any(${[...ids]})`,
          sessionRow,
        ),
      { readOnly: true },
    );
  }
}

function endingOf(row: SessionRow | undefined): Ending | undefined {
  if (row?.suspended === true) return 'access_revoked';
  return row?.alive === true ? undefined : 'session_ended';
}
