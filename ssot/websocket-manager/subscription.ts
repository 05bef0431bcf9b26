import type { PlatformError, TenantContext, ThreadEvent, ThreadId } from '../kernel';
import type { Announcements } from './contract';
import { cursorAt, cursorNext, type Cursor, type CursorAction, type CursorSignal } from './cursor';
import { ChatError } from './errors';
import type { PageReader } from './page-reader';
import type { ControlData } from './server-message';

/** What a subscription needs of its line. */
export interface Outlet {
  readonly context: TenantContext;
  say<T extends 'subscribed' | 'caught_up'>(type: T, data: ControlData[T], threadId: ThreadId): void;
  /** One after the other, in one write. */
  send(frames: readonly Buffer[]): void;
  /** Nothing that was sent waits to leave this process. */
  readonly isTaking: boolean;
  /** How many bytes may still wait to leave this process. */
  readonly room: number;
  sentEvents(count: number): void;
  /** Resolves when all that was sent has left this process; a line for which that takes too long is closed. */
  flushed(): Promise<void>;
  /** The thread can be followed no longer, or not now. */
  lost(threadId: ThreadId, error: unknown): void;
}

/** One thread on one device: replays what is stored, then goes on live, in order and once. */
export class Subscription implements Disposable {
  #cursor: Cursor;
  #following: Disposable | undefined;
  #over = false;

  private constructor(
    private readonly threadId: ThreadId,
    afterSeq: number,
    private readonly line: Outlet,
    private readonly pages: PageReader,
  ) {
    // The first page is asked for in any case, by whoever opens it.
    this.#cursor = cursorNext(cursorAt(afterSeq), { is: 'asked' }).cursor;
  }

  /** Throws `thread_not_found`, or `seq_ahead` when the device knows more than there is. */
  static async open(
    threadId: ThreadId,
    afterSeq: number,
    line: Outlet,
    parts: { readonly pages: PageReader; readonly announcements: Announcements },
  ): Promise<Subscription> {
    const subscription = new Subscription(threadId, afterSeq, line, parts.pages);
    // Listening begins before the first read, so that nothing stored in between goes unnoticed.
    subscription.#following = parts.announcements.follow(line.context, threadId, (head, events) =>
      subscription.#signal({ is: 'announced', head, events: subscription.#taking(events) }),
    );
    try {
      const { events, firstSeq, headSeq } = await parts.pages.read(line.context, threadId, afterSeq);
      if (afterSeq > headSeq) {
        throw new ChatError('seq_ahead', `The thread ends at ${headSeq}. Start over, after 0.`, {
          field: 'afterSeq',
          headSeq,
        });
      }
      line.say('subscribed', { threadId, firstSeq, headSeq }, threadId);
      subscription.#begin(firstSeq, headSeq, events);
      return subscription;
    } catch (error) {
      subscription[Symbol.dispose]();
      throw error;
    }
  }

  /** Asked again on the same device: said again where it stands, and nothing sent twice. */
  async again(): Promise<void> {
    const { firstSeq, headSeq } = await this.pages.read(this.line.context, this.threadId, this.#cursor.sent);
    this.line.say('subscribed', { threadId: this.threadId, firstSeq, headSeq }, this.threadId);
    this.#signal({ is: 'asked' });
  }

  get sentSeq(): number {
    return this.#cursor.sent;
  }

  get isReading(): boolean {
    return this.#cursor.reading;
  }

  [Symbol.dispose](): void {
    this.#over = true;
    this.#following?.[Symbol.dispose]();
  }

  /** With the first page, and whatever was announced while it was read. */
  #begin(firstSeq: number, headSeq: number, events: readonly ThreadEvent[]): void {
    this.#cursor = { ...this.#cursor, sent: Math.max(this.#cursor.sent, firstSeq - 1) };
    this.#signal({ is: 'page', events: this.#fitting(events), headSeq });
  }

  #signal(signal: CursorSignal): void {
    if (this.#over) return;
    const { cursor, actions } = cursorNext(this.#cursor, signal);
    this.#cursor = cursor;
    for (const action of actions) this.#act(action);
  }

  #act(action: CursorAction): void {
    switch (action.do) {
      case 'send':
        this.line.send(action.events.map((event) => this.pages.frame(event)));
        this.line.sentEvents(action.events.length);
        // It has to take this in time, whether or not more follows.
        void this.line.flushed();
        return;
      case 'caught_up':
        this.line.say('caught_up', { threadId: this.threadId, seq: action.seq }, this.threadId);
        return;
      case 'read':
        void this.#read(action.afterSeq);
    }
  }

  /** What has just been stored need not be read, unless the device has not taken what it was sent before. */
  #taking(events: readonly ThreadEvent[]): readonly ThreadEvent[] {
    return this.line.isTaking ? this.#fitting(events) : [];
  }

  /** As many as the line has room for, at least one; the rest is read again when they have left. */
  #fitting(events: readonly ThreadEvent[]): readonly ThreadEvent[] {
    let room = this.line.room;
    const end = events.findIndex((event, place) => {
      room -= this.pages.frame(event).byteLength;
      return room < 0 && place > 0;
    });
    return end < 0 ? events : events.slice(0, end);
  }

  /** A device that does not take what it was sent is not read for. */
  async #read(afterSeq: number): Promise<void> {
    try {
      await this.line.flushed();
      if (this.#over) return;
      const { events, headSeq } = await this.pages.read(this.line.context, this.threadId, afterSeq);
      this.#signal({ is: 'page', events: this.#fitting(events), headSeq });
    } catch (error) {
      if (this.#over) return;
      if ((error as PlatformError).code === 'thread_not_found') {
        this[Symbol.dispose]();
        this.line.lost(this.threadId, error);
        return;
      }
      this.#signal({ is: 'page_failed' });
    }
  }
}
