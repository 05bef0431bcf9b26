import { z } from 'zod';
import { PLANS, sql, vouchFor, type SessionId, type TenantContext, type TenantId, type UserId } from '../../kernel';
import { Believed } from './believed';
import type { AuthDeps, Ending, PersonPrincipal } from '../contract';
import { accessRevoked } from '../errors';
import { AUTHORITY } from '../principals';
import { permissionsOf, ROLES } from '../roles';
import { METHODS } from '../tokens/access-tokens';
import { ENDINGS, sessionEnded } from './session-endings';

const sessionRow = z.object({
  tenant_id: z.custom<TenantId>(),
  session_id: z.custom<SessionId>(),
  user_id: z.custom<UserId>(),
  role: z.enum(ROLES),
  alive: z.boolean(),
  suspended: z.boolean(),
  methods: z.array(z.enum(METHODS)),
  has_factor: z.boolean(),
  ended_by: z.enum(ENDINGS).nullable(),
  plan: z.enum(PLANS),
});
type SessionRow = z.infer<typeof sessionRow>;

/** Which sign-ins are alive, and what their people may, as PostgreSQL says; believed for a second. */
export class LiveSessions {
  readonly #believed: Believed<SessionId, SessionRow | undefined>;

  constructor(private readonly deps: Pick<AuthDeps, 'db' | 'clock' | 'plans' | 'log' | 'isSecondFactorRequired'>) {
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

  /** Whether their company asks for one that they do not have; whoever came in with its provider has proven what it asks for. */
  async secondFactorOf(row: SessionRow): Promise<PersonPrincipal['secondFactor']> {
    if (row.has_factor) return 'set_up';
    const isDue = !row.methods.includes('sso') && (await this.deps.isSecondFactorRequired?.(contextOf(row))) === true;
    return isDue ? 'due' : 'none';
  }

  forget(id: SessionId): void {
    this.#believed.forget(id);
  }

  async endedAmong(ids: readonly SessionId[]): Promise<ReadonlyMap<SessionId, Ending>> {
    if (ids.length === 0) return new Map();
    const found = new Map((await this.#find(ids)).map((row) => [row.session_id, row]));
    const endings = await Promise.all(ids.map(async (id) => [id, await this.#endingNow(found.get(id))] as const));
    return new Map(endings.flatMap(([id, ending]) => (ending === undefined ? [] : [[id, ending]])));
  }

  /** A company whose settings cannot be read keeps nobody from being told that a sign-in has ended. */
  async #endingNow(row: SessionRow | undefined): Promise<Ending | undefined> {
    const ending = endingOf(row);
    if (row === undefined || ending !== undefined) return ending;
    const secondFactor = await this.secondFactorOf(row).catch((error: unknown) => {
      this.deps.log.debug(
        { tenantId: row.tenant_id, reason: String(error) },
        'whether a second factor is asked for could not be read; the next look does',
      );
      return 'none' as const;
    });
    return secondFactor === 'due' ? 'second_factor_missing' : undefined;
  }

  #find(ids: readonly SessionId[]): Promise<readonly SessionRow[]> {
    const now = new Date(this.deps.clock.now());
    return this.deps.db.asService(
      AUTHORITY,
      (tx) =>
        tx.query(
          sql`select s.tenant_id, s.session_id, s.user_id, a.role, s.ended_by, s.methods, t.plan, t.suspended_at is not null as suspended,
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

/** All that they may with every proof that is asked for. */
export function contextOf({ tenant_id: tenantId, user_id: userId, plan, role }: SessionRow): TenantContext {
  return vouchFor({ tenantId, userId, plan, permissions: permissionsOf(role) });
}

function endingOf(row: SessionRow | undefined): Ending | undefined {
  if (row?.suspended === true) return 'access_revoked';
  return row?.alive === true ? undefined : 'session_ended';
}
