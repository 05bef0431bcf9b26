import { randomBytes } from 'node:crypto';
import { usageFromTemplate } from '../sample-usage/template';
import type { Plan, TenantId, UserId } from '../../ssot/kernel';
import type { HttpClient, Problem } from '../clients/http-client';
import { COMPANIES, type Company } from './personas';
import type { RevenueWorld } from '../revenue-world';

const MINUTE_MS = 60_000;

/** A customer company of this scenario: real, made through the operators' port, and nobody else's. */
export class Tenant {
  readonly suffix = randomBytes(6).toString('hex');
  readonly refusals: string[] = [];
  #id: Promise<TenantId> | null = null;

  constructor(
    private readonly world: RevenueWorld,
    readonly name: Company,
  ) {}

  id(): Promise<TenantId> {
    this.#id ??= this.#provision();
    return this.#id;
  }

  /** Reports the shipped month of model calls as this company's own usage, through one of its administrators. */
  async bringUsage(): Promise<void> {
    const http = await this.administrator();
    const events = usageFromTemplate({ asOf: new Date(), ids: this.suffix });
    for (let from = 0; from < events.length; from += 1_000) {
      await http.require('post', '/v1/usage', { events: events.slice(from, from + 1_000) });
    }
  }

  /** So many calls of one feature, made today; without a person unless one is given. */
  async bringCallsOf(feature: string, count: number, personId?: UserId): Promise<void> {
    const events = usageFromTemplate({ asOf: new Date(), ids: `${this.suffix}-${randomBytes(3).toString('hex')}` })
      .filter(({ model, status }) => model === 'gpt-4o' && status === 'completed')
      .slice(0, count);
    const at = new Date(Date.now() - MINUTE_MS).toISOString();
    const calls = events.map((event) => ({ ...event, feature, at, ...(personId && { personId }) }));
    await (await this.administrator()).require('post', '/v1/usage', { events: calls });
  }

  async suspend(): Promise<void> {
    await (await this.world.operator()).require('put', await this.#suspension());
  }

  async moveTo(plan: Plan): Promise<void> {
    const path = `/v1/operations/tenants/${await this.id()}/plan`;
    await (await this.world.operator()).require('put', path, { plan });
  }

  async restore(): Promise<void> {
    await (await this.world.operator()).require('delete', await this.#suspension());
  }

  administrator(baseUrl?: string): Promise<HttpClient> {
    return this.world.cast.administratorOf(this.name).http(baseUrl);
  }

  /** What this caller is answered who wants to suspend a company and to restore it. */
  async tryToSuspend(caller: HttpClient, tenantId: TenantId): Promise<void> {
    for (const method of ['put', 'delete'] as const) {
      const { body } = await caller.send<Problem | undefined>(method, await this.#suspension(tenantId));
      this.refusals.push(body?.code ?? 'not refused');
    }
  }

  async #suspension(tenantId?: TenantId): Promise<string> {
    return `/v1/operations/tenants/${tenantId ?? (await this.id())}/suspension`;
  }

  async #provision(): Promise<TenantId> {
    const operator = await this.world.operator();
    const { tenantId } = await operator.require<{ tenantId: TenantId }>('post', '/v1/operations/tenants', {
      name: this.name,
      plan: COMPANIES[this.name].plan,
    });
    return tenantId;
  }
}
