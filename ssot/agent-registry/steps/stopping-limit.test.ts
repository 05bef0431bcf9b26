import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { limitOnceStopping } from './stopping-limit';

/** A reading on an instance: how often it was called slow, when it is over, and when the instance stops. */
function reading(stopping = new AbortController()) {
  const clock = new ControlledClock();
  const slow: number[] = [];
  const limit = limitOnceStopping(clock, stopping.signal, () => slow.push(clock.monotonic()));
  return { clock, slow, end: () => limit[Symbol.dispose](), stop: () => stopping.abort() };
}

describe('a reading on an instance that stops', () => {
  void it('AG-11 is given one second more', () => {
    const { clock, slow, stop } = reading();
    clock.advance(60_000);
    stop();
    clock.advance(999);
    assert.deepEqual(slow, []);
    clock.advance(60_000);
    assert.deepEqual(slow, [61_000]);
  });

  void it('AG-11 that begins there is given as much', () => {
    const stopped = new AbortController();
    stopped.abort();
    const { clock, slow } = reading(stopped);
    clock.advance(60_000);
    assert.deepEqual(slow, [1_000]);
  });

  for (const [when, isFirst] of [
    ['before the instance is told to stop', true],
    ['in time', false],
  ] as const) {
    void it(`AG-11 is left alone when it ends ${when}`, () => {
      const { clock, slow, stop, end } = reading();
      for (const act of isFirst ? [end, stop] : [stop, end]) act();
      clock.advance(60_000);
      assert.deepEqual([slow, clock.pending], [[], 0]);
    });
  }
});
