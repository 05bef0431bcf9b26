import type { PlatformError, TenantContext, ThreadEvent, ThreadId } from '../../kernel';
import type { ThreadNotifier } from '../contract';
import { cursorAt, cursorNext, type Cursor, type CursorAction, type CursorSignal } from './cursor';
import { ChatError } from '../errors';
import type { PageReader } from './page-reader';
import type { ControlData } from '../protocol/server-message';

/** What a subscription needs of its connection. */
export interface EventSink {
  readonly context: TenantContext;
  sendControl<T extends 'subscribed' | 'caught_up'>(type: T, data: ControlData[T], threadId: ThreadId): void;
  /** One after the other, in one write. */
  send(frames: readonly Buffer[]): void;
  /** Nothing that was sent waits to leave this process. */
  readonly isWritable: boolean;
  /** How many bytes may still wait to leave this process. */
  readonly bufferBudget: number;
  countSent(count: number): void;
  /** Resolves when all that was sent has left this process; a connection for which that takes too long is closed. */
  flushed(): Promise<void>;
  /** The subscription has ended: the thread cannot be shown any longer, or not now. */
  unsubscribed(threadId: ThreadId, error: unknown): void;
}

/** One thread on one device: replays what is stored, then goes on live, in order and once. */
export class Subscription implements Disposable {
  #cursor: Cursor;
  #notifications: Disposable | undefined;
  #isDisposed = false;

  private constructor(
    private readonly threadId: ThreadId,
    afterSeq: number,
    private readonly sink: EventSink,
    private readonly pages: PageReader,
  ) {
    // The first page is asked for in any case, by whoever opens it.
    this.#cursor = cursorNext(cursorAt(afterSeq), { type: 'asked' }).cursor;
  }

  /** Throws `thread_not_found`, or `seq_ahead` when the device knows more than there is. */
  static async open(
    threadId: ThreadId,
    afterSeq: number,
    sink: EventSink,
    deps: { readonly pages: PageReader; readonly notifier: ThreadNotifier },
  ): Promise<Subscription> {
    const subscription = new Subscription(threadId, afterSeq, sink, deps.pages);
    // Listening begins before the first read, so that nothing stored in between goes unnoticed.
    subscription.#notifications = deps.notifier.subscribe(sink.context, threadId, (head, events) =>
      subscription.#signal({ type: 'notified', head, events: subscription.#sendableNow(events) }),
    );
    try {
      const { events, firstSeq, headSeq } = await deps.pages.read(sink.context, threadId, afterSeq);
      if (afterSeq > headSeq) {
        throw new ChatError('seq_ahead', `The thread ends at ${headSeq}. Start over, after 0.`, {
          field: 'afterSeq',
          headSeq,
        });
      }
      sink.sendControl('subscribed', { threadId, firstSeq, headSeq }, threadId);
      subscription.#begin(firstSeq, headSeq, events);
      return subscription;
    } catch (error) {
      subscription[Symbol.dispose]();
      throw error;
    }
  }

  /** The same subscription once more: answers where the thread stands, and sends nothing twice. */
  async resubscribe(): Promise<void> {
    const { firstSeq, headSeq } = await this.pages.read(this.sink.context, this.threadId, this.#cursor.sent);
    this.sink.sendControl('subscribed', { threadId: this.threadId, firstSeq, headSeq }, this.threadId);
    this.#signal({ type: 'asked' });
  }

  get sentSeq(): number {
    return this.#cursor.sent;
  }

  get isReading(): boolean {
    return this.#cursor.reading;
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#notifications?.[Symbol.dispose]();
  }

  /** With the first page, and whatever was notified while it was read. */
  #begin(firstSeq: number, headSeq: number, events: readonly ThreadEvent[]): void {
    this.#cursor = { ...this.#cursor, sent: Math.max(this.#cursor.sent, firstSeq - 1) };
    this.#signal({ type: 'page', events: this.#withinBudget(events), headSeq });
  }

  #signal(signal: CursorSignal): void {
    if (this.#isDisposed) return;
    const { cursor, actions } = cursorNext(this.#cursor, signal);
    this.#cursor = cursor;
    for (const action of actions) this.#act(action);
  }

  #act(action: CursorAction): void {
    switch (action.type) {
      case 'send':
        this.sink.send(action.events.map((event) => this.pages.frame(event)));
        this.sink.countSent(action.events.length);
        // It has to take this in time, whether or not more follows.
        void this.sink.flushed();
        return;
      case 'caught_up':
        this.sink.sendControl('caught_up', { threadId: this.threadId, seq: action.seq }, this.threadId);
        return;
      case 'read':
        void this.#read(action.afterSeq);
    }
  }

  /** What has just been stored need not be read, unless the device has not taken what it was sent before. */
  #sendableNow(events: readonly ThreadEvent[]): readonly ThreadEvent[] {
    return this.sink.isWritable ? this.#withinBudget(events) : [];
  }

  /** As many as the buffer budget allows, at least one; the rest is read again when they have left. */
  #withinBudget(events: readonly ThreadEvent[]): readonly ThreadEvent[] {
    let budget = this.sink.bufferBudget;
    const end = events.findIndex((event, index) => {
      budget -= this.pages.frame(event).byteLength;
      return budget < 0 && index > 0;
    });
    return end < 0 ? events : events.slice(0, end);
  }

  /** A device that does not take what it was sent is not read for. */
  async #read(afterSeq: number): Promise<void> {
    try {
      await this.sink.flushed();
      if (this.#isDisposed) return;
      const { events, headSeq } = await this.pages.read(this.sink.context, this.threadId, afterSeq);
      this.#signal({ type: 'page', events: this.#withinBudget(events), headSeq });
    } catch (error) {
      if (this.#isDisposed) return;
      if ((error as PlatformError).code === 'thread_not_found') {
        this[Symbol.dispose]();
        this.sink.unsubscribed(this.threadId, error);
        return;
      }
      this.#signal({ type: 'page_failed' });
    }
  }
}
