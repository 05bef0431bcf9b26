import { networkOf } from '../../../ssot/auth';
import type { Clock } from '../../../ssot/kernel';
import type { Lifecycle } from '../../../ssot/lifecycle-manager';
import type { App } from '../server/app';

/**
 * Between the beginnings of two requests that came in one moment. An answer takes an instance a few tenths of a millisecond, so
 * a flood from one network gets about a fifth of its time; begun as fast as they can be, 250 junk renewals made a neighbour's
 * first event take four times as long.
 */
const APART_MS = 2;

/**
 * Lets requests of each network begin one by one, a moment apart. Somebody whose requests come by the hundred at once waits for
 * themselves: between two of theirs everybody else is served. Whoever sends one at a time waits for nothing.
 */
export class Pacing {
  readonly #waiting = new Map<string, (() => boolean)[]>();

  #isOver = false;

  constructor(private readonly clock: Clock) {}

  /** Calls `begin` now, or in its turn; it answers whether it began, and whoever has gone meanwhile takes no turn. */
  start(network: string, begin: () => boolean): void {
    if (this.#isOver) return void begin();
    const waiting = this.#waiting.get(network);
    if (waiting !== undefined) {
      waiting.push(begin);
      return;
    }
    this.#waiting.set(network, []);
    if (this.#waiting.size === 1) this.#continue();
    begin();
  }

  /** Whoever waits begins now, and nobody waits any more: an instance that stops has no time for it, and would cut them off unheard. */
  end(): void {
    this.#isOver = true;
    const all = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    for (const begin of all) begin();
  }

  #continue(): void {
    this.clock.after(APART_MS, () => this.#next());
  }

  #next(): void {
    for (const [network, waiting] of [...this.#waiting]) {
      if (!beginNext(waiting)) this.#waiting.delete(network);
    }
    if (this.#waiting.size > 0) this.#continue();
  }
}

function beginNext(waiting: (() => boolean)[]): boolean {
  for (let begin = waiting.shift(); begin !== undefined; begin = waiting.shift()) if (begin()) return true;
  return false;
}

/** Add it before any other hook: what is not begun has cost next to nothing. */
export function paceRequests(app: App, clock: Clock, lifecycle: Pick<Lifecycle, 'watch'>): void {
  const pacing = new Pacing(clock);
  const watching = lifecycle.watch(({ to }) => {
    if (to === 'draining') pacing.end();
  });
  app.addHook('onClose', (_, done) => {
    watching[Symbol.dispose]();
    done();
  });
  app.addHook('onRequest', (request, _, done) => {
    pacing.start(networkOf(request.ip), () => {
      // Whoever has gone meanwhile is not begun: what is counted until their connection closes would be counted for ever.
      if (request.raw.socket.destroyed) return false;
      done();
      return true;
    });
  });
}
