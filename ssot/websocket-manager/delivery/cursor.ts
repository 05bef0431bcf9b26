import type { ThreadEvent } from '../../kernel';

/** How far the events of a thread have been sent to one device. */
export interface Cursor {
  /** Number of the last event that was sent. */
  readonly sent: number;
  readonly reading: boolean;
  /** Something may have been stored after the page that is being read. */
  readonly readAgain: boolean;
  /** The device waits to hear that it has caught up. */
  readonly owesCaughtUp: boolean;
}

export type CursorSignal =
  /** The device asked for the thread. */
  | { readonly type: 'asked' }
  /** The thread has reached this number; `null`: perhaps. May be late, lost, doubled, reordered, and bring what is new. */
  | { readonly type: 'notified'; readonly head: number | null; readonly events: readonly ThreadEvent[] }
  | { readonly type: 'page'; readonly events: readonly ThreadEvent[]; readonly headSeq: number }
  | { readonly type: 'page_failed' };

export type CursorAction =
  | { readonly type: 'read'; readonly afterSeq: number }
  | { readonly type: 'send'; readonly events: readonly ThreadEvent[] }
  | { readonly type: 'caught_up'; readonly seq: number };

export function cursorAt(afterSeq: number): Cursor {
  return { sent: afterSeq, reading: false, readAgain: false, owesCaughtUp: false };
}

/**
 * Pure: a notification says when to look; what is sent is what was stored, each number after its predecessor. So no
 * mix of lost, doubled and reordered notifications can make a gap or a double.
 */
export function cursorNext(
  cursor: Cursor,
  signal: CursorSignal,
): { readonly cursor: Cursor; readonly actions: readonly CursorAction[] } {
  switch (signal.type) {
    case 'asked':
      return startReading({ ...cursor, owesCaughtUp: true });
    case 'notified': {
      const events = cursor.owesCaughtUp ? [] : contiguousAfter(cursor.sent, signal.events);
      if (events.length > 0) return sendLive(cursor, events, signal.head);
      const news = signal.head === null || signal.head > cursor.sent || (cursor.owesCaughtUp && !cursor.reading);
      return news ? startReading(cursor) : { cursor, actions: [] };
    }
    case 'page_failed':
      // The next notification, at the latest that of the poll, reads again.
      return { cursor: { ...cursor, reading: false, readAgain: false }, actions: [] };
    case 'page': {
      const events = contiguousAfter(cursor.sent, signal.events);
      const sent = events.at(-1)?.seq ?? cursor.sent;
      const actions: CursorAction[] = events.length > 0 ? [{ type: 'send', events }] : [];
      const behind = sent < signal.headSeq && events.length > 0;
      if (cursor.readAgain || behind) {
        actions.push({ type: 'read', afterSeq: sent });
        return { cursor: { ...cursor, sent, readAgain: false }, actions };
      }
      if (cursor.owesCaughtUp && sent >= signal.headSeq) actions.push({ type: 'caught_up', seq: sent });
      const owesCaughtUp = cursor.owesCaughtUp && sent < signal.headSeq;
      return { cursor: { sent, reading: false, readAgain: false, owesCaughtUp }, actions };
    }
  }
}

/** What was stored on this instance comes with its notification; whatever is more is read. */
function sendLive(
  cursor: Cursor,
  events: readonly ThreadEvent[],
  head: number | null,
): { cursor: Cursor; actions: readonly CursorAction[] } {
  const sent = cursor.sent + events.length;
  const send: CursorAction = { type: 'send', events };
  if (head === sent) return { cursor: { ...cursor, sent }, actions: [send] };
  const next = startReading({ ...cursor, sent });
  return { ...next, actions: [send, ...next.actions] };
}

function startReading(cursor: Cursor): { cursor: Cursor; actions: readonly CursorAction[] } {
  if (cursor.reading) return { cursor: { ...cursor, readAgain: true }, actions: [] };
  return { cursor: { ...cursor, reading: true }, actions: [{ type: 'read', afterSeq: cursor.sent }] };
}

/** The part that goes on without a gap from `sent`. */
function contiguousAfter(sent: number, events: readonly ThreadEvent[]): readonly ThreadEvent[] {
  const next: ThreadEvent[] = [];
  for (const event of events) if (event.seq === sent + next.length + 1) next.push(event);
  return next;
}
