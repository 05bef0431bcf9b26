import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { ControlledClock } from '../../world/controlled-clock';
import { PlatformError } from '../kernel';
import { FairQueue } from './fair-queue';

/** Work that lasts until it is told to end; what came of each is noted in order. */
class Scene {
  readonly clock = new ControlledClock();
  readonly started: string[] = [];
  readonly refused: string[] = [];
  readonly #ends = new Map<string, () => void>();
  readonly #queue: FairQueue;

  constructor(limits: { atOnce?: number; maxWaiting?: number } = {}) {
    this.#queue = new FairQueue({ atOnce: 2, maxWaiting: 4, maxWaitMs: 3_000, ...limits }, this.clock);
  }

  async come(name: string, ...crowds: readonly string[]): Promise<void> {
    const end = Promise.withResolvers<void>();
    this.#ends.set(name, () => end.resolve());
    this.#queue
      .run(crowds, () => {
        this.started.push(name);
        return end.promise;
      })
      .catch((error: unknown) => {
        if (!(error instanceof PlatformError) || error.retryAfterMs !== 3_000) throw error;
        this.refused.push(`${name} ${error.code}`);
      });
    await turn();
  }

  async end(name: string): Promise<void> {
    this.#ends.get(name)?.();
    await turn();
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await turn();
  }
}

test('AU-05 of one address one runs at a time, and a place is left for the next address', async () => {
  const scene = new Scene();
  for (const name of ['a1', 'a2', 'a3']) await scene.come(name, 'address a', `account ${name}`);
  await scene.come('b1', 'address b', 'account b1');
  assert.deepEqual(scene.started, ['a1', 'b1']);
});

test('AU-05 of one account one runs at a time, from however many addresses', async () => {
  const scene = new Scene();
  for (const name of ['a1', 'a2', 'a3']) await scene.come(name, `address ${name}`, 'account a');
  await scene.come('b1', 'address b', 'account b');
  assert.deepEqual(scene.started, ['a1', 'b1']);
});

test('AU-05 whoever has the fewest of their kind waiting comes first, then whoever came first', async () => {
  const scene = new Scene({ atOnce: 1 });
  await scene.come('first', 'address z');
  for (const name of ['a1', 'a2', 'b1', 'c1']) await scene.come(name, `address ${name.charAt(0)}`);
  for (const name of ['first', 'b1', 'c1', 'a1', 'a2']) await scene.end(name);
  assert.deepEqual(scene.started, ['first', 'b1', 'c1', 'a1', 'a2']);
});

test('AU-05 a full queue takes a newcomer, and the largest crowd gives up its newest', async () => {
  const scene = new Scene({ atOnce: 1 });
  for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) await scene.come(name, 'address a');
  await scene.come('b1', 'address b');
  assert.deepEqual(scene.refused, ['a5 overloaded']);
  await scene.come('a6', 'address a');
  assert.deepEqual(scene.refused, ['a5 overloaded', 'a6 overloaded']);
  await scene.end('a1');
  assert.deepEqual(scene.started, ['a1', 'b1']);
});

test('AU-05 nobody waits longer than 3 seconds, and whoever was refused takes no turn', async () => {
  const scene = new Scene({ atOnce: 1 });
  await scene.come('a1', 'address a');
  await scene.come('b1', 'address b');
  await scene.pass(2_999);
  assert.deepEqual(scene.refused, []);
  await scene.pass(1);
  assert.deepEqual(scene.refused, ['b1 overloaded']);
  await scene.end('a1');
  await scene.come('c1', 'address c');
  assert.deepEqual(scene.started, ['a1', 'c1']);
});

test('AU-05 work that fails gives its turn back', async () => {
  const queue = new FairQueue({ atOnce: 1, maxWaiting: 1, maxWaitMs: 1 }, new ControlledClock());
  await assert.rejects(
    queue.run(['a'], () => Promise.reject(new Error('broken'))),
    /broken/,
  );
  assert.equal(await queue.run(['a'], () => Promise.resolve('done')), 'done');
});
