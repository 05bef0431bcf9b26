import { assert, constantFrom, array, integer, oneof, property, record, type Arbitrary } from 'fast-check';
import { cursorNext, type Cursor, type CursorSignal } from '../ssot/websocket-manager';
import { numbered } from './delivery-numbers';

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
 * A device in any weather: announcements late, lost, doubled and reordered, pages small, looks that fail. Throws when a
 * number is missing, doubled or out of place, when two looks are under way at once, when it hears that it has caught up
 * while it has not or without having asked, and when it stays behind once the next sweep has passed.
 */
export function inAnyWeather(mixes: number): void {
  assert(
    property(array(steps, { maxLength: 40 }), (weather) => new Voyage().through(weather)),
    { numRuns: mixes },
  );
}

class Voyage {
  #cursor: Cursor = { sent: 0, reading: false, readAgain: false, owesCaughtUp: false };
  #head = 0;
  #sent = 0;
  #looking: number | null = null;
  #asked = 0;

  through(weather: readonly Step[]): void {
    for (const step of weather) this.#meet(step);
    this.#signal({ type: 'notified', head: null, events: [] });
    for (let looks = 0; this.#looking !== null; looks++) {
      if (looks > this.#head + 2) throw new Error('it looks again and again');
      this.#found();
    }
    if (this.#sent !== this.#head) throw new Error(`it stays at ${this.#sent} of ${this.#head}`);
    if (this.#asked > 0) throw new Error('it asked and never heard that it has caught up');
  }

  #meet(step: Step): void {
    switch (step.is) {
      case 'stored':
        this.#head += step.count;
        return;
      case 'asked':
        this.#asked = 1;
        return this.#signal({ type: 'asked' });
      case 'perhaps':
        return this.#signal({ type: 'notified', head: null, events: [] });
      case 'notified': {
        const head = Math.max(0, this.#head - step.late);
        const events = numbered(Math.max(1, head - step.bringing + 1), head);
        return this.#signal({ type: 'notified', head, events });
      }
      case 'found':
        return this.#found();
      case 'failed':
        if (this.#looking === null) return;
        this.#looking = null;
        return this.#signal({ type: 'page_failed' });
    }
  }

  #found(): void {
    if (this.#looking === null) return;
    const from = this.#looking + 1;
    this.#looking = null;
    this.#signal({ type: 'page', events: numbered(from, Math.min(this.#head, from + PAGE - 1)), headSeq: this.#head });
  }

  #signal(signal: CursorSignal): void {
    const { cursor, actions } = cursorNext(this.#cursor, signal);
    this.#cursor = cursor;
    for (const action of actions) {
      switch (action.type) {
        case 'send':
          for (const { seq } of action.events) {
            if (seq !== this.#sent + 1) throw new Error(`${seq} came after ${this.#sent}`);
            this.#sent = seq;
          }
          break;
        case 'caught_up':
          if (this.#asked === 0) throw new Error('it was told that it has caught up without having asked');
          if (action.seq !== this.#head) throw new Error(`it was told that it has caught up at ${action.seq}`);
          this.#asked = 0;
          break;
        case 'read':
          if (this.#looking !== null) throw new Error('it looks twice at once');
          this.#looking = action.afterSeq;
      }
    }
  }
}
