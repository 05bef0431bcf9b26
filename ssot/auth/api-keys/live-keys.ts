import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { PLANS, sql, vouchFor, type Id, type TenantId, type UserId } from '../../kernel';
import { Believed } from '../sessions/believed';
import type { AuthDeps, Ending, ProgramPrincipal } from '../contract';
import { accessRevoked, AuthError, tokenInvalid } from '../errors';
import { AUTH, AUTHORITY } from '../principals';
import { ROLES } from '../roles';
import { sha256 } from '../sealing';
import { effectiveScopes, SCOPES } from './scopes';

type KeyId = Id<'key'>;
/** How exact the time of the last use is. */
const USE_NOTED_MS = 60_000;
/** The use of a key that is forgotten is noted once more. */
const MAX_REMEMBERED = 10_000;

const keyRow = z.object({
  key_id: z.custom<KeyId>(),
  tenant_id: z.custom<TenantId>(),
  user_id: z.custom<UserId>(),
  secret_hash: z.instanceof(Buffer),
  scopes: z.array(z.enum(SCOPES)),
  expires_at: z.date(),
  last_used_at: z.date().nullable(),
  role: z.enum(ROLES),
  plan: z.enum(PLANS),
  is_suspended: z.boolean(),
});
type KeyRow = z.infer<typeof keyRow>;

/** Which API keys are alive, and what they and their people may, as PostgreSQL says; believed for a second. */
export class LiveKeys {
  readonly #believed: Believed<KeyId, KeyRow | undefined>;
  readonly #usedAt = new LRUCache<KeyId, number>({ max: MAX_REMEMBERED });

  constructor(private readonly deps: Pick<AuthDeps, 'db' | 'clock' | 'log'>) {
    this.#believed = new Believed(deps.clock, (id) => this.#find([id]).then(([row]) => row));
  }

  /** Throws `token_invalid`, `token_expired` or, while the company is suspended, `access_revoked`. */
  async check(id: KeyId, key: string): Promise<ProgramPrincipal> {
    const row = await this.#believed.get(id);
    if (row === undefined || !timingSafeEqual(row.secret_hash, sha256(key))) throw tokenInvalid();
    if (row.is_suspended) throw accessRevoked();
    if (row.expires_at.getTime() <= this.deps.clock.now()) {
      throw new AuthError(
        'token_expired',
        'This API key has expired. Ask an administrator of your company for a new one.',
      );
    }
    this.#noteUse(row);
    const { tenant_id: tenantId, user_id: userId, plan, role, scopes } = row;
    return Object.freeze({
      context: vouchFor({ tenantId, userId, plan, permissions: effectiveScopes(scopes, role) }),
      kind: 'api_key' as const,
      keyId: id,
      plan,
      expiresAt: row.expires_at,
    });
  }

  async endedAmong(ids: readonly KeyId[]): Promise<ReadonlyMap<KeyId, Ending>> {
    if (ids.length === 0) return new Map();
    const found = new Map((await this.#find(ids)).map((row) => [row.key_id, row]));
    const now = this.deps.clock.now();
    const endings = ids.map((id): [KeyId, Ending | undefined] => [id, endingOf(found.get(id), now)]);
    return new Map(endings.filter((one): one is [KeyId, Ending] => one[1] !== undefined));
  }

  forget(id: KeyId): void {
    this.#believed.forget(id);
  }

  #find(ids: readonly KeyId[]): Promise<readonly KeyRow[]> {
    return this.deps.db.asService(
      AUTHORITY,
      (tx) =>
        tx.query(
          sql`select k.key_id, k.tenant_id, k.user_id, k.secret_hash, k.scopes, k.expires_at, k.last_used_at, a.role, t.plan,
                t.suspended_at is not null as is_suspended
              from api_key k join account a using (tenant_id, user_id) join tenant t using (tenant_id)
              where k.key_id = any(${[...ids]})`,
          keyRow,
        ),
      { readOnly: true },
    );
  }

  /** At most once a minute, and nobody waits for it: a use that is not noted harms nobody. */
  #noteUse({ key_id: id, tenant_id: tenantId, last_used_at: noted }: KeyRow): void {
    const now = this.deps.clock.now();
    const last = Math.max(this.#usedAt.get(id) ?? 0, noted?.getTime() ?? 0);
    if (now - last < USE_NOTED_MS) return;
    this.#usedAt.set(id, now);
    this.deps.db
      .asService(AUTH, (tx) =>
        tx.execute(sql`
          update api_key set last_used_at = ${new Date(now)}
          where tenant_id = ${tenantId} and key_id = ${id} and (last_used_at is null or last_used_at < ${new Date(now)})`),
      )
      .catch((error: unknown) => {
        this.#usedAt.delete(id);
        this.deps.log.warn({ reason: String(error), keyId: id }, 'the use of an API key could not be noted');
      });
  }
}

function endingOf(row: KeyRow | undefined, now: number): Ending | undefined {
  if (row === undefined || row.expires_at.getTime() <= now) return 'session_ended';
  return row.is_suspended ? 'access_revoked' : undefined;
}
