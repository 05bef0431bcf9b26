import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { DatabaseError } from '../database-manager';
import {
  PLANS,
  sql,
  vouchFor,
  type Permission,
  type Plan,
  type TenantContext,
  type TenantId,
  type UserId,
} from '../kernel';
import type { AttemptLimiter } from './attempts';
import type { AuthDeps, NewPerson, Operator } from './contract';
import { AuthError } from './errors';
import { assertStrong, type Passwords } from './passwords';
import { AUTH } from './principals';
import { permissionsOf, ROLES, type Role } from './roles';
import { sha256 } from './sealing';

const OPERATOR_PERMISSIONS: readonly Permission[] = Object.freeze(['operations:read'] as const);
const rightsRow = z.object({ role: z.enum(ROLES), plan: z.enum(PLANS), is_suspended: z.boolean() });
const profileRow = z.object({ name: z.string(), company: z.string(), role: z.enum(ROLES) });
const nameRow = z.object({ id: z.string(), name: z.string() });
const email = z.email().max(254);
const name = z.string().trim().min(1).max(200);

/** Companies and their people: made by operators, known by themselves. */
export class People {
  readonly #operators = new WeakSet<Operator>();

  constructor(
    private readonly deps: AuthDeps,
    private readonly passwords: Passwords,
    private readonly attempts: AttemptLimiter,
  ) {}

  /** Compared before the limiter is asked and told after, so that of many keys shown at once ten are answered. */
  async recognise(credential: string, address: string): Promise<Operator> {
    const attempt = { entrance: 'operator_key', address } as const;
    if (!timingSafeEqual(sha256(credential), sha256(this.deps.config.operatorKey.reveal()))) {
      await this.attempts.recordFailure(attempt);
      throw operatorUnknown();
    }
    await this.attempts.assertAllowed(attempt);
    const operator = Object.freeze({ permissions: OPERATOR_PERMISSIONS }) as Operator;
    this.#operators.add(operator);
    return operator;
  }

  async createTenant(by: Operator, tenant: { name: string; plan: Plan }): Promise<TenantId> {
    this.#assertOperator(by);
    const company = checked(name, tenant.name, 'name');
    const id = this.deps.ids.next('tenant');
    await this.deps.db.asService(AUTH, (tx) =>
      tx.execute(sql`
        insert into tenant (tenant_id, name, plan, created_at)
        values (${id}, ${company}, ${tenant.plan}, ${new Date(this.deps.clock.now())})`),
    );
    return id;
  }

  async addPerson(by: Operator, tenantId: TenantId, person: NewPerson): Promise<UserId> {
    this.#assertOperator(by);
    const called = checked(name, person.name, 'name');
    const address = checked(email, person.email, 'email');
    assertStrong(person.password);
    const hash = await this.passwords.hash(person.password, [tenantId]);
    const id = this.deps.ids.next('user');
    try {
      await this.deps.db.asService(AUTH, (tx) =>
        tx.execute(sql`
          insert into account (tenant_id, user_id, name, email, password_hash, role, created_at)
          values (${tenantId}, ${id}, ${called}, ${address}, ${hash}, ${person.role}, ${new Date(this.deps.clock.now())})`),
      );
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      if (error.constraint?.kind === 'reference') throw noSuchCompany();
      if (error.constraint?.name === 'account_email') {
        throw new AuthError('email_taken', 'Somebody has this e-mail already.', { field: 'email' });
      }
      throw error;
    }
    return id;
  }

  async suspendTenant(by: Operator, tenantId: TenantId): Promise<void> {
    this.#assertOperator(by);
    const now = new Date(this.deps.clock.now());
    await this.deps.db.asService(AUTH, async (tx) => {
      const { rows } = await tx.execute(
        sql`update tenant set suspended_at = coalesce(suspended_at, ${now}) where tenant_id = ${tenantId}`,
      );
      if (rows === 0) throw noSuchCompany();
      // For good: a sign-in that was ended does not come back with its company.
      await tx.execute(
        sql`update session set ended_at = ${now}, ended_by = 'suspended' where tenant_id = ${tenantId} and ended_at is null`,
      );
    });
  }

  async restoreTenant(by: Operator, tenantId: TenantId): Promise<void> {
    this.#assertOperator(by);
    const { rows } = await this.deps.db.asService(AUTH, (tx) =>
      tx.execute(sql`update tenant set suspended_at = null where tenant_id = ${tenantId}`),
    );
    if (rows === 0) throw noSuchCompany();
  }

  async contextFor(tenantId: TenantId, userId: UserId): Promise<TenantContext> {
    const [rights] = await this.deps.db.asService(
      AUTH,
      (tx) =>
        tx.query(
          sql`select a.role, t.plan, t.suspended_at is not null as is_suspended
              from account a join tenant t using (tenant_id)
              where a.tenant_id = ${tenantId} and a.user_id = ${userId}`,
          rightsRow,
        ),
      { readOnly: true },
    );
    if (rights === undefined) throw new AuthError('not_found', 'There is no such person.');
    // What a suspended company has asked before is not worked on: nobody of it may anything.
    const permissions = rights.is_suspended ? [] : permissionsOf(rights.role);
    return vouchFor({ tenantId, userId, plan: rights.plan, permissions });
  }

  async profile(ctx: TenantContext): Promise<{ name: string; company: string; role: Role }> {
    const [found] = await this.deps.db.transaction(
      ctx,
      (tx) =>
        tx.query(
          sql`select a.name, t.name as company, a.role from account a join tenant t using (tenant_id)
              where a.user_id = ${ctx.userId}`,
          profileRow,
        ),
      { readOnly: true },
    );
    if (found === undefined) throw new AuthError('not_found', 'There is no such person.');
    return found;
  }

  async namesOf(ctx: TenantContext, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const found = await this.deps.db.transaction(
      ctx,
      (tx) => tx.query(sql`select user_id as id, name from account where user_id = any(${ids})`, nameRow),
      { readOnly: true },
    );
    return new Map(found.map((person) => [person.id, person.name]));
  }

  #assertOperator(by: Operator): void {
    if (!this.#operators.has(by)) throw operatorUnknown();
  }
}

function operatorUnknown(): AuthError {
  return new AuthError('operator_unknown', 'This needs the credential of an operator of the platform.');
}

function noSuchCompany(): AuthError {
  return new AuthError('not_found', 'There is no such company.', { field: 'tenantId' });
}

function checked(schema: z.ZodType<string>, value: string, field: string): string {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new AuthError('invalid_input', `"${field}" is not valid: ${read.error.issues[0]?.message}.`, { field });
}
