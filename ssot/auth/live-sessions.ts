import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { PLANS, sql, type SessionId, type TenantId, type UserId } from '../kernel';
import type { AuthDeps, Ending } from './contract';
import { accessRevoked } from './errors';
import { AUTHORITY } from './principals';
import { ROLES } from './roles';
import { ENDINGS, sessionEnded } from './session-endings';

const BELIEVED_MS = 1_000;
const REMEMBERED = 50_000;
const sessionRow = z.object({
  tenant_id: z.custom<TenantId>(),
  session_id: z.custom<SessionId>(),
  user_id: z.custom<UserId>(),
  role: z.enum(ROLES),
  alive: z.boolean(),
  suspended: z.boolean(),
  ended_by: z.enum(ENDINGS).nullable(),
  plan: z.enum(PLANS),
});
export type SessionRow = z.infer<typeof sessionRow>;

/**
 * Which sign-ins are alive, and what their people may, as PostgreSQL says. An answer is believed for at most a second, counted from before the
 * question was asked, so that a sign-out during it is not overlooked any longer than that.
 */
export class LiveSessions {
  readonly #seen = new LRUCache<SessionId, { askedAt: number; row: Promise<SessionRow | undefined> }>({
    max: REMEMBERED,
  });

  constructor(private readonly deps: Pick<AuthDeps, 'db' | 'clock' | 'plans'>) {}

  /** Throws `session_ended` or `access_revoked`. */
  async authorityOf(id: SessionId): Promise<SessionRow> {
    const now = this.deps.clock.monotonic();
    let known = this.#seen.get(id);
    if (known === undefined || now - known.askedAt >= BELIEVED_MS) {
      const row = this.#find([id]).then(([found]) => found);
      // An answer that did not come is asked for again.
      row.catch(() => this.#seen.delete(id));
      known = { askedAt: now, row };
      this.#seen.set(id, known);
    }
    const row = await known.row;
    const ending = endingOf(row);
    if (ending === 'access_revoked') throw accessRevoked();
    if (row === undefined || ending !== undefined) throw sessionEnded(row, this.deps.plans);
    return row;
  }

  forget(id: SessionId): void {
    this.#seen.delete(id);
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
                s.ended_at is null and s.ends_at > ${now} and s.idle_until > ${now} as alive
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
