import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../kernel';
import { PeerSubscription } from './peer-subscription';

/** A bus that answers when it is told to, in order. */
class SlowBus {
  readonly asked: PromiseWithResolvers<AsyncDisposable>[] = [];
  givenUp = 0;
  readonly subscription: AsyncDisposable = { [Symbol.asyncDispose]: async () => void (this.givenUp += 1) };
  readonly subscribe = (): Promise<AsyncDisposable> => {
    const answer = Promise.withResolvers<AsyncDisposable>();
    this.asked.push(answer);
    return answer.promise;
  };
}

void test('WS-01 an instance asks once for what it hears from the others, and again when it could not be had', async () => {
  const bus = new SlowBus();
  await using peer = new PeerSubscription(bus.subscribe, silentLogger);
  peer.open();
  peer.open();
  assert.equal(bus.asked.length, 1);
  bus.asked[0]?.reject(new Error('away'));
  await Promise.allSettled(bus.asked.map(({ promise }) => promise));
  peer.open();
  bus.asked[1]?.resolve(bus.subscription);
  await bus.asked[1]?.promise;
  peer.open();
  assert.equal(bus.asked.length, 2);
});

void test('WS-07 an instance that goes away hears nothing more, not even what it was about to hear', async () => {
  const bus = new SlowBus();
  const peer = new PeerSubscription(bus.subscribe, silentLogger);
  peer.open();
  const gone = peer[Symbol.asyncDispose]();
  bus.asked[0]?.resolve(bus.subscription);
  await gone;
  assert.equal(bus.givenUp, 1);
});

void test('WS-07 an instance goes away although it heard nothing, or what it heard cannot be given up', async () => {
  const bus = new SlowBus();
  await new PeerSubscription(bus.subscribe, silentLogger)[Symbol.asyncDispose]();
  assert.equal(bus.asked.length, 0);
  const peer = new PeerSubscription(bus.subscribe, silentLogger);
  peer.open();
  bus.asked[0]?.resolve({ [Symbol.asyncDispose]: () => Promise.reject(new Error('away')) });
  await peer[Symbol.asyncDispose]();
});
