import { setImmediate as turn } from 'node:timers/promises';
import { ControlledClock } from '../../operations/controlled-clock';
import { eventually } from '../../eventually';

/** An instance's time limits and waits, which pass only while something is called. */
export class Waits {
  readonly clock = new ControlledClock();

  /** Lets waits pass until the call is answered. Answers how long it took on that clock, milliseconds. */
  async during(call: () => Promise<unknown>): Promise<number> {
    const began = this.clock.monotonic();
    let isAnswered = false;
    const answer = call().finally(() => (isAnswered = true));
    while (!isAnswered) {
      this.clock.advance(25);
      await turn();
    }
    await answer;
    return this.clock.monotonic() - began;
  }

  /** The same for calls that need other stores: time passes no faster than those answer. */
  async slowlyDuring<T>(call: () => Promise<T>): Promise<T> {
    let isAnswered = false;
    const answer = call().finally(() => (isAnswered = true));
    await eventually(() => {
      this.clock.advance(50);
      if (!isAnswered) throw new Error('not answered yet');
    });
    return answer;
  }
}
