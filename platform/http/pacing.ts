import { networkOf } from '../../ssot/auth';
import type { App } from './app';

/**
 * Lets one request of each network begin in each turn of the event loop. Somebody whose requests come by the hundred in one
 * moment waits for themselves: between two of theirs everybody else is served. Whoever sends one at a time waits for nothing.
 */
export class Pacing {
  readonly #waiting = new Map<string, (() => void)[]>();

  /** Calls `begin` now, or in its turn. */
  start(network: string, begin: () => void): void {
    const waiting = this.#waiting.get(network);
    if (waiting !== undefined) {
      waiting.push(begin);
      return;
    }
    this.#waiting.set(network, []);
    if (this.#waiting.size === 1) setImmediate(() => this.#next());
    begin();
  }

  #next(): void {
    for (const [network, waiting] of [...this.#waiting]) {
      const begin = waiting.shift();
      if (begin === undefined) this.#waiting.delete(network);
      else begin();
    }
    if (this.#waiting.size > 0) setImmediate(() => this.#next());
  }
}

/** Add it before any other hook: what is not begun has cost next to nothing. */
export function paceRequests(app: App): void {
  const pacing = new Pacing();
  app.addHook('onRequest', (request, _, done) => {
    pacing.start(networkOf(request.ip), () => {
      // Whoever has gone meanwhile is not begun: what is counted until their connection closes would be counted for ever.
      if (!request.raw.socket.destroyed) done();
    });
  });
}
