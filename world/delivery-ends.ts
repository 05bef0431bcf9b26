import type { Delivery } from './delivery';
import type { PersonName } from './personas';

/** How lines and instances end: left, killed, drained, stopped. */
export class Ends {
  /** What there was before devices left. */
  before: ReturnType<Delivery['count']> | null = null;
  stopped = false;
  drained: { asked: number; left: number } | null = null;
  readonly #limit = new AbortController();

  constructor(private readonly delivery: Delivery) {}

  async leave(devices: readonly (readonly [PersonName, string])[]): Promise<void> {
    this.before = this.delivery.count();
    for (const [name, device] of devices) this.delivery.device(name, device).leave();
    await this.delivery.db.settled();
  }

  /** An instance dies at once: its lines are torn off, and nothing of it reaches Redis any more. */
  async kill(place: number): Promise<void> {
    this.delivery.instance(place).kill();
    await this.delivery.db.settled();
  }

  async drain(): Promise<void> {
    void this.delivery
      .instance()
      .gateway.drain(this.#limit.signal)
      .then((drained) => (this.drained = drained));
    await this.delivery.db.settled();
  }

  async reachDrainLimit(): Promise<void> {
    this.#limit.abort();
    await this.delivery.db.settled();
  }

  /** Tells the instance to stop; it may still be at it when this resolves. */
  async stop(): Promise<void> {
    void this.delivery
      .instance()
      .stop()
      .then(() => (this.stopped = true));
    await this.delivery.db.settled();
  }
}
