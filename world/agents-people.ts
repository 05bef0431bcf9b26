import type { IdSource } from '../ssot/id-manager';
import {
  PlatformError,
  vouchFor,
  type Permission,
  type TenantContext,
  type TenantId,
  type UserId,
} from '../ssot/kernel';
import { meaningOf } from './known';
import { COMPANIES, PEOPLE, type Company, type PersonName } from './personas';

export interface Who {
  readonly company: Company;
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly rights: Set<Permission>;
}

/** Who may ask what in a scenario: the cast, and as many colleagues of theirs as it takes. */
export class AgentPeople {
  /** Nobody can say who has which rights. */
  isAway = false;
  /** Happens while somebody's rights are looked up, once. */
  meanwhile: (() => Promise<void>) | null = null;
  readonly #tenants = new Map<string, TenantId>();
  readonly #people = new Map<string, Who>();
  readonly #gone = new Set<UserId>();

  constructor(private readonly ids: () => IdSource) {}

  who(name: PersonName): Who {
    return this.#of(name, meaningOf('person', name, PEOPLE).company);
  }

  /** Somebody of the company who is not in the cast. */
  colleague(company: Company, number: number): Who {
    return this.#of(`${company} ${number}`, company);
  }

  /** Somebody of one of many companies that are not in the cast. */
  oneOfMany(company: number, number: number): Who {
    return this.#of(`Company ${company}, person ${number}`, 'Acme', `Company ${company}`);
  }

  contextOf({ company, rights, tenantId, userId }: Who): TenantContext {
    return vouchFor({ tenantId, userId, plan: COMPANIES[company].plan, permissions: [...rights] });
  }

  remove({ userId }: Who): void {
    this.#gone.add(userId);
  }

  /** Rights as they are at this moment. */
  async contextFor(userId: UserId): Promise<TenantContext> {
    const { meanwhile } = this;
    this.meanwhile = null;
    await meanwhile?.();
    if (this.isAway) {
      const facts = { code: 'database_unreachable', message: 'nobody answers', retryable: true };
      throw new PlatformError(facts);
    }
    const found = [...this.#people.values()].find((who) => who.userId === userId);
    if (found === undefined || this.#gone.has(userId)) {
      throw new PlatformError({ code: 'not_found', message: 'There is no such person.' });
    }
    return this.contextOf(found);
  }

  /** `tenant` names one of several companies that are like this one of the cast. */
  #of(name: string, company: Company, tenant: string = company): Who {
    const known = this.#people.get(name);
    if (known !== undefined) return known;
    const tenantId = this.#tenants.get(tenant) ?? this.ids().next('tenant');
    this.#tenants.set(tenant, tenantId);
    const who: Who = {
      company,
      tenantId,
      userId: this.ids().next('user'),
      rights: new Set(['chat:use', 'usage:read']),
    };
    this.#people.set(name, who);
    return who;
  }
}
