import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { Believed } from './believed';

/** A store whose answers are given when the test says so. */
class Store {
  readonly asked: PromiseWithResolvers<string>[] = [];
  readonly ask = (): Promise<string> => {
    const answer = Promise.withResolvers<string>();
    this.asked.push(answer);
    return answer.promise;
  };

  answer(nth: number, what: string): void {
    this.asked[nth]?.resolve(what);
  }
}

function believing(): { clock: ControlledClock; store: Store; believed: Believed<string, string> } {
  const clock = new ControlledClock();
  clock.advance(60_000);
  const store = new Store();
  return { clock, store, believed: new Believed(clock, store.ask) };
}

test('AU-04 an answer is believed just inside a second, and asked for again at its end, however often it is used', async () => {
  const { clock, store, believed } = believing();
  const first = believed.get('a');
  store.answer(0, 'alive');
  assert.equal(await first, 'alive');
  clock.advance(500);
  await believed.get('a');
  clock.advance(499);
  await believed.get('a');
  assert.equal(store.asked.length, 1);
  clock.advance(1);
  void believed.get('a');
  assert.equal(store.asked.length, 2);
});

test('AU-04 the age of an answer counts from before the question, so that an end during it is not overlooked for longer', async () => {
  const { clock, store, believed } = believing();
  const slow = believed.get('a');
  clock.advance(999);
  store.answer(0, 'alive');
  assert.equal(await slow, 'alive');
  clock.advance(1);
  const next = believed.get('a');
  store.answer(1, 'ended');
  assert.equal(await next, 'ended');
});

test('AU-04 many who ask at once share one question, and each id has its own', () => {
  const { store, believed } = believing();
  for (let i = 0; i < 5; i++) void believed.get('a');
  void believed.get('b');
  assert.equal(store.asked.length, 2);
});

test('AU-04 an answer that did not come is asked for again at once', async () => {
  const { store, believed } = believing();
  const failed = believed.get('a');
  store.asked[0]?.reject(new Error('the store is away'));
  await assert.rejects(failed, /away/);
  const next = believed.get('a');
  store.answer(1, 'alive');
  assert.equal(await next, 'alive');
});

test('AU-04 what is forgotten is asked for at once', () => {
  const { store, believed } = believing();
  void believed.get('a');
  believed.forget('a');
  void believed.get('a');
  assert.equal(store.asked.length, 2);
});
