import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { pause, type ConnectionId, type SessionId, type TenantContext, type ThreadId } from '../../kernel';
import type { ClientMessage } from '../protocol/client-message';
import { CLOSE, closeReasonOf, type CloseReason } from '../protocol/close-codes';
import type { Device, RevocationScope, DeliveryStatus } from '../contract';
import { authUnavailable, ChatError, threadNotFound } from '../errors';
import { InboundQueue, type CommandHandler } from './inbound-queue';
import type { ConnectionEvents, ConnectionDeps } from './connection-deps';
import { canTransition, type ConnectionState } from './connection-state';
import { SLOT_RENEW_MS, type SlotLease } from './connection-slots';
import type { ControlData, ControlType, ThreadChange } from '../protocol/server-message';
import { Subscription, type EventSink } from '../delivery/subscription';
import { Timers } from './timers';

const ADMISSION_TIMEOUT_MS = 5_000;
const HEARTBEAT_INTERVAL_MS = 25_000;
const PONG_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 30 * 60_000;
const SLOW_CONSUMER_TIMEOUT_MS = 30_000;
const MAX_THREADS = 20;
const MAX_BUFFERED_BYTES = 1_048_576;
/** Frames are made as bytes once; what they hold is text. */
const AS_TEXT = { binary: false };
const RETRY_MS = 1_000;
/** As long as its slot: an instance that was killed leaves no devices behind for longer. */
const REGISTRY_ENTRY_MS = 45_000;

/** One open connection of one person. Messages are handled in the order received, and leave in the order sent. */
export class Connection implements EventSink, CommandHandler {
  readonly id: ConnectionId;
  #context: TenantContext | undefined;
  #sessionId: SessionId | undefined;
  #slot: SlotLease | undefined;
  readonly #openedAt: Date;
  readonly #subscriptions = new Map<ThreadId, Subscription>();
  readonly #timers: Timers<'expiry' | 'heartbeat' | 'idle' | 'slot'>;
  #lastActiveAt = 0;
  #lastSent: Promise<void> = Promise.resolve();
  #state: ConnectionState = 'opening';
  #closeReason: string | undefined;
  readonly #address: string;

  constructor(
    private readonly socket: WebSocket,
    private readonly wire: Duplex,
    handshake: { readonly token: string | undefined; readonly address: string },
    private readonly deps: ConnectionDeps,
    events: ConnectionEvents,
  ) {
    this.id = deps.ids.next('conn');
    this.#address = handshake.address;
    this.#timers = new Timers(deps.clock);
    this.#openedAt = new Date(deps.clock.now());
    socket.on('pong', () => this.#heartbeat());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === FRAME_TOO_BIG) this.#closeReason = 'message_too_big';
      deps.logger.debug({ reason: error.message, conn: this.id }, 'a connection broke');
    });
    socket.on('close', (code) => {
      this.#end(code === ABNORMAL_CLOSURE ? 'lost' : 'left');
      events.onClosed(this.#closeReason as string);
    });
    new InboundQueue(socket, deps.clock, this, this.#admit(handshake.token));
  }

  get context(): TenantContext {
    if (this.#context === undefined) throw new Error('the connection is not admitted yet');
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

  get isWritable(): boolean {
    return this.socket.bufferedAmount === 0;
  }

  get bufferBudget(): number {
    return MAX_BUFFERED_BYTES - this.socket.bufferedAmount;
  }

  matches({ tenantId, userId, sessionId, connectionId }: RevocationScope): boolean {
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
    const { instance } = this.deps.config;
    return { id: this.id, sessionId: this.#sessionId as SessionId, instance, openedAt: this.#openedAt, threads };
  }

  /** Whether it shows the thread, and whether all that was read of it has left this process. */
  deliveryStateOf(threadId: ThreadId): Exclude<keyof DeliveryStatus, 'total'> | undefined {
    const subscription = this.#subscriptions.get(threadId);
    if (subscription === undefined) return undefined;
    return subscription.isReading || !this.isWritable ? 'catchingUp' : 'upToDate';
  }

  /** Control messages carry no number. */
  sendControl<T extends ControlType>(type: T, data: ControlData[T], threadId: ThreadId | null = null): void {
    const at = new Date(this.deps.clock.now()).toISOString();
    this.send([Buffer.from(JSON.stringify({ v: 1, type, threadId, at, data }))]);
  }

  send(frames: readonly Buffer[]): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    const sent = Promise.withResolvers<void>();
    this.wire.cork();
    for (const frame of frames.slice(0, -1)) this.socket.send(frame, AS_TEXT);
    // A failed send is followed by the close, which says all there is to say.
    this.socket.send(frames.at(-1) as Buffer, AS_TEXT, () => sent.resolve());
    this.wire.uncork();
    this.#lastSent = sent.promise;
    this.#touch();
  }

  countSent(count: number): void {
    this.deps.metrics.count('chat_events_sent_total', {}, count);
  }

  async flushed(): Promise<void> {
    if (this.isWritable) return;
    const left = new AbortController();
    const stuck = pause(this.deps.clock, SLOW_CONSUMER_TIMEOUT_MS, left.signal).then(
      () => this.close('overloaded', 'slow_consumer'),
      () => undefined,
    );
    await Promise.race([this.#lastSent, stuck]);
    left.abort();
  }

  unsubscribed(threadId: ThreadId, error: unknown): void {
    this.#subscriptions.delete(threadId);
    this.sendError(error, undefined, threadId);
  }

  threadChanged(threadId: ThreadId, change: ThreadChange): void {
    this.sendControl('thread_changed', { change }, threadId);
    const subscription = this.#subscriptions.get(threadId);
    if (change !== 'deleted' || subscription === undefined) return;
    subscription[Symbol.dispose]();
    this.unsubscribed(threadId, threadNotFound());
  }

  sendError(error: unknown, ref?: string, threadId: ThreadId | null = null): void {
    const { code, message, field, retryAfterMs, limit } = this.deps.toPublicError(error);
    const { headSeq } = error instanceof ChatError ? error : {};
    this.sendControl('error', { code, message, field, retryAfterMs, headSeq, limit, ref }, threadId);
  }

  closeWith(error: ChatError, ref?: string): void {
    this.sendError(error, ref);
    this.close(closeReasonOf(error.code), error.code);
  }

  /** Releases its slot at once, for the connection that the device opens elsewhere before it closes this one. */
  requestReconnect(reconnectInMs: number): void {
    if (!this.#transition('draining')) return;
    this.#releaseSlot();
    this.sendControl('restarting', { reconnectInMs });
  }

  /** `code`: the reason in one word, which is all that the close itself can carry. */
  close(reason: CloseReason, code: string): void {
    if (this.#state === 'closed') return;
    this.#end(code);
    this.socket.close(CLOSE[reason], code);
    // A peer that does not answer the close holds the connection no longer than a pong may take.
    this.#timers.set('heartbeat', PONG_TIMEOUT_MS, () => this.socket.terminate());
  }

  terminate(reason: string): void {
    this.#end(reason);
    this.socket.terminate();
  }

  async handle(message: ClientMessage): Promise<void> {
    const { commands, messageRate } = this.deps;
    this.#touch();
    switch (message.type) {
      case 'subscribe':
        return this.#subscribe(message.threadId, message.afterSeq);
      case 'unsubscribe':
        this.#subscriptions.get(message.threadId)?.[Symbol.dispose]();
        this.#subscriptions.delete(message.threadId);
        this.#register();
        return;
      case 'send_message': {
        const { threadId, clientMessageId, text } = message;
        await messageRate.admit(this.context);
        await commands.send(this.context, { threadId, clientMessageId, text });
        return;
      }
      case 'cancel_run':
        await commands.cancel(this.context, message.runId);
        return;
      case 'renew':
        return this.#welcome(await this.#authenticate(message.token));
      case 'ping':
        this.sendControl('pong', { at: new Date(this.deps.clock.now()).toISOString() });
        return;
      case 'pong':
        return;
    }
  }

  /** The token is not kept: an idle connection holds no credential, and less memory. */
  async #admit(token: string | undefined): Promise<void> {
    using _late = this.deps.clock.after(ADMISSION_TIMEOUT_MS, () => this.closeWith(authUnavailable(RETRY_MS)));
    try {
      if (token === undefined) {
        await this.deps.attempts.recordFailure(this.#address);
        throw new ChatError('token_missing', 'Authentication required: send a bearer token.');
      }
      const until = await this.#authenticate(token);
      this.#slot = await this.deps.connectionSlots.acquire(this.context);
      if (!this.#transition('open')) return this.#releaseSlot();
      this.#welcome(until);
      this.#heartbeat();
      this.#armIdleTimeout(IDLE_TIMEOUT_MS);
      this.#keepSlot();
      this.deps.metrics.count('chat_connections_total', { outcome: 'admitted' });
    } catch (error) {
      const { code, retryable, retryAfterMs } = this.deps.toPublicError(error);
      this.deps.metrics.count('chat_connections_total', { outcome: 'refused' });
      // Whatever broke on our side, the device can do nothing about it but come back.
      if ((retryable && code !== 'rate_limited') || code === 'internal')
        return this.closeWith(authUnavailable(retryAfterMs ?? RETRY_MS));
      this.sendError(error);
      this.close(closeReasonOf(code), code);
    }
  }

  /** Takes the person of this token, or more time for the same person. Resolves to its expiry. */
  async #authenticate(token: string): Promise<Date> {
    const { context, sessionId, expiresAt } = await this.deps.tokens.check(token, this.#address);
    const before = this.#context;
    if (before !== undefined && (before.userId !== context.userId || before.tenantId !== context.tenantId)) {
      throw new ChatError('other_person', 'This token is somebody else’s.', { field: 'token' });
    }
    this.#context = context;
    this.#sessionId = sessionId;
    return expiresAt;
  }

  #welcome(until: Date): void {
    this.#timers.set('expiry', until.getTime() - this.deps.clock.now(), () =>
      this.closeWith(new ChatError('token_expired', 'This sign-in has expired. Renew it in time, or sign in again.')),
    );
    this.sendControl('welcome', {
      connectionId: this.id,
      expiresAt: until.toISOString(),
      heartbeatMs: HEARTBEAT_INTERVAL_MS,
    });
  }

  async #subscribe(threadId: ThreadId, afterSeq: number): Promise<void> {
    const open = this.#subscriptions.get(threadId);
    if (open !== undefined) return open.resubscribe();
    if (this.#subscriptions.size >= MAX_THREADS) {
      throw new ChatError('subscription_limit', `A device follows at most ${MAX_THREADS} threads. Leave one first.`);
    }
    const { notifier, pages } = this.deps;
    const subscription = await Subscription.open(threadId, afterSeq, this, { pages, notifier });
    if (!this.isOpen) return subscription[Symbol.dispose]();
    this.#subscriptions.set(threadId, subscription);
    this.#register();
  }

  /** Pings again later, and terminates the connection when no pong comes. */
  #heartbeat(): void {
    if (this.#state === 'closed') return;
    this.#timers.set('heartbeat', HEARTBEAT_INTERVAL_MS, () => {
      this.socket.ping();
      this.#timers.set('heartbeat', PONG_TIMEOUT_MS, () => this.terminate('silent'));
    });
  }

  /** Something was received or sent: the connection is not idle. */
  #touch(): void {
    this.#lastActiveAt = this.deps.clock.monotonic();
  }

  /** One timer for all that is received and sent: when it fires, it is set again for what is left since the last of it. */
  #armIdleTimeout(afterMs: number): void {
    this.#timers.set('idle', afterMs, () => {
      const leftMs = this.#lastActiveAt + IDLE_TIMEOUT_MS - this.deps.clock.monotonic();
      if (leftMs > 0) this.#armIdleTimeout(leftMs);
      else this.close('idle', 'idle');
    });
  }

  #keepSlot(): void {
    this.#register();
    this.#timers.set('slot', SLOT_RENEW_MS, () => {
      void this.#slot?.renew();
      this.#keepSlot();
    });
  }

  #releaseSlot(): void {
    this.#timers.end('slot');
    this.#slot?.[Symbol.dispose]();
  }

  /** Registers this device, so that its person sees it on other instances. */
  #register(): void {
    this.#logFailure(this.deps.registry.put(this.context, this.device(), REGISTRY_ENTRY_MS));
  }

  #logFailure(entry: Promise<void>): void {
    // While Redis is away, devices are seen on their own instance only.
    entry.catch((error: unknown) => this.deps.logger.debug({ reason: String(error) }, 'a device could not be listed'));
  }

  #transition(next: ConnectionState): boolean {
    if (!canTransition(this.#state, next)) return false;
    this.#state = next;
    return true;
  }

  #end(reason: string): void {
    const wasOpen = this.isOpen;
    if (this.#transition('closed')) this.#closeReason ??= reason;
    this.#timers[Symbol.dispose]();
    for (const subscription of this.#subscriptions.values()) subscription[Symbol.dispose]();
    this.#subscriptions.clear();
    this.#slot?.[Symbol.dispose]();
    if (wasOpen) this.#logFailure(this.deps.registry.remove(this.context, this.id));
  }
}

/** The close code of a connection that broke without one. */
const ABNORMAL_CLOSURE = 1006;
/** The socket closes by itself, with 1009, before a frame that is too big is read whole. */
const FRAME_TOO_BIG = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
