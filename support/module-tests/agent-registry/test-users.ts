import type { IdSource } from '../../../ssot/id-manager';
import {
  PlatformError,
  vouchFor,
  type Permission,
  type Plan,
  type TenantContext,
  type TenantId,
  type UserId,
} from '../../../ssot/kernel';

const TENANTS = { Acme: 'enterprise', Birch: 'free', Cedar: 'early', Dune: 'mid' } as const satisfies Record<
  string,
  Plan
>;
export type TenantName = keyof typeof TENANTS;
const USERS = { Dana: 'Acme', Ravi: 'Acme', Ada: 'Acme', Leo: 'Birch', Mia: 'Cedar' } as const;
export type UserName = keyof typeof USERS;

export interface TestUser {
  plan: Plan;
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly permissions: Set<Permission>;
}

/** Who may ask what: a double of auth's port, with users of its own in each test. */
export class TestUsers {
  /** Permissions cannot be read. */
  isUnreachable = false;
  /** Runs once, while somebody's permissions are read. */
  meanwhile: (() => Promise<unknown>) | null = null;
  readonly #tenants = new Map<string, TenantId>();
  readonly #users = new Map<string, TestUser>();
  readonly #removed = new Set<UserId>();

  constructor(private readonly ids: IdSource) {}

  user(name: UserName): TestUser {
    return this.#get(name, USERS[name], TENANTS[USERS[name]]);
  }

  /** One of as many colleagues as a test needs. */
  colleague(tenant: TenantName, number: number): TestUser {
    return this.#get(`${tenant} ${number}`, tenant, TENANTS[tenant]);
  }

  /** One of as many users, of as many enterprise tenants, as a test needs. */
  oneOfMany(tenant: number, number: number): TestUser {
    return this.#get(`tenant ${tenant}, user ${number}`, `tenant ${tenant}`, 'enterprise');
  }

  contextOf(name: UserName | TestUser): TenantContext {
    const { plan, permissions, tenantId, userId } = typeof name === 'string' ? this.user(name) : name;
    return vouchFor({ tenantId, userId, plan, permissions: [...permissions] });
  }

  moveTo(plan: Plan, tenantId: TenantId): void {
    for (const user of this.#users.values()) if (user.tenantId === tenantId) user.plan = plan;
  }

  remove(name: UserName): void {
    this.#removed.add(this.user(name).userId);
  }

  /** Permissions as they are at this moment. */
  async contextFor(userId: UserId): Promise<TenantContext> {
    const { meanwhile } = this;
    this.meanwhile = null;
    await meanwhile?.();
    if (this.isUnreachable) {
      throw new PlatformError({ code: 'database_unreachable', message: 'nobody answers', retryable: true });
    }
    const found = [...this.#users.values()].find((user) => user.userId === userId);
    if (found === undefined || this.#removed.has(userId)) {
      throw new PlatformError({ code: 'not_found', message: 'There is no such person.' });
    }
    return this.contextOf(found);
  }

  #get(name: string, tenant: string, plan: Plan): TestUser {
    const known = this.#users.get(name);
    if (known !== undefined) return known;
    const tenantId = this.#tenants.get(tenant) ?? this.ids.next('tenant');
    this.#tenants.set(tenant, tenantId);
    const permissions = new Set<Permission>(['chat:use', 'usage:read']);
    const user: TestUser = { plan, tenantId, userId: this.ids.next('user'), permissions };
    this.#users.set(name, user);
    return user;
  }
}
