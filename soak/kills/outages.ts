import type { Service } from '../../support/services/contract';

/** One period in which a store was away for whoever needed it, milliseconds of the machine's clock. */
interface Outage {
  readonly store: Service;
  readonly from: number;
  to: number;
}

/** When stores were away. */
export class Outages {
  readonly #all: Outage[] = [];

  begin(store: Service): void {
    this.#all.push({ store, from: performance.now(), to: Infinity });
  }

  end(store: Service): void {
    const open = this.#all.find((one) => one.store === store && one.to === Infinity);
    if (open !== undefined) open.to = performance.now();
  }

  isAway(store: Service): boolean {
    return this.#all.some((one) => one.store === store && one.to === Infinity);
  }

  /** Whether one of these stores was away at any moment from `from` to `to`. */
  touch(stores: readonly Service[], from: number, to: number): boolean {
    return this.#all.some((one) => stores.includes(one.store) && one.from <= to && one.to >= from);
  }

  /** Seconds. */
  totalOf(store: Service, now: number): number {
    const own = this.#all.filter((one) => one.store === store);
    return own.reduce((sum, { from, to }) => sum + Math.min(to, now) - from, 0) / 1_000;
  }
}
