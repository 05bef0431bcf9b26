import { exclusivelyIn } from '../../../platform/wiring/exclusively';
import type { Analytics, AnalyticsPorts, PriceEntry, PriceTable, UsageEvent } from '../../../ssot/analytics';
import { vouchFor, type TenantContext, type TenantId, type UserId } from '../../../ssot/kernel';
import type { Connections } from '../../stores/connections';
import { COMPANIES, type Company } from '../../actors/personas';
import { openUsage } from './analytics-under-test';

interface Host {
  readonly connections: Connections;
  own<T extends AsyncDisposable>(thing: T): T;
}

/** Companies of one scenario as analytics knows them: each with rights, prices and people of its own, on real ClickHouse. */
export class UsageCompanies {
  readonly #contexts = new Map<Company, TenantContext>();
  readonly #people = new Map<string, UserId>();
  readonly #prices = new Map<TenantId, PriceTable>();
  #instance: Promise<Analytics> | null = null;

  constructor(private readonly host: Host) {}

  get connections(): Connections {
    return this.host.connections;
  }

  own<T extends AsyncDisposable>(thing: T): T {
    return this.host.own(thing);
  }

  of(name: Company): TenantContext {
    const { ids } = this.host.connections;
    const known = this.#contexts.get(name);
    if (known !== undefined) return known;
    const made = vouchFor({
      ...{ tenantId: ids.next('tenant'), userId: ids.next('user'), plan: COMPANIES[name].plan },
      permissions: ['usage:read', 'usage:write'],
    });
    this.#contexts.set(name, made);
    return made;
  }

  person(name: string): UserId {
    const id = this.#people.get(name) ?? this.host.connections.ids.next('user');
    this.#people.set(name, id);
    return id;
  }

  nameOf(id: string): string {
    return [...this.#people].find(([, known]) => known === id)?.[0] ?? 'nobody';
  }

  /** In place of whatever the company paid before. */
  setPrices(name: Company, entries: readonly PriceEntry[]): void {
    const { tenantId } = this.of(name);
    this.#prices.set(tenantId, {
      version: `${(this.#prices.get(tenantId)?.entries.length ?? 0) + entries.length}`,
      entries,
    });
  }

  pricesOf(name: Company): readonly PriceEntry[] {
    return this.#prices.get(this.of(name).tenantId)?.entries ?? [];
  }

  /** The instance that the scenario asks; `url`: of a history of its own. */
  usage(): Promise<Analytics> {
    this.#instance ??= this.open();
    return this.#instance;
  }

  moveTo(instance: Analytics): void {
    this.#instance = Promise.resolve(instance);
  }

  /** One more instance beside it; reports of one company are recorded one at a time over all of them. */
  async open(url?: string, more: Partial<AnalyticsPorts> = {}): Promise<Analytics> {
    const prices = { for: ({ tenantId }: TenantContext) => Promise.resolve(this.#prices.get(tenantId) ?? NO_PRICES) };
    const database = await this.host.connections.database();
    const exclusively = exclusivelyIn(() => database, 'recording');
    return this.host.own(await openUsage({ prices, exclusively, ...more }, url));
  }

  async report(name: Company, events: readonly UsageEvent[]): Promise<void> {
    const usage = await this.usage();
    for (let from = 0; from < events.length; from += 1_000) {
      await usage.record(this.of(name), events.slice(from, from + 1_000));
    }
  }
}

const NO_PRICES: PriceTable = { version: 'none', entries: [] };
