import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { PlatformError } from '../../kernel';
import { FairQueue, type Claim } from './fair-queue';

const WORDS = 'Too many people sign in right now. Try again in a few seconds.';

/** Work that lasts until it is told to end; what came of each is noted in order. */
class Scene {
  readonly clock = new ControlledClock();
  readonly started: string[] = [];
  readonly refused: string[] = [];
  readonly #ends = new Map<string, () => void>();
  readonly #queue: FairQueue;

  constructor(limits: { atOnce?: number; ofStrangers?: number; maxWaiting?: number } = {}) {
    this.#queue = new FairQueue({ atOnce: 2, maxWaiting: 4, maxWaitMs: 3_000, ...limits }, this.clock);
  }

  come(name: string, ...crowds: readonly string[]): Promise<void> {
    return this.#come(name, { crowds });
  }

  comeKnown(name: string, ...crowds: readonly string[]): Promise<void> {
    return this.#come(name, { crowds, isKnown: true });
  }

  async #come(name: string, claim: Claim): Promise<void> {
    const end = Promise.withResolvers<void>();
    this.#ends.set(name, () => end.resolve());
    this.#queue
      .run(claim, () => {
        this.started.push(name);
        return end.promise;
      })
      .catch((error: unknown) => {
        if (!(error instanceof PlatformError) || error.retryAfterMs !== 3_000 || error.message !== WORDS) throw error;
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

test('AU-05 whoever has much in common with others in any one way counts with those', async () => {
  const scene = new Scene({ atOnce: 1, maxWaiting: 9 });
  await scene.come('first', 'address z');
  for (const name of ['a1', 'a2', 'a3']) await scene.come(name, `address ${name}`, 'account a');
  for (const name of ['b1', 'b2']) await scene.come(name, 'address b', `account ${name}`);
  await scene.end('first');
  assert.deepEqual(scene.started, ['first', 'b1']);
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

test('AU-05 whoever has gone, served or refused, counts in no crowd any more', async () => {
  const scene = new Scene({ atOnce: 1 });
  await scene.come('a1', 'address a');
  await scene.end('a1');
  await scene.come('first', 'address z');
  for (const name of ['a2', 'a3']) await scene.come(name, 'address a');
  await scene.pass(3_000);
  for (const name of ['b1', 'b2']) await scene.come(name, 'address b');
  await scene.come('a4', 'address a');
  await scene.end('first');
  assert.deepEqual(scene.started, ['a1', 'first', 'a4']);
});

test('AU-05 work that fails gives its turn back', async () => {
  const queue = new FairQueue({ atOnce: 1, maxWaiting: 1, maxWaitMs: 1 }, new ControlledClock());
  await assert.rejects(
    queue.run({ crowds: ['a'] }, () => Promise.reject(new Error('broken'))),
    /broken/,
  );
  assert.equal(await queue.run({ crowds: ['a'] }, () => Promise.resolve('done')), 'done');
});

/** Sixty strangers of as many crowds, who came first. */
async function stormOf(limits: ConstructorParameters<typeof Scene>[0]): Promise<Scene> {
  const scene = new Scene({ maxWaiting: 59, ...limits });
  for (let i = 0; i < 60; i += 1) await scene.come(`s${i}`, `address ${i}`, `account ${i}`);
  return scene;
}

test('AU-05 whoever is known waits for no stranger: a place is kept', async () => {
  const scene = await stormOf({ ofStrangers: 1 });
  await scene.comeKnown('owner', 'address o', 'account o');
  assert.deepEqual(scene.started, ['s0', 'owner']);
});

test('AU-05 strangers never take the place that is kept, although nobody is at it', async () => {
  const scene = await stormOf({ ofStrangers: 1 });
  assert.deepEqual(scene.started, ['s0']);
  await scene.end('s0');
  assert.deepEqual(scene.started, ['s0', 's1']);
});

test('AU-05 whoever is known comes before strangers of smaller crowds', async () => {
  const scene = new Scene({ atOnce: 1 });
  await scene.come('first', 'address z');
  await scene.come('stranger', 'address s');
  for (const name of ['o1', 'o2']) await scene.comeKnown(name, 'address o');
  await scene.end('first');
  assert.deepEqual(scene.started, ['first', 'o1']);
});

test('AU-05 guessing at an account keeps its owner from nothing: who is known is of no crowd of strangers', async () => {
  const scene = new Scene();
  for (const name of ['s1', 's2', 's3']) await scene.come(name, `address ${name}`, 'account dana');
  await scene.comeKnown('dana', 'address home', 'account dana');
  assert.deepEqual(scene.started, ['s1', 'dana']);
});

test('AU-05 a full queue gives strangers up before anybody who is known, be the known the larger crowd', async () => {
  const scene = new Scene({ atOnce: 1, maxWaiting: 3 });
  await scene.come('s1', 'address s1');
  for (const name of ['o1', 'o2', 'o3']) await scene.comeKnown(name, 'address o');
  await scene.come('s2', 'address s2');
  assert.deepEqual(scene.refused, ['s2 overloaded']);
  await scene.comeKnown('o4', 'address o');
  assert.deepEqual(scene.refused, ['s2 overloaded', 'o4 overloaded']);
});

test('AU-05 the known keep no stranger out: of the two kinds, the one with less at work comes first', async () => {
  const scene = new Scene({ ofStrangers: 1, maxWaiting: 10 });
  for (const name of ['o1', 'o2', 'o3', 'o4']) await scene.comeKnown(name, `address ${name}`);
  await scene.come('s1', 'address s1');
  await scene.come('s2', 'address s2');
  assert.deepEqual(scene.started, ['o1', 'o2']);
  for (const name of ['o1', 's1', 's2', 'o2']) await scene.end(name);
  assert.deepEqual(scene.started, ['o1', 'o2', 's1', 's2', 'o3', 'o4']);
});

test('AU-05 nor does somebody known who comes later, while more of the known are at work', async () => {
  const scene = new Scene({ ofStrangers: 1 });
  await scene.comeKnown('o1', 'address o1');
  await scene.come('s0', 'address s0');
  await scene.come('s1', 'address s1');
  await scene.comeKnown('o2', 'address o2');
  await scene.end('s0');
  assert.deepEqual(scene.started, ['o1', 's0', 's1']);
});
