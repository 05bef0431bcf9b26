import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { FairTurns, Foreground, type Turn } from '..';

/** Work that lasts until it is told to end; its key is the first letter of its name. What began, and what did not, is noted. */
class Scene {
  readonly clock = new ControlledClock();
  readonly began: string[] = [];
  readonly failed: string[] = [];
  readonly #ends = new Map<string, PromiseWithResolvers<void>>();
  readonly #foreground = new Foreground();
  readonly #turns: FairTurns;

  constructor(
    atOnce: number,
    private readonly ofOne: number,
  ) {
    this.#turns = new FairTurns(atOnce, this.clock, this.#foreground);
  }

  /** Short work of somebody; the answer ends it. */
  shortWork(key?: string): () => Promise<void> {
    const end = Promise.withResolvers<void>();
    void this.#foreground.run(key, () => end.promise);
    return async () => {
      end.resolve();
      await turn();
    };
  }

  async come(name: string, more: Partial<Turn> = {}): Promise<void> {
    const end = Promise.withResolvers<void>();
    this.#ends.set(name, end);
    const work = (): Promise<void> => {
      this.began.push(name);
      return end.promise;
    };
    this.#turns
      .run(name.charAt(0), { ofOne: this.ofOne, ...more }, work)
      .catch((error: Error) => this.failed.push(`${name} ${error.message}`));
    await turn();
  }

  async all(...names: readonly string[]): Promise<void> {
    for (const name of names) await this.come(name);
  }

  async end(name: string, failure?: Error): Promise<void> {
    if (failure === undefined) this.#ends.get(name)?.resolve();
    else this.#ends.get(name)?.reject(failure);
    await turn();
  }

  of(key: string): number {
    return this.#turns.of(key);
  }
}

void test('AG-08 work of one company runs as much at once as it may, in order of coming, and nobody else waits for it', async () => {
  const scene = new Scene(Infinity, 2);
  await scene.all('a1', 'a2', 'a3', 'a4', 'b1');
  assert.deepEqual(scene.began, ['a1', 'a2', 'b1']);
  assert.deepEqual([scene.of('a'), scene.of('b'), scene.of('c')], [4, 1, 0]);
  for (const name of ['a2', 'a1', 'a3', 'a4']) await scene.end(name);
  assert.deepEqual(scene.began, ['a1', 'a2', 'b1', 'a3', 'a4']);
  assert.equal(scene.of('a'), 0);
});

void test('CF-09 of all that wait, the company with the least under way comes next, then who came first', async () => {
  const scene = new Scene(2, 2);
  await scene.all('a1', 'a2', 'a3', 'a4', 'b1', 'c1');
  assert.deepEqual(scene.began, ['a1', 'a2']);
  await scene.end('a1');
  await scene.end('a2');
  assert.deepEqual(scene.began, ['a1', 'a2', 'b1', 'c1']);
  await scene.end('b1');
  await scene.end('c1');
  assert.deepEqual(scene.began.slice(4), ['a3', 'a4']);
});

void test('CF-09 work that fails gives its turn to the next', async () => {
  const scene = new Scene(1, 1);
  await scene.all('a1', 'a2');
  await scene.end('a1', new Error('broken'));
  assert.deepEqual([scene.began, scene.failed], [['a1', 'a2'], ['a1 broken']]);
});

void test('AG-08 whoever waits too long does not begin, and whoever comes after still waits for who is at work', async () => {
  const scene = new Scene(1, 1);
  await scene.come('a1');
  await scene.come('a2', { limit: { ms: 1_000, late: () => new Error('late') } });
  scene.clock.advance(999);
  await turn();
  assert.deepEqual(scene.failed, []);
  scene.clock.advance(1);
  await scene.come('a3');
  assert.deepEqual([scene.began, scene.failed], [['a1'], ['a2 late']]);
  await scene.end('a1');
  assert.deepEqual(scene.began, ['a1', 'a3']);
});

void test('CF-09 whoever is called off while waiting does not begin; whoever has begun is not called off here', async () => {
  const scene = new Scene(1, 1);
  const off = new AbortController();
  await scene.come('a1', { signal: off.signal });
  await scene.come('a2', { signal: off.signal });
  off.abort(new Error('called off'));
  await turn();
  assert.deepEqual([scene.began, scene.failed], [['a1'], ['a2 called off']]);
  await scene.come('a3', { signal: off.signal });
  await scene.end('a1');
  await scene.come('a4');
  assert.deepEqual(
    [scene.began, scene.failed],
    [
      ['a1', 'a4'],
      ['a2 called off', 'a3 called off'],
    ],
  );
});

void test("AG-08 a company with much work begins no more of it while somebody else's short work is under way", async () => {
  const scene = new Scene(6, 1);
  await scene.all('a1', 'a2', 'a3', 'a4', 'b1', 'b2');
  const [endOne, endOther] = [scene.shortWork(), scene.shortWork('c')];
  await scene.end('a1');
  await scene.end('b1');
  await endOne();
  assert.deepEqual(scene.began, ['a1', 'b1', 'b2']);
  await endOther();
  assert.deepEqual(scene.began, ['a1', 'b1', 'b2', 'a2']);
});

void test('AG-08 two pieces of work of a company give way to nobody, three do', async () => {
  const scene = new Scene(6, 1);
  scene.shortWork('b');
  await scene.all('a1', 'a2');
  await scene.end('a1');
  assert.deepEqual(scene.began, ['a1', 'a2']);
  await scene.all('a3', 'a4');
  await scene.end('a2');
  // 'a3' and 'a4' are left.
  assert.deepEqual(scene.began, ['a1', 'a2', 'a3']);
  await scene.come('a5');
  await scene.end('a3');
  assert.deepEqual(scene.began, ['a1', 'a2', 'a3', 'a4']);
  await scene.all('a6', 'a7');
  await scene.end('a4');
  assert.deepEqual(scene.began, ['a1', 'a2', 'a3', 'a4']);
});

void test('AG-08 a company does not give way to its own short work', async () => {
  const scene = new Scene(6, 1);
  await scene.all('a1', 'a2', 'a3', 'a4');
  scene.shortWork('a');
  await scene.end('a1');
  assert.deepEqual(scene.began, ['a1', 'a2']);
});

void test('AG-08 however much short work others have, each turn of a crowd comes 50 ms late at most', async () => {
  const scene = new Scene(6, 1);
  await scene.all('a1', 'a2', 'a3', 'a4', 'a5');
  const ends = [scene.shortWork(), scene.shortWork('b')];
  const lateBy = async (ms: number): Promise<readonly string[]> => {
    scene.clock.advance(ms);
    await turn();
    return scene.began;
  };
  await scene.end('a1');
  assert.deepEqual(await lateBy(49), ['a1']);
  assert.deepEqual(await lateBy(1), ['a1', 'a2']);
  scene.shortWork('c');
  await scene.end('a2');
  assert.deepEqual(await lateBy(49), ['a1', 'a2']);
  for (const end of ends) await end();
  assert.deepEqual(await lateBy(1), ['a1', 'a2', 'a3']);
});

void test('AG-08 short work that fails is over as well', async () => {
  const foreground = new Foreground();
  assert.equal(foreground.isBusyBeside('a'), false);
  await assert.rejects(
    foreground.run('b', () => Promise.reject(new Error('broken'))),
    /broken/,
  );
  assert.equal(foreground.isBusyBeside('a'), false);
});
