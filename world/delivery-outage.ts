import { openDatabase } from '../ssot/database-manager';
import { noMetrics, silentLogger, systemClock, systemRandom, type ThreadEvent } from '../ssot/kernel';
import { toPublicError } from '../platform/public-error';
import { schemaChanges } from '../platform/schema';
import type { Delivery, DeliveryHost } from './delivery';
import { FaultProxy } from './fault-proxy';
import type { PersonName } from './personas';
import { addressOf } from './settings';

/** PostgreSQL as a restart shows it: every connection breaks at once, and for a while there are no new ones. */
export class Outage {
  #faults: FaultProxy | null = null;

  constructor(
    private readonly delivery: Delivery,
    private readonly world: DeliveryHost,
  ) {}

  /** The scenario reaches PostgreSQL on connections of its own, which can break. */
  async prepare(): Promise<void> {
    const url = addressOf('SPEC_POSTGRES_URL');
    this.#faults = this.world.own(await FaultProxy.open(url));
    const through = (address: string): string => address.replace(new URL(url).host, new URL(this.#proxy.url).host);
    const config = {
      url: this.#proxy.url,
      ownerUrl: addressOf('SPEC_POSTGRES_OWNER_URL'),
      serviceUrl: through(addressOf('SPEC_POSTGRES_SERVICE_URL')),
      changes: schemaChanges,
    };
    const ports = { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics };
    await this.delivery.begin(this.world.own(await openDatabase(config, ports)));
  }

  /** Away while her agent tells a thought and a device asks where the thread stands; back when this resolves. */
  async restart(name: PersonName, device: string): Promise<void> {
    this.#proxy.cut();
    await this.delivery.append(name, [this.delivery.run.one('a thought')]);
    await this.delivery.follow(name, device, this.delivery.thread());
    await this.delivery.pass(1_000);
    this.#proxy.restore();
  }

  /** What her agent was told meanwhile. */
  get refusals(): readonly string[] {
    return this.delivery.refusals.map((refusal) => toPublicError(refusal).code);
  }

  /** The next thought, as it was stored. */
  async tellNext(name: PersonName): Promise<ThreadEvent | undefined> {
    return (await this.delivery.append(name, [this.delivery.run.one('a thought')]))?.events[0];
  }

  get #proxy(): FaultProxy {
    if (this.#faults === null) throw new Error('PostgreSQL cannot be restarted in this scenario');
    return this.#faults;
  }
}
