import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import {
  OPERATOR_PERMISSIONS,
  PLANS,
  sql,
  vouchFor,
  type Plan,
  type TenantContext,
  type TenantId,
  type Transaction,
  type UserId,
} from '../../kernel';
import type { AttemptLimiter } from '../attempts';
import type { AuditEvent, AuditTrail } from '../audit';
import type { AccountTurns } from '../turns/account-turns';
import type { AuthDeps, NewPerson, NewTenant, Operator } from '../contract';
import { AuthError } from '../errors';
import type { Passwords } from '../passwords/passwords';
import { companyWordsOf } from '../passwords/own-words';
import { graceOf, keptPlanAt } from './kept-plan';
import { checkedName, insertPerson, noSuchCompany } from './person-insertion';
import { AUTH } from '../principals';
import { contentOf, createdBefore } from './repeated-creation';
import { permissionsOf, ROLES, type Role } from '../roles';
import { sha256 } from '../sealing';
import { liftIn } from '../sso';
import type { TimeZones } from '../time-zones';

const rightsRow = z.object({ role: z.enum(ROLES), plan: z.enum(PLANS), is_suspended: z.boolean() });
const profileRow = z.object({ name: z.string(), company: z.string(), role: z.enum(ROLES) });
const planRow = z.object({ tenant_id: z.custom<TenantId>(), plan: z.enum(PLANS) });
const keptRow = z.object({ from: z.enum(PLANS), kept: z.enum(PLANS), until: z.date().nullable() });
const nameRow = z.object({ id: z.string(), name: z.string() });

/** More would make no answer. */
const MAX_NAMESAKES = 50;

/** Companies and their people: made by operators, known by themselves. */
export class People {
  readonly #operators = new WeakSet<Operator>();

  constructor(
    private readonly deps: AuthDeps & {
      readonly passwords: Passwords;
      readonly audit: AuditTrail;
      readonly turns: AccountTurns;
    },
    private readonly attempts: AttemptLimiter,
    private readonly zones: TimeZones,
  ) {}

  /** The right key proves itself, so it is let in from any address; of wrong ones shown at once ten are answered. */
  async recognise(credential: string, address: string): Promise<Operator> {
    const name = this.#nameOf(credential);
    if (name === undefined) {
      await this.attempts.recordFailure({ entrance: 'operator_key', address });
      throw operatorUnknown();
    }
    const operator = Object.freeze({
      name,
      address,
      permissions: Object.freeze([...OPERATOR_PERMISSIONS]),
    }) as Operator;
    this.#operators.add(operator);
    return operator;
  }

  async createTenant(by: Operator, tenant: NewTenant, key?: string): Promise<TenantId> {
    this.#assertOperator(by);
    const company = checkedName(tenant.name);
    const id = this.deps.ids.next('tenant');
    const insertOwner =
      tenant.owner &&
      (await insertPerson(this.deps, { tenantId: id, company: [company] }, { ...tenant.owner, role: 'owner' }));
    const request = key === undefined ? undefined : { key, content: contentOf(company, tenant) };
    return this.deps.db.asService(AUTH, async (tx) => {
      const known = request && (await createdBefore(tx, request));
      if (known !== undefined) return known;

      await tx.execute(sql`
        insert into tenant (tenant_id, name, plan, created_at, creation_key, creation_content)
        values (${id}, ${company}, ${tenant.plan}, ${new Date(this.deps.clock.now())}, ${request?.key ?? null},
          ${request?.content ?? null})`);
      await this.#record(tx, by, id, { action: 'company_created', subject: null, details: { plan: tenant.plan } });
      if (insertOwner === undefined) return id;
      const subject = await insertOwner(tx);
      await this.#record(tx, by, id, { action: 'person_added', subject, details: { role: 'owner' } });
      return id;
    });
  }

  async addPerson(by: Operator, tenantId: TenantId, person: NewPerson): Promise<UserId> {
    this.#assertOperator(by);
    const company = await this.deps.db.asService(AUTH, (tx) => companyWordsOf(tx, tenantId), { readOnly: true });
    const insert = await insertPerson(this.deps, { tenantId, company }, person);
    return this.deps.db.asService(AUTH, async (tx) => {
      const subject = await insert(tx);
      await this.#record(tx, by, tenantId, { action: 'person_added', subject, details: { role: person.role } });
      return subject;
    });
  }

  async setPlan(by: Operator, tenantId: TenantId, plan: Plan): Promise<void> {
    this.#assertOperator(by);
    const now = this.deps.clock.now();
    await this.deps.db.asService(AUTH, async (tx) => {
      const [before] = await tx.query(
        sql`select plan as from, ${keptPlanAt(now)} as kept, kept_until as until from tenant
            where tenant_id = ${tenantId} for update`,
        keptRow,
      );
      if (before === undefined) throw noSuchCompany();
      const grace = graceOf(before, plan, now);
      await tx.execute(
        sql`update tenant set plan = ${plan}, kept_plan = ${grace.plan}, kept_until = ${grace.until}
            where tenant_id = ${tenantId}`,
      );
      await this.#record(tx, by, tenantId, { action: 'plan_changed', subject: null, details: { plan } });
    });
  }

  async setTimeZone(by: Operator, tenantId: TenantId, timeZone: string): Promise<void> {
    this.#assertOperator(by);
    const { name, address } = by;
    await this.zones.set(tenantId, timeZone, { by: { kind: 'operator', id: name }, address });
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
      await this.#record(tx, by, tenantId, { action: 'company_suspended', subject: null });
    });
  }

  async liftSso(by: Operator, tenantId: TenantId): Promise<void> {
    this.#assertOperator(by);
    await this.deps.db.asService(AUTH, async (tx) => {
      await liftIn(tx, tenantId);
      await this.#record(tx, by, tenantId, { action: 'sso_lifted', subject: null });
    });
  }

  async restoreTenant(by: Operator, tenantId: TenantId): Promise<void> {
    this.#assertOperator(by);
    await this.deps.db.asService(AUTH, async (tx) => {
      const { rows } = await tx.execute(sql`update tenant set suspended_at = null where tenant_id = ${tenantId}`);
      if (rows === 0) throw noSuchCompany();
      await this.#record(tx, by, tenantId, { action: 'company_restored', subject: null });
    });
  }

  async contextFor(tenantId: TenantId, userId: UserId): Promise<TenantContext> {
    const [rights] = await this.deps.turns.run(
      tenantId,
      (tx) =>
        tx.query(
          sql`select a.role, t.plan, t.suspended_at is not null as is_suspended
              from account a join tenant t using (tenant_id)
              where a.tenant_id = ${tenantId} and a.user_id = ${userId}`,
          rightsRow,
        ),
      true,
    );
    if (rights === undefined) throw new AuthError('not_found', 'There is no such person.');
    // What a suspended company has asked before is not worked on: nobody of it may anything.
    const permissions = rights.is_suspended ? [] : permissionsOf(rights.role);
    return vouchFor({ tenantId, userId, plan: rights.plan, permissions });
  }

  async keptPlansOf(tenants: readonly TenantId[]): Promise<ReadonlyMap<TenantId, Plan>> {
    if (tenants.length === 0) return new Map();
    const found = await this.deps.db.asService(
      AUTH,
      (tx) =>
        tx.query(
          sql`select tenant_id, ${keptPlanAt(this.deps.clock.now())} as plan from tenant
              where tenant_id = any(${[...tenants]})`,
          planRow,
        ),
      { readOnly: true },
    );
    return new Map(found.map((row) => [row.tenant_id, row.plan]));
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

  /** A name may be written in any letters; not all of PostgreSQL's collations make small ones of those beyond ASCII. */
  async findByName(ctx: TenantContext, words: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (words.length === 0) return new Map();
    const wanted = [...new Set(words.flatMap((word) => [word, word.toLowerCase()]))];
    const found = await this.deps.db.transaction(
      ctx,
      (tx) =>
        tx.query(
          sql`select user_id as id, name from account
              where string_to_array(lower(name), ' ') && ${wanted}::text[] order by name, user_id limit ${MAX_NAMESAKES}`,
          nameRow,
        ),
      { readOnly: true },
    );
    return new Map(found.map((person) => [person.id, person.name]));
  }

  /** Looks at every key, whichever it is, so that the time tells nothing. */
  #nameOf(credential: string): string | undefined {
    const shown = sha256(credential);
    let name: string | undefined;
    for (const { id, key } of this.deps.config.operatorKeys) {
      if (timingSafeEqual(shown, sha256(key.reveal()))) name = id;
    }
    return name;
  }

  #record(
    tx: Transaction,
    { name, address }: Operator,
    tenantId: TenantId,
    event: Omit<AuditEvent, 'by' | 'address'>,
  ): Promise<void> {
    return this.deps.audit.append(tx, tenantId, { ...event, by: { kind: 'operator', id: name }, address });
  }

  #assertOperator(by: Operator): void {
    if (!this.#operators.has(by)) throw operatorUnknown();
  }
}

function operatorUnknown(): AuthError {
  return new AuthError('operator_unknown', 'This needs the credential of an operator of the platform.');
}
