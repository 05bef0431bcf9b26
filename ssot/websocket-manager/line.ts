import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { pause, type ConnectionId, type SessionId, type TenantContext, type ThreadId } from '../kernel';
import type { ClientMessage } from './client-message';
import { CLOSE, closeReasonOf, type CloseReason } from './close-codes';
import type { Device, LineScope, Reach } from './contract';
import { authUnavailable, ChatError, threadNotFound } from './errors';
import { Inbox, type Listener } from './inbox';
import type { LineEvents, LineParts } from './line-parts';
import { mayBecome, type LineState } from './line-state';
import { RENEW_MS, type Place } from './places';
import type { ControlData, ControlType, ThreadChange } from './server-message';
import { Subscription, type Outlet } from './subscription';
import { Timers } from './timers';

const ADMIT_MS = 5_000;
const HEARTBEAT_MS = 25_000;
const GRACE_MS = 10_000;
const IDLE_MS = 30 * 60_000;
const STUCK_MS = 30_000;
const MOST_THREADS = 20;
const BUFFER_BYTES = 1_048_576;
/** Frames are made as bytes once; what they hold is text. */
const AS_TEXT = { binary: false };
const RETRY_MS = 1_000;
/** As long as its place: an instance that was killed leaves no devices behind for longer. */
const LISTED_MS = 45_000;

/** One open tab of one person. What it says is handled in the order said; what it is told leaves in the order told. */
export class Line implements Outlet, Listener {
  readonly id: ConnectionId;
  #context: TenantContext | undefined;
  #sessionId: SessionId | undefined;
  #place: Place | undefined;
  readonly #openedAt: Date;
  readonly #subscriptions = new Map<ThreadId, Subscription>();
  readonly #timers: Timers<'expiry' | 'heartbeat' | 'idle' | 'place'>;
  #stirredAt = 0;
  #lastSent: Promise<void> = Promise.resolve();
  #state: LineState = 'opening';
  #why: string | undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly wire: Duplex,
    private readonly shown: { readonly token: string | undefined; readonly address: string },
    private readonly parts: LineParts,
    events: LineEvents,
  ) {
    this.id = parts.ids.next('conn');
    this.#timers = new Timers(parts.clock);
    this.#openedAt = new Date(parts.clock.now());
    socket.on('pong', () => this.#beat());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === TOO_BIG) this.#why = 'message_too_big';
      parts.logger.debug({ reason: error.message, conn: this.id }, 'a line broke');
    });
    socket.on('close', (code) => {
      this.#end(code === LOST ? 'lost' : 'left');
      events.onClosed(this.#why as string);
    });
    new Inbox(socket, parts.clock, this, this.#admit());
  }

  get context(): TenantContext {
    if (this.#context === undefined) throw new Error('the line is not admitted yet');
    return this.#context;
  }

  get sessionId(): SessionId | undefined {
    return this.#sessionId;
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  get isOpen(): boolean {
    return this.#state === 'open' || this.#state === 'draining';
  }

  get isTaking(): boolean {
    return this.socket.bufferedAmount === 0;
  }

  get room(): number {
    return BUFFER_BYTES - this.socket.bufferedAmount;
  }

  is({ tenantId, userId, sessionId, connectionId }: LineScope): boolean {
    return (
      this.isOpen &&
      this.context.tenantId === tenantId &&
      (userId ?? this.context.userId) === this.context.userId &&
      (sessionId ?? this.#sessionId) === this.#sessionId &&
      (connectionId ?? this.id) === this.id
    );
  }

  /** As its person sees it. */
  device(): Device {
    const threads = [...this.#subscriptions].map(([threadId, { sentSeq }]) => ({ threadId, sentSeq }));
    const { instance } = this.parts.config;
    return { id: this.id, sessionId: this.#sessionId as SessionId, instance, openedAt: this.#openedAt, threads };
  }

  /** Whether it shows the thread, and whether all that was read of it has left this process. */
  reached(threadId: ThreadId): Exclude<keyof Reach, 'of'> | undefined {
    const subscription = this.#subscriptions.get(threadId);
    if (subscription === undefined) return undefined;
    return subscription.isReading || !this.isTaking ? 'catchingUp' : 'upToDate';
  }

  /** Control messages carry no number. */
  say<T extends ControlType>(type: T, data: ControlData[T], threadId: ThreadId | null = null): void {
    const at = new Date(this.parts.clock.now()).toISOString();
    this.send([Buffer.from(JSON.stringify({ v: 1, type, threadId, at, data }))]);
  }

  send(frames: readonly Buffer[]): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    const sent = Promise.withResolvers<void>();
    this.wire.cork();
    for (const frame of frames.slice(0, -1)) this.socket.send(frame, AS_TEXT);
    // A failed send is followed by the line's close, which says all there is to say.
    this.socket.send(frames.at(-1) as Buffer, AS_TEXT, () => sent.resolve());
    this.wire.uncork();
    this.#lastSent = sent.promise;
    this.#stir();
  }

  sentEvents(count: number): void {
    this.parts.metrics.count('chat_events_sent_total', {}, count);
  }

  async flushed(): Promise<void> {
    if (this.isTaking) return;
    const left = new AbortController();
    const stuck = pause(this.parts.clock, STUCK_MS, left.signal).then(
      () => this.close('overloaded', 'slow_consumer'),
      () => undefined,
    );
    await Promise.race([this.#lastSent, stuck]);
    left.abort();
  }

  lost(threadId: ThreadId, error: unknown): void {
    this.#subscriptions.delete(threadId);
    this.refuse(error, undefined, threadId);
  }

  threadChanged(threadId: ThreadId, change: ThreadChange): void {
    this.say('thread_changed', { change }, threadId);
    const subscription = this.#subscriptions.get(threadId);
    if (change !== 'deleted' || subscription === undefined) return;
    subscription[Symbol.dispose]();
    this.lost(threadId, threadNotFound());
  }

  refuse(error: unknown, ref?: string, threadId: ThreadId | null = null): void {
    const { code, message, field, retryAfterMs, limit } = this.parts.explain(error);
    const { headSeq } = error instanceof ChatError ? error : {};
    this.say('error', { code, message, field, retryAfterMs, headSeq, limit, ref }, threadId);
  }

  dismiss(error: ChatError, ref?: string): void {
    this.refuse(error, ref);
    this.close(closeReasonOf(error.code), error.code);
  }

  /** Its place is free at once, for the line that the device opens elsewhere before it closes this one. */
  askToMove(reconnectInMs: number): void {
    if (!this.#move('draining')) return;
    this.#leavePlace();
    this.say('restarting', { reconnectInMs });
  }

  /** `code`: the reason in one word, which is all that the close itself can carry. */
  close(reason: CloseReason, code: string): void {
    if (this.#state === 'closed') return;
    this.#end(code);
    this.socket.close(CLOSE[reason], code);
    // A peer that does not answer the close holds the line no longer than the grace.
    this.#timers.set('heartbeat', GRACE_MS, () => this.socket.terminate());
  }

  terminate(why: string): void {
    this.#end(why);
    this.socket.terminate();
  }

  async obey(message: ClientMessage): Promise<void> {
    const { commands, rate } = this.parts;
    this.#stir();
    switch (message.type) {
      case 'subscribe':
        return this.#subscribe(message.threadId, message.afterSeq);
      case 'unsubscribe':
        this.#subscriptions.get(message.threadId)?.[Symbol.dispose]();
        this.#subscriptions.delete(message.threadId);
        this.#list();
        return;
      case 'send_message': {
        const { threadId, clientMessageId, text } = message;
        await rate.admit(this.context);
        await commands.send(this.context, { threadId, clientMessageId, text });
        return;
      }
      case 'cancel_run':
        await commands.cancel(this.context, message.runId);
        return;
      case 'renew':
        return this.#welcome(await this.#become(message.token));
      case 'ping':
        this.say('pong', { at: new Date(this.parts.clock.now()).toISOString() });
        return;
      case 'pong':
        return;
    }
  }

  async #admit(): Promise<void> {
    const { token, address } = this.shown;
    using _late = this.parts.clock.after(ADMIT_MS, () => this.dismiss(authUnavailable(RETRY_MS)));
    try {
      if (token === undefined) {
        await this.parts.attempts.recordFailure(address);
        throw new ChatError('token_missing', 'Send your token to open a line.');
      }
      const until = await this.#become(token);
      this.#place = await this.parts.places.take(this.context);
      if (!this.#move('open')) return this.#leavePlace();
      this.#welcome(until);
      this.#beat();
      this.#closeWhenIdle(IDLE_MS);
      this.#keepPlace();
      this.parts.metrics.count('chat_lines_total', { outcome: 'admitted' });
    } catch (error) {
      const { code, retryable, retryAfterMs } = this.parts.explain(error);
      this.parts.metrics.count('chat_lines_total', { outcome: 'refused' });
      // Whatever broke on our side, the device can do nothing about it but come back.
      if ((retryable && code !== 'rate_limited') || code === 'internal')
        return this.dismiss(authUnavailable(retryAfterMs ?? RETRY_MS));
      this.refuse(error);
      this.close(closeReasonOf(code), code);
    }
  }

  /** Takes the person of this token, or more time for the same person. Answers when that ends. */
  async #become(token: string): Promise<Date> {
    const { context, sessionId, expiresAt } = await this.parts.authority.check(token, this.shown.address);
    const before = this.#context;
    if (before !== undefined && (before.userId !== context.userId || before.tenantId !== context.tenantId)) {
      throw new ChatError('other_person', 'This token is somebody else’s.', { field: 'token' });
    }
    this.#context = context;
    this.#sessionId = sessionId;
    return expiresAt;
  }

  #welcome(until: Date): void {
    this.#timers.set('expiry', until.getTime() - this.parts.clock.now(), () =>
      this.dismiss(new ChatError('token_expired', 'This sign-in has expired. Renew it in time, or sign in again.')),
    );
    this.say('welcome', { connectionId: this.id, expiresAt: until.toISOString(), heartbeatMs: HEARTBEAT_MS });
  }

  async #subscribe(threadId: ThreadId, afterSeq: number): Promise<void> {
    const open = this.#subscriptions.get(threadId);
    if (open !== undefined) return open.again();
    if (this.#subscriptions.size >= MOST_THREADS) {
      throw new ChatError('subscription_limit', `A device follows at most ${MOST_THREADS} threads. Leave one first.`);
    }
    const { announcements, pages } = this.parts;
    const subscription = await Subscription.open(threadId, afterSeq, this, { pages, announcements });
    if (!this.isOpen) return subscription[Symbol.dispose]();
    this.#subscriptions.set(threadId, subscription);
    this.#list();
  }

  /** The device answered: ask again later, and give it up when it no longer answers. */
  #beat(): void {
    if (this.#state === 'closed') return;
    this.#timers.set('heartbeat', HEARTBEAT_MS, () => {
      this.socket.ping();
      this.#timers.set('heartbeat', GRACE_MS, () => this.terminate('silent'));
    });
  }

  /** Something was said or shown: the line is not idle. */
  #stir(): void {
    this.#stirredAt = this.parts.clock.monotonic();
  }

  /** One timer for all that is said and shown: when it ends, it runs on for as long as the line has not been quiet. */
  #closeWhenIdle(afterMs: number): void {
    this.#timers.set('idle', afterMs, () => {
      const leftMs = this.#stirredAt + IDLE_MS - this.parts.clock.monotonic();
      if (leftMs > 0) this.#closeWhenIdle(leftMs);
      else this.close('idle', 'idle');
    });
  }

  #keepPlace(): void {
    this.#list();
    this.#timers.set('place', RENEW_MS, () => {
      void this.#place?.renew();
      this.#keepPlace();
    });
  }

  #leavePlace(): void {
    this.#timers.end('place');
    this.#place?.[Symbol.dispose]();
  }

  /** Enters what there is to say about this device, for its person on other instances. */
  #list(): void {
    this.#note(this.parts.book.write(this.context, this.device(), LISTED_MS));
  }

  #note(entry: Promise<void>): void {
    // While Redis is away, devices are seen on their own instance only.
    entry.catch((error: unknown) => this.parts.logger.debug({ reason: String(error) }, 'a device could not be listed'));
  }

  #move(next: LineState): boolean {
    if (!mayBecome(this.#state, next)) return false;
    this.#state = next;
    return true;
  }

  #end(why: string): void {
    const wasOpen = this.isOpen;
    if (this.#move('closed')) this.#why ??= why;
    this.#timers[Symbol.dispose]();
    for (const subscription of this.#subscriptions.values()) subscription[Symbol.dispose]();
    this.#subscriptions.clear();
    this.#place?.[Symbol.dispose]();
    if (wasOpen) this.#note(this.parts.book.remove(this.context, this.id));
  }
}

/** The close code of a line that broke without one. */
const LOST = 1006;
/** The socket closes a line by itself, with 1009, before a frame that is too big is read whole. */
const TOO_BIG = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
