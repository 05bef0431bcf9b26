import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  array,
  assert as assertProperty,
  constantFrom,
  integer,
  oneof,
  property,
  record,
  type Arbitrary,
} from 'fast-check';
import type { ThreadEvent } from '../../kernel';
import { cursorAt, cursorNext, type CursorAction, type CursorSignal } from './cursor';

/** Events of which nothing matters but their numbers. */
function numbered(from: number, to: number): ThreadEvent[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => ({ seq: from + index }) as ThreadEvent);
}

const asked: CursorSignal = { type: 'asked' };
const failed: CursorSignal = { type: 'page_failed' };
const perhaps: CursorSignal = { type: 'notified', head: null, events: [] };
const head = (seq: number): CursorSignal => ({ type: 'notified', head: seq, events: [] });
const brought = (seq: number, from: number, to: number): CursorSignal => ({
  type: 'notified',
  head: seq,
  events: numbered(from, to),
});
const page = (from: number, to: number, headSeq: number): CursorSignal => ({
  type: 'page',
  events: numbered(from, to),
  headSeq,
});
const empty = (headSeq: number): CursorSignal => ({ type: 'page', events: [], headSeq });

/** What the device is sent and what is read for it: `read 3`, `send 4 5`, `caught up 5`. */
function served(sent: number, signals: readonly CursorSignal[]): string[] {
  let cursor = cursorAt(sent);
  return signals.flatMap((signal) => {
    const next = cursorNext(cursor, signal);
    cursor = next.cursor;
    return next.actions.map(shown);
  });
}

function shown(action: CursorAction): string {
  if (action.type === 'read') return `read ${action.afterSeq}`;
  if (action.type === 'caught_up') return `caught up ${action.seq}`;
  return `send ${action.events.map(({ seq }) => seq).join(' ')}`;
}

const CASES: readonly [what: string, sent: number, signals: readonly CursorSignal[], actions: readonly string[]][] = [
  ['asking', 0, [asked, page(1, 2, 2)], ['read 0', 'send 1 2', 'caught up 2']],
  ['nothing there', 0, [asked, empty(0)], ['read 0', 'caught up 0']],
  ['news', 3, [head(4), page(4, 4, 4)], ['read 3', 'send 4']],
  ['old news', 3, [head(3)], []],
  ['perhaps news', 3, [perhaps, empty(3)], ['read 3']],
  ['news that is brought', 3, [brought(5, 4, 5)], ['send 4 5']],
  ['more than is brought', 3, [brought(6, 4, 5), page(6, 6, 6)], ['send 4 5', 'read 5', 'send 6']],
  ['brought with what is known', 3, [brought(5, 2, 5)], ['send 4 5']],
  ['brought after a hole', 3, [brought(6, 5, 6), page(4, 6, 6)], ['read 3', 'send 4 5 6']],
  [
    'brought while reading',
    3,
    [asked, brought(4, 4, 4), empty(3), page(4, 4, 4)],
    ['read 3', 'read 3', 'send 4', 'caught up 4'],
  ],
  ['brought amid a read', 3, [head(4), brought(4, 4, 4), page(4, 4, 4)], ['read 3', 'send 4']],
  [
    'brought, but asked before',
    3,
    [asked, failed, brought(4, 4, 4), page(4, 4, 4)],
    ['read 3', 'read 3', 'send 4', 'caught up 4'],
  ],
  ['news while reading', 3, [head(4), head(5), page(4, 4, 4), page(5, 5, 5)], ['read 3', 'send 4', 'read 4', 'send 5']],
  ['page by page', 0, [asked, page(1, 2, 3), page(3, 3, 3)], ['read 0', 'send 1 2', 'read 2', 'send 3', 'caught up 3']],
  ['more than was read for', 3, [head(5), page(3, 5, 5)], ['read 3', 'send 4 5']],
  ['a hole is never sent', 3, [head(6), page(5, 6, 6)], ['read 3']],
  ['a read fails', 3, [head(4), failed, head(4)], ['read 3', 'read 3']],
  ['a read fails amid news', 3, [head(4), head(5), failed, perhaps], ['read 3', 'read 3']],
  ['asked, failed, old news', 3, [asked, failed, head(3), empty(3)], ['read 3', 'read 3', 'caught up 3']],
  ['asked once, told once', 3, [asked, empty(3), perhaps, empty(3)], ['read 3', 'caught up 3', 'read 3']],
  ['asked while reading', 3, [head(4), asked, page(4, 4, 4), empty(4)], ['read 3', 'send 4', 'read 4', 'caught up 4']],
  ['old news while reading', 3, [asked, head(3), empty(3)], ['read 3', 'caught up 3']],
  [
    'behind with nothing found',
    3,
    [asked, empty(5), head(5), page(4, 5, 5)],
    ['read 3', 'read 3', 'send 4 5', 'caught up 5'],
  ],
];
for (const [what, sent, signals, actions] of CASES) {
  void test(`WS-05 what a device is sent follows from what is stored, whatever is notified: ${what}`, () => {
    assert.deepEqual(served(sent, signals), actions);
  });
}

type Step =
  | { readonly is: 'stored'; readonly count: number }
  | { readonly is: 'asked' | 'found' | 'failed' | 'perhaps' }
  | { readonly is: 'notified'; readonly late: number; readonly bringing: number };

const steps: Arbitrary<Step> = oneof(
  record({ is: constantFrom('stored' as const), count: integer({ min: 1, max: 7 }) }),
  record({
    is: constantFrom('asked' as const, 'found' as const, 'found' as const, 'failed' as const, 'perhaps' as const),
  }),
  record({
    is: constantFrom('notified' as const),
    late: integer({ min: 0, max: 5 }),
    bringing: integer({ min: 0, max: 4 }),
  }),
);
const PAGE = 3;

/**
 * A device and its thread: throws when a number is missing, doubled or out of place, when two reads are in flight at once,
 * when it is told that it has caught up while it has not or without having asked, and when it stays behind at the end.
 */
class Thread {
  #cursor = cursorAt(0);
  #head = 0;
  #sent = 0;
  #reading: number | null = null;
  #hasAsked = false;

  meet(step: Step): void {
    if ('late' in step) this.#notify(Math.max(0, this.#head - step.late), step.bringing);
    else if ('count' in step) this.#head += step.count;
    else if (step.is === 'asked') this.#ask();
    else if (step.is === 'perhaps') this.#signal(perhaps);
    else if (step.is === 'found') this.#find();
    else this.#fail();
  }

  /** The next poll notifies of whatever there may be. */
  settle(): void {
    this.#signal(perhaps);
    for (let reads = 0; this.#reading !== null; reads++) {
      assert(reads <= this.#head + 2, 'it reads again and again');
      this.#find();
    }
    assert.equal(this.#sent, this.#head, 'it stays behind');
    assert(!this.#hasAsked, 'it asked and was never told that it has caught up');
  }

  #ask(): void {
    this.#hasAsked = true;
    this.#signal(asked);
  }

  #notify(seq: number, bringing: number): void {
    this.#signal(brought(seq, Math.max(1, seq - bringing + 1), seq));
  }

  #fail(): void {
    if (this.#reading === null) return;
    this.#reading = null;
    this.#signal(failed);
  }

  #find(): void {
    if (this.#reading === null) return;
    const from = this.#reading + 1;
    this.#reading = null;
    this.#signal(page(from, Math.min(this.#head, from + PAGE - 1), this.#head));
  }

  #signal(signal: CursorSignal): void {
    const { cursor, actions } = cursorNext(this.#cursor, signal);
    this.#cursor = cursor;
    for (const action of actions) this.#take(action);
  }

  #take(action: CursorAction): void {
    if (action.type === 'read') {
      assert.equal(this.#reading, null, 'two reads at once');
      this.#reading = action.afterSeq;
    } else if (action.type === 'send') {
      for (const { seq } of action.events) assert.equal(seq, ++this.#sent);
    } else {
      assert(this.#hasAsked, 'told that it has caught up without having asked');
      assert.equal(action.seq, this.#head);
      this.#hasAsked = false;
    }
  }
}

void test('WS-05 for any mix of late, lost, doubled and reordered notifications the numbers of a device rise by exactly one', () => {
  assertProperty(
    property(array(steps, { maxLength: 40 }), (mix) => {
      const thread = new Thread();
      for (const step of mix) thread.meet(step);
      thread.settle();
    }),
    { numRuns: 300 },
  );
});
