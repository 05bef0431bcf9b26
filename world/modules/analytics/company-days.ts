import { randomUUID } from 'node:crypto';
import { DateTime } from 'luxon';
import type { HttpClient, Problem } from '../../clients/http-client';
import type { Person } from '../../actors/person';
import type { Tenant } from '../../actors/tenant';

const PATH = '/v1/company/time-zone';

interface Host {
  operator(): Promise<HttpClient>;
}

/** Where a company's days begin and end, and calls around their edges. */
export class CompanyDays {
  /** Code and field of each refusal. */
  refusals: readonly (readonly [string, string])[] = [];
  #zone = 'UTC';

  constructor(private readonly host: Host) {}

  async set(tenant: Tenant, zone: string): Promise<void> {
    await (await tenant.administrator()).require('put', PATH, { timeZone: zone });
    this.#zone = zone;
  }

  async setByOperator(tenant: Tenant, timeZone: string): Promise<void> {
    await (
      await this.host.operator()
    ).require('put', `/v1/operations/tenants/${await tenant.id()}/time-zone`, { timeZone });
  }

  async of(tenant: Tenant): Promise<string> {
    return (await (await tenant.administrator()).require<{ timeZone: string }>('get', PATH)).timeZone;
  }

  async tryToSet(attempts: readonly (readonly [HttpClient, string])[]): Promise<void> {
    for (const [http, timeZone] of attempts) {
      const { body } = await http.send<Problem | undefined>('put', PATH, { timeZone });
      this.refusals = [...this.refusals, [body?.code ?? 'taken', body?.field ?? 'nothing']];
    }
  }

  /** Two within the company's yesterday, at both of its ends, and so many just before it. */
  async reportAroundYesterday(person: Person, before: number): Promise<void> {
    const today = DateTime.now().setZone(this.#zone).startOf('day');
    const yesterday = today.minus({ days: 1 });
    const early = yesterday.minus({ minutes: 30 });
    const moments = [
      yesterday.plus({ minutes: 30 }),
      today.minus({ minutes: 30 }),
      ...Array<DateTime>(before).fill(early),
    ];
    const events = moments.map((at) => ({
      ...{ eventId: randomUUID(), at: at.toUTC().toISO(), provider: 'openai', model: 'gpt-4o', feature: 'search' },
      ...{ status: 'completed', inputTokens: 1_000, cachedInputTokens: 0, outputTokens: 100, latencyMs: 400 },
      background: false,
    }));
    await (await person.http()).require('post', '/v1/usage', { events });
  }
}
