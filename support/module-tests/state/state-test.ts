import { ControlledClock } from '../../../world/operations/controlled-clock';
import type { StateHost } from '../../../world/modules/state-manager/host';
import { WorkingState } from '../../../world/modules/state-manager/working-state';
import { stores } from '../stores';

/** Working state on this run's stores, on a clock and for tenants of the test's own; closed and cleaned up at its end. */
export class StateTest extends WorkingState implements AsyncDisposable {
  readonly clock: ControlledClock;
  readonly #scope: AsyncDisposableStack;

  constructor() {
    const scope = new AsyncDisposableStack();
    const clock = new ControlledClock();
    const own: StateHost['own'] = (thing) => {
      scope.use(thing as AsyncDisposable);
      return thing;
    };
    super({ clock, connections: stores, own });
    this.#scope = scope;
    this.clock = clock;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#scope.disposeAsync();
  }
}
