import { z } from 'zod';
import {
  assertAllowed,
  PLANS,
  lockOf,
  sql,
  textProblem,
  type Id,
  type TenantId,
  type Transaction,
  type UserId,
} from '../../kernel';
import type { AccountTurns } from '../turns/account-turns';
import type { AuditEvent, AuditTrail } from '../audit';
import type { Acting, AuthDeps } from '../contract';
import { AuthError } from '../errors';
import { assertFreshProof } from '../factors/step-up';
import { permissionsOf, ROLES, type Role } from '../roles';
import { sha256, type Seal } from '../sealing';
import type { LiveKeys } from './live-keys';
import { SCOPES, type Scope } from './scopes';

type KeyId = Id<'key'>;
const SECRET_BYTES = 32;
const DAY_MS = 86_400_000;
const USUAL_DAYS = 90;
const MAX_DAYS = 365;
const MAX_NAME = 100;
/** For so long a key that has run out is still listed, so that whoever wonders finds out why. */
const LISTED_AFTER_MS = 30 * DAY_MS;

export interface NewApiKey {
  /** For people: what uses it. */
  readonly name: string;
  /** At least one; no more than the person has who makes it. */
  readonly scopes: readonly Scope[];
  /** 1 to 365; 90 when not given. */
  readonly days?: number | undefined;
}

export interface ApiKey {
  readonly keyId: KeyId;
  /** Who made it. It never may more than this person, and goes with them. */
  readonly userId: UserId;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
}

const keyRow = z.object({
  key_id: z.custom<KeyId>(),
  user_id: z.custom<UserId>(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  created_at: z.date(),
  expires_at: z.date(),
  last_used_at: z.date().nullable(),
});
const makerRow = z.object({ role: z.enum(ROLES), plan: z.enum(PLANS) });
const countRow = z.object({ count: z.int() });

interface ApiKeysDeps extends Pick<AuthDeps, 'db' | 'clock' | 'ids' | 'random' | 'plans'> {
  readonly turns: AccountTurns;
  readonly seal: Seal;
  readonly liveKeys: LiveKeys;
  readonly audit: AuditTrail;
}

/** Keys for programs of a company, made and revoked by its administrators and owners. */
export class ApiKeys {
  constructor(private readonly deps: ApiKeysDeps) {}

  async create(by: Acting, wanted: NewApiKey): Promise<{ readonly record: ApiKey; readonly secretShownOnce: string }> {
    const { context } = by.principal;
    assertAllowed(context, 'keys:manage');
    const { tenantId, userId } = context;
    const { name, scopes, days } = checked(wanted);
    await assertFreshProof(this.deps, by.principal);
    const { ids, random, seal, clock } = this.deps;
    const keyId = ids.next('key');
    const secretShownOnce = seal.apiKey(keyId, random.bytes(SECRET_BYTES));
    const createdAt = new Date(clock.now());
    const expiresAt = new Date(createdAt.getTime() + days * DAY_MS);
    const record = { keyId, userId, name, scopes, createdAt, expiresAt, lastUsedAt: null };
    await this.deps.turns.run(tenantId, async (tx) => {
      const { role, plan } = await this.#lockMaker(tx, tenantId, userId);
      assertMayGive(role, scopes);
      await this.#assertRoom(tx, tenantId, this.deps.plans[plan].apiKeysPerTenant);
      await tx.execute(sql`
        insert into api_key (tenant_id, key_id, user_id, name, secret_hash, scopes, created_at, expires_at)
        values (${tenantId}, ${keyId}, ${userId}, ${name}, ${sha256(secretShownOnce)}, ${[...scopes]}, ${createdAt},
          ${expiresAt})`);
      const details = { scopes: scopes.join(' '), days: String(days) };
      await this.#record(tx, by, { action: 'api_key_created', subject: keyId, details });
    });
    return { record, secretShownOnce };
  }

  async list({ principal: { context } }: Acting): Promise<readonly ApiKey[]> {
    assertAllowed(context, 'keys:manage');
    const rows = await this.deps.db.transaction(
      context,
      (tx) =>
        tx.query(
          sql`select key_id, user_id, name, scopes, created_at, expires_at, last_used_at from api_key
              where tenant_id = ${context.tenantId} order by key_id desc`,
          keyRow,
        ),
      { readOnly: true },
    );
    return rows.map((row) => ({
      keyId: row.key_id,
      userId: row.user_id,
      name: row.name,
      scopes: row.scopes,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      lastUsedAt: row.last_used_at,
    }));
  }

  async revoke(by: Acting, keyId: KeyId): Promise<UserId> {
    const { context } = by.principal;
    assertAllowed(context, 'keys:manage');
    const { tenantId, userId } = context;
    const owner = await this.deps.turns.run(tenantId, async (tx) => {
      const { role } = await this.#lockMaker(tx, tenantId, userId);
      assertMayGive(role, []);
      const [gone] = await tx.query(
        sql`delete from api_key where tenant_id = ${tenantId} and key_id = ${keyId} returning user_id`,
        z.object({ user_id: z.custom<UserId>() }),
      );
      if (gone === undefined) throw new AuthError('not_found', 'There is no such API key.', { field: 'keyId' });
      await this.#record(tx, by, { action: 'api_key_revoked', subject: keyId });
      return gone.user_id;
    });
    this.deps.liveKeys.forget(keyId);
    return owner;
  }

  /** One at a time for each company, so that of many at once each counts those before it. */
  async #lockMaker(tx: Transaction, tenantId: TenantId, userId: UserId): Promise<z.infer<typeof makerRow>> {
    await tx.execute(lockOf(`api keys ${tenantId}`));
    const [maker] = await tx.query(
      sql`select a.role, t.plan from account a join tenant t using (tenant_id)
          where a.tenant_id = ${tenantId} and a.user_id = ${userId} for share of a`,
      makerRow,
    );
    return maker ?? { role: 'member', plan: 'free' };
  }

  async #assertRoom(tx: Transaction, tenantId: TenantId, max: number): Promise<void> {
    const now = this.deps.clock.now();
    const listedUntil = new Date(now - LISTED_AFTER_MS);
    await tx.execute(sql`delete from api_key where tenant_id = ${tenantId} and expires_at < ${listedUntil}`);
    const [live] = await tx.query(
      sql`select count(*)::int as count from api_key where tenant_id = ${tenantId} and expires_at > ${new Date(now)}`,
      countRow,
    );
    if ((live?.count ?? 0) < max) return;
    throw new AuthError('api_key_limit', `Your company has ${max} API keys. Revoke one that is not needed any more.`, {
      limit: { name: 'apiKeysPerTenant', max },
    });
  }

  #record(tx: Transaction, by: Acting, event: Omit<AuditEvent, 'by' | 'address'>): Promise<void> {
    const { tenantId, userId } = by.principal.context;
    return this.deps.audit.append(tx, tenantId, {
      ...event,
      by: { kind: 'person', id: userId },
      address: by.address,
    });
  }
}

function checked({ name, scopes, days = USUAL_DAYS }: NewApiKey): Required<NewApiKey> & { readonly days: number } {
  const problem = textProblem(name, MAX_NAME);
  if (problem !== undefined) throw invalid('name', problem);
  const known = [...new Set(scopes)].filter((scope) => SCOPES.includes(scope));
  if (known.length === 0 || known.length !== scopes.length) {
    throw invalid('scopes', `must be one or more of ${SCOPES.join(', ')}, each once`);
  }
  if (!Number.isInteger(days) || days < 1 || days > MAX_DAYS) throw invalid('days', `must be 1 to ${MAX_DAYS}`);
  return { name: name.trim(), scopes: known, days };
}

function assertMayGive(role: Role, scopes: readonly Scope[]): void {
  const own = permissionsOf(role);
  if (own.includes('keys:manage') && scopes.every((scope) => own.includes(scope))) return;
  throw new AuthError('not_allowed', 'Only administrators and owners manage API keys.');
}

function invalid(field: string, problem: string): AuthError {
  return new AuthError('invalid_input', `"${field}" ${problem}.`, { field });
}
