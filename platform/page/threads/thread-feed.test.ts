import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ThreadFeed } from './thread-feed.mjs';
import type { ControlMessage, ThreadEvent } from '../types';

const event = (threadId: string, seq: number): ThreadEvent => ({ threadId, seq }) as unknown as ThreadEvent;
const control = (type: string, threadId: string, data: object): ControlMessage =>
  ({ v: 1, type, threadId, at: '', data }) as unknown as ControlMessage;

class Recording {
  readonly shown: number[] = [];
  readonly told: string[] = [];
  renewals = 0;
  followed: { threadId: string | null; after: () => number } | null = null;
  readonly feed = new ThreadFeed(
    {
      follow: (threadId, after) => (this.followed = { threadId, after }),
      renew: () => (this.renewals += 1),
    },
    {
      empty: () => void this.shown.splice(0),
      beginsLater: () => this.told.push('begins later'),
      show: ({ seq }) => this.shown.push(seq),
      caughtUp: (isFirst) => this.told.push(isFirst ? 'caught up' : 'caught up again'),
      refused: (message) => this.told.push(message),
    },
  );

  constructor(threadId: string | null = 'a') {
    this.feed.open(threadId);
  }
}

void describe('the open thread', () => {
  void test('WS-16 each event is shown once, in order, however often it is told', () => {
    const page = new Recording();
    for (const seq of [1, 1, 2, 1, 2, 3, 3]) page.feed.hear(event('a', seq));
    assert.deepEqual(page.shown, [1, 2, 3]);
    assert.equal(page.renewals, 0);
  });

  void test('WS-16 after a gap nothing is shown out of turn, and the rest is asked for', () => {
    const page = new Recording();
    page.feed.hear(event('a', 1));
    page.feed.hear(event('a', 3));
    assert.deepEqual(page.shown, [1]);
    assert.equal(page.renewals, 1);
    assert.equal(page.followed?.after(), 1);
  });

  void test('WS-16 however events arrive, what is shown is always the beginning of the thread', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ thread: fc.constantFrom('a', 'b'), seq: fc.integer({ min: 1, max: 8 }) })),
        (all) => {
          const page = new Recording();
          for (const { thread, seq } of all) page.feed.hear(event(thread, seq));
          assert.deepEqual(
            page.shown,
            page.shown.map((_, at) => at + 1),
          );
          assert.equal(page.feed.last, page.shown.length);
        },
      ),
    );
  });

  void test('WS-17 an event of another thread is not shown, not even one that was open just now', () => {
    const page = new Recording();
    page.feed.open('b');
    page.feed.hear(event('a', 1));
    assert.deepEqual(page.shown, []);
    page.feed.hear(event('b', 1));
    page.feed.hear(event('a', 2));
    assert.deepEqual(page.shown, [1]);
    assert.equal(page.renewals, 0);
    assert.equal(page.followed?.threadId, 'b');
    page.feed.open(null);
    page.feed.hear(event('b', 2));
    assert.deepEqual(page.shown, []);
  });

  void test('WS-16 a thread whose beginning is gone says so, and goes on from there', () => {
    const page = new Recording();
    page.feed.control(control('subscribed', 'a', { threadId: 'a', firstSeq: 5, headSeq: 6 }));
    page.feed.hear(event('a', 5));
    page.feed.hear(event('a', 6));
    assert.deepEqual(page.shown, [5, 6]);
    assert.deepEqual(page.told, ['begins later']);
  });

  void test('WS-16 a thread that is whole, or was shown before, does not begin later', () => {
    const page = new Recording();
    page.feed.control(control('subscribed', 'a', { threadId: 'a', firstSeq: 1, headSeq: 2 }));
    page.feed.hear(event('a', 1));
    page.feed.hear(event('a', 2));
    page.feed.control(control('subscribed', 'a', { threadId: 'a', firstSeq: 3, headSeq: 2 }));
    assert.deepEqual(page.told, []);
    assert.equal(page.feed.last, 2);
  });

  void test('WS-16 a platform that knows less than was shown is believed', () => {
    const page = new Recording();
    page.feed.hear(event('a', 1));
    page.feed.hear(event('a', 2));
    page.feed.control(control('error', 'a', { code: 'seq_ahead', message: 'The thread ends at 1.' }));
    assert.deepEqual(page.shown, []);
    assert.equal(page.followed?.after(), 0);
    page.feed.hear(event('a', 1));
    assert.deepEqual(page.shown, [1]);
  });

  void test('WS-16 only the first catching up is an opening', () => {
    const page = new Recording();
    for (let at = 0; at < 2; at += 1) page.feed.control(control('caught_up', 'a', { threadId: 'a', seq: 0 }));
    page.feed.control(control('caught_up', 'b', { threadId: 'b', seq: 0 }));
    assert.deepEqual(page.told, ['caught up', 'caught up again']);
  });

  void test('WS-19 a refusal of the open thread is told, one of another thread is not', () => {
    const page = new Recording();
    page.feed.control(control('error', 'b', { code: 'thread_not_found', message: 'Not this one.' }));
    page.feed.control(control('error', 'a', { code: 'thread_not_found', message: 'There is no such thread.' }));
    assert.deepEqual(page.told, ['There is no such thread.']);
  });
});
