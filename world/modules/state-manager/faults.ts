import { Redis } from 'ioredis';
import { eventually } from '../../eventually';
import { FaultProxy } from '../../operations/fault-proxy';
import type { PersonName } from '../../actors/personas';
import { addressOf } from '../../settings';
import { databaseAt } from '../../stores/database-at';
import type { Notes } from './notes';
import type { StateHost } from './host';
import { Waits } from './waits';

export type CutOffStore = 'Redis' | 'PostgreSQL';

/** An instance that reaches one of its stores over a connection that breaks or hangs. */
export class StateFaults {
  readonly waits = new Waits();
  #proxy: FaultProxy | undefined;
  #lost: () => Promise<void> = () => Promise.resolve();

  constructor(private readonly notes: Notes) {}

  get proxy(): FaultProxy {
    if (this.#proxy === undefined) throw new Error('no instance of this scenario can be cut off');
    return this.#proxy;
  }

  /** The instance that serves from here on. Its waits pass only during `calling` and when they are advanced. */
  async serveBehindProxy(store: CutOffStore): Promise<void> {
    const { host } = this.notes;
    const { clock } = this.waits;
    if (store === 'PostgreSQL') {
      this.#proxy = host.own(await FaultProxy.open(addressOf('SPEC_POSTGRES_URL')));
      await this.notes.serveWith({ clock, database: host.own(await databaseAt(this.#proxy.url)) });
      return;
    }
    this.#proxy = host.own(await FaultProxy.open(host.connections.redisUrl()));
    const redis = reconnectingRedis(host, this.#proxy.url);
    await this.notes.serveWith({ clock, redis });
    await redis.ping();
  }

  cut(): void {
    this.proxy.cut();
  }

  hang(): void {
    this.proxy.blackHole();
  }

  /** Resolves when the instance is connected again. */
  async restore(): Promise<void> {
    this.proxy.restore();
    await eventually(() => {
      if (this.proxy.open === 0) throw new Error('the instance has not connected again');
    });
  }

  /** A call to an instance whose store has been cut off: its waits pass as fast as the other store answers. */
  calling<T>(call: () => Promise<T>): Promise<T> {
    return this.waits.slowlyDuring(call);
  }

  /** A call to an instance whose store hangs, measured on the instance's own clock. */
  async callWhileHanging(call: () => Promise<unknown>): Promise<void> {
    this.hang();
    this.notes.tookMs = await this.waits.during(call);
  }

  /** Five failures in a row: Redis is not asked any more. */
  async failUntilRefused(name: PersonName): Promise<void> {
    for (let i = 0; i < 5; i++) await this.callWhileHanging(() => this.notes.write(name, 'lost', 'lost'));
  }

  /** A named write that lands, while its answer is lost on the way. */
  async loseAnswer(name: PersonName, id: string, value: string): Promise<void> {
    // Redis knows the script from here on; otherwise the lost answer could be that it does not.
    await this.notes.mustWrite(name, 'before', 'before');
    this.proxy.cutAfterBytes(0, 'received');
    this.#lost = () => this.notes.write(name, id, value, { writeId: 'the same write' });
    await this.calling(this.#lost);
  }

  async repeat(): Promise<void> {
    await this.calling(this.#lost);
  }

  /** An instance that takes every change that waits for the work of a writer that is gone. */
  async deliverWhatWasLeftBehind(): Promise<void> {
    const { clock } = this.waits;
    await this.notes.instances.start({ clock, orphanedMs: 0 });
    clock.advance(30_000);
  }
}

export function reconnectingRedis(host: StateHost, url: string): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => 20 });
  redis.on('error', () => undefined);
  host.own({ [Symbol.dispose]: () => redis.disconnect() });
  return redis;
}
