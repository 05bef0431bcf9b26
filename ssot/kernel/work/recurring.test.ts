import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { Recurring } from '..';

/** Notes when turns begin; each lasts until it is told to end. */
class Turns {
  readonly clock = new ControlledClock();
  readonly began: number[] = [];
  readonly failures: string[] = [];
  signal: AbortSignal | undefined;
  #end = Promise.withResolvers<void>();
  readonly recurring = new Recurring(
    this.clock,
    { firstAfterMs: 10, everyMs: 100, onFailure: (reason) => this.failures.push(reason) },
    (closing) => {
      this.signal = closing;
      this.began.push(this.clock.monotonic());
      this.#end = Promise.withResolvers<void>();
      return this.#end.promise;
    },
  );

  async end(failure?: Error): Promise<void> {
    if (failure === undefined) this.#end.resolve();
    else this.#end.reject(failure);
    await turn();
  }
}

void test('ST-09 a turn begins so long after the one before has ended, and never beside it', async () => {
  const turns = new Turns();
  turns.clock.advance(500);
  assert.deepEqual(turns.began, [10]);
  await turns.end();
  turns.clock.advance(99);
  assert.deepEqual(turns.began, [10]);
  turns.clock.advance(1);
  assert.deepEqual(turns.began, [10, 600]);
});

void test('ST-09 a turn that fails is told, and the next one comes all the same', async () => {
  const turns = new Turns();
  turns.clock.advance(10);
  await turns.end(new Error('no answer'));
  assert.deepEqual(turns.failures, ['Error: no answer']);
  turns.clock.advance(100);
  assert.equal(turns.began.length, 2);
});

void test('ST-09 closing tells the turn that is under way, waits for it, and no other comes', async () => {
  const turns = new Turns();
  turns.clock.advance(10);
  let isClosed = false;
  const closed = turns.recurring[Symbol.asyncDispose]().then(() => (isClosed = true));
  await turn();
  assert.deepEqual([turns.signal?.aborted, isClosed], [true, false]);
  await turns.end();
  await closed;
  turns.clock.advance(1_000);
  assert.equal(turns.began.length, 1);
});
