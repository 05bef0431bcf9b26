import type { ThreadEvent } from '../kernel';

/** How far one device has been told a thread's story. */
export interface Cursor {
  /** Number of the last event that was sent. */
  readonly sent: number;
  readonly reading: boolean;
  /** Something may have been stored after the page that is being read. */
  readonly again: boolean;
  /** The device waits to hear that it has caught up. */
  readonly owesCaughtUp: boolean;
}

export type CursorSignal =
  /** The device asked for the thread. */
  | { readonly is: 'asked' }
  /** The thread has reached this number; `null`: perhaps. May be late, lost, doubled, reordered, and bring what is new. */
  | { readonly is: 'announced'; readonly head: number | null; readonly events: readonly ThreadEvent[] }
  | { readonly is: 'page'; readonly events: readonly ThreadEvent[]; readonly headSeq: number }
  | { readonly is: 'page_failed' };

export type CursorAction =
  | { readonly do: 'read'; readonly afterSeq: number }
  | { readonly do: 'send'; readonly events: readonly ThreadEvent[] }
  | { readonly do: 'caught_up'; readonly seq: number };

export function cursorAt(afterSeq: number): Cursor {
  return { sent: afterSeq, reading: false, again: false, owesCaughtUp: false };
}

/**
 * Pure: an announcement says when to look; what is sent is what was stored, each number after its predecessor. So no
 * mix of lost, doubled and reordered announcements can make a gap or a double.
 */
export function cursorNext(
  cursor: Cursor,
  signal: CursorSignal,
): { readonly cursor: Cursor; readonly actions: readonly CursorAction[] } {
  switch (signal.is) {
    case 'asked':
      return look({ ...cursor, owesCaughtUp: true });
    case 'announced': {
      const events = cursor.owesCaughtUp ? [] : following(cursor.sent, signal.events);
      if (events.length > 0) return live(cursor, events, signal.head);
      const news = signal.head === null || signal.head > cursor.sent || (cursor.owesCaughtUp && !cursor.reading);
      return news ? look(cursor) : { cursor, actions: [] };
    }
    case 'page_failed':
      // The next announcement, at the latest the sweep's, looks again.
      return { cursor: { ...cursor, reading: false, again: false }, actions: [] };
    case 'page': {
      const events = following(cursor.sent, signal.events);
      const sent = events.at(-1)?.seq ?? cursor.sent;
      const actions: CursorAction[] = events.length > 0 ? [{ do: 'send', events }] : [];
      const behind = sent < signal.headSeq && events.length > 0;
      if (cursor.again || behind) {
        actions.push({ do: 'read', afterSeq: sent });
        return { cursor: { ...cursor, sent, again: false }, actions };
      }
      if (cursor.owesCaughtUp && sent >= signal.headSeq) actions.push({ do: 'caught_up', seq: sent });
      const owesCaughtUp = cursor.owesCaughtUp && sent < signal.headSeq;
      return { cursor: { sent, reading: false, again: false, owesCaughtUp }, actions };
    }
  }
}

/** What was stored on this instance comes with its announcement; whatever is more is looked for. */
function live(
  cursor: Cursor,
  events: readonly ThreadEvent[],
  head: number | null,
): { cursor: Cursor; actions: readonly CursorAction[] } {
  const sent = cursor.sent + events.length;
  const send: CursorAction = { do: 'send', events };
  if (head === sent) return { cursor: { ...cursor, sent }, actions: [send] };
  const next = look({ ...cursor, sent });
  return { ...next, actions: [send, ...next.actions] };
}

function look(cursor: Cursor): { cursor: Cursor; actions: readonly CursorAction[] } {
  if (cursor.reading) return { cursor: { ...cursor, again: true }, actions: [] };
  return { cursor: { ...cursor, reading: true }, actions: [{ do: 'read', afterSeq: cursor.sent }] };
}

/** The part that goes on without a gap from `sent`. */
function following(sent: number, events: readonly ThreadEvent[]): readonly ThreadEvent[] {
  const next: ThreadEvent[] = [];
  for (const event of events) if (event.seq === sent + next.length + 1) next.push(event);
  return next;
}
