import { FaultProxy } from './fault-proxy';
import { Instance } from './instance';
import type { RevenueWorld } from './revenue-world';
import { addressOf } from './settings';

export type Store = 'PostgreSQL' | 'Redis' | 'ClickHouse';

const ADDRESS_OF = {
  PostgreSQL: { spec: 'SPEC_POSTGRES_URL', platform: 'POSTGRES_URL' },
  Redis: { spec: 'SPEC_REDIS_URL', platform: 'REDIS_URL' },
  ClickHouse: { spec: 'SPEC_CLICKHOUSE_URL', platform: 'CLICKHOUSE_URL' },
} as const;

/**
 * Starting, stopping, killing and cutting. Refused to scenarios that do not say so with `@operations`: such a scenario
 * must never reach a deployment that is not ours.
 */
export class Operations {
  #serving: Instance | null = null;
  #toldAt = 0;

  constructor(private readonly world: RevenueWorld) {}

  async startInstance(overrides: Readonly<Record<string, string>> = {}): Promise<Instance> {
    this.#assertDeclared();
    return this.world.own(await Instance.start(overrides));
  }

  /** An instance whose line to one store runs through a fault proxy. */
  async startInstanceBehindFaults(store: Store): Promise<{ instance: Instance; faults: FaultProxy }> {
    this.#assertDeclared();
    const faults = this.world.own(await FaultProxy.open(addressOf(ADDRESS_OF[store].spec)));
    return { instance: await this.startInstance({ [ADDRESS_OF[store].platform]: faults.url }), faults };
  }

  /** Starts the instance that the scenario calls "it". */
  async serve(): Promise<void> {
    this.#serving = await this.startInstance();
  }

  serving(): Instance {
    if (this.#serving === null) throw new Error('no instance of its own is serving in this scenario');
    return this.#serving;
  }

  tellToStop(): void {
    this.#toldAt = performance.now();
    this.serving().signal('SIGTERM');
  }

  async stoppedAfterMs(): Promise<number> {
    await this.serving().ended();
    return performance.now() - this.#toldAt;
  }

  #assertDeclared(): void {
    if (!this.world.tags.includes('@operations')) {
      throw new Error(
        `The scenario "${this.world.scenarioName}" starts, stops or cuts something without saying so. Tag it @operations.`,
      );
    }
  }
}
