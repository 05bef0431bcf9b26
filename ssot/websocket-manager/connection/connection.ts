import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ConnectionId, SessionId, TenantContext, ThreadId } from '../../kernel';
import type { ClientMessage } from '../protocol/client-message';
import { CLOSE, closeReasonOf, type CloseReason } from '../protocol/close-codes';
import type { Device, RevocationScope, DeliveryStatus } from '../contract';
import { authUnavailable, ChatError, threadNotFound } from '../errors';
import { InboundQueue, type CommandHandler } from './limits/inbound-queue';
import type { ConnectionEvents, ConnectionDeps } from './connection-deps';
import { canTransition, type ConnectionState } from './connection-state';
import { SLOT_RENEW_MS } from './limits/connection-slots';
import { Deadlines } from './deadlines';
import { Outbound } from './outbound';
import { ConnectionPresence } from './presence';
import { ConnectionSession } from './session';
import type { ControlData, ControlType, ThreadChange } from '../protocol/server-message';
import { Subscription, type EventSink } from '../delivery/subscription';

const ADMISSION_TIMEOUT_MS = 5_000;
const HEARTBEAT_INTERVAL_MS = 25_000;
const PONG_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 30 * 60_000;
const MAX_THREADS = 20;
const RETRY_MS = 1_000;

/** Once each is over: the sign-in, the time to the next ping or for its pong, the time without a word, the renewal of its slot. */
type Deadline = 'expiry' | 'ping' | 'pong' | 'idle' | 'slot';

/**
 * One open connection of one person: whose it is (`session`), what the others know of it (`presence`), what leaves for it
 * (`outbound`), what came from it (`InboundQueue`), and the threads it is shown (`subscriptions`). Messages are handled in the
 * order received, and leave in the order sent.
 */
export class Connection implements EventSink, CommandHandler {
  readonly id: ConnectionId;
  readonly #session: ConnectionSession;
  readonly #presence: ConnectionPresence;
  readonly #outbound: Outbound;
  readonly #subscriptions = new Map<ThreadId, Subscription>();
  readonly #deadlines: Deadlines<Deadline>;
  readonly #openedAt: number;
  #lastReceivedAt = 0;
  #state: ConnectionState = 'opening';
  #closeReason: string | undefined;

  constructor(
    private readonly socket: WebSocket,
    wire: Duplex,
    handshake: { readonly token: string | undefined; readonly address: string },
    private readonly deps: ConnectionDeps,
    private readonly events: ConnectionEvents,
  ) {
    this.id = deps.ids.next('conn');
    this.#session = new ConnectionSession(deps, handshake.address);
    this.#presence = new ConnectionPresence(deps);
    this.#outbound = new Outbound(socket, wire, deps.clock);
    this.#deadlines = new Deadlines(deps.clock, (deadline) => this.#onDue(deadline));
    this.#openedAt = deps.clock.now();
    socket.on('pong', () => this.#pingLater());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === FRAME_TOO_BIG) this.#closeReason = 'message_too_big';
      deps.logger.debug({ reason: error.message, conn: this.id }, 'a connection broke');
    });
    socket.on('close', (code) => {
      this.#end(code === ABNORMAL_CLOSURE ? 'lost' : 'left');
      events.onClosed(this, this.#closeReason as string);
    });
    new InboundQueue(socket, deps.clock, this, this.#admit(handshake.token));
  }

  get context(): TenantContext {
    return this.#session.context;
  }

  get sessionId(): SessionId | undefined {
    return this.#session.id;
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  get isOpen(): boolean {
    return this.#state === 'open' || this.#state === 'draining';
  }

  get isWritable(): boolean {
    return this.#outbound.isEmpty;
  }

  get bufferBudget(): number {
    return this.#outbound.budget;
  }

  matches({ tenantId, userId, sessionId, connectionId }: RevocationScope): boolean {
    return (
      this.isOpen &&
      this.context.tenantId === tenantId &&
      (userId ?? this.context.userId) === this.context.userId &&
      (sessionId ?? this.sessionId) === this.sessionId &&
      (connectionId ?? this.id) === this.id
    );
  }

  /** As its person sees it. */
  device(): Device {
    const threads = [...this.#subscriptions].map(([threadId, { sentSeq }]) => ({ threadId, sentSeq }));
    const { instance } = this.deps.config;
    const openedAt = new Date(this.#openedAt);
    return { id: this.id, sessionId: this.sessionId as SessionId, instance, openedAt, threads };
  }

  /** Whether it shows the thread, and whether all that was read of it has left this process. */
  deliveryStateOf(threadId: ThreadId): Exclude<keyof DeliveryStatus, 'total'> | undefined {
    const subscription = this.#subscriptions.get(threadId);
    if (subscription === undefined) return undefined;
    return subscription.isReading || !this.isWritable ? 'catchingUp' : 'upToDate';
  }

  sendControl<T extends ControlType>(type: T, data: ControlData[T], threadId: ThreadId | null = null): void {
    this.#outbound.control(type, data, threadId);
    // Whoever asks and never reads would let the answers pile up.
    void this.flushed();
  }

  send(frames: readonly Buffer[]): void {
    this.#outbound.send(frames);
  }

  countSent(count: number): void {
    this.deps.metrics.count('chat_events_sent_total', {}, count);
  }

  flushed(): Promise<void> {
    return this.#outbound.flushed(() => this.close('overloaded', 'slow_consumer'));
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
    this.#presence.releaseSlot();
    this.sendControl('restarting', { reconnectInMs });
  }

  /** `code`: the reason in one word, which is all that the close itself can carry. */
  close(reason: CloseReason, code: string): void {
    if (this.#state === 'closed') return;
    this.#end(code);
    this.socket.close(CLOSE[reason], code);
    // A peer that does not answer the close holds the connection no longer than a pong may take.
    this.#deadlines.set('pong', PONG_TIMEOUT_MS);
  }

  terminate(reason: string): void {
    this.#end(reason);
    this.socket.terminate();
  }

  async handle(message: ClientMessage): Promise<void> {
    const { commands, messageRate } = this.deps;
    this.#lastReceivedAt = this.deps.clock.monotonic();
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
        return this.#welcome(await this.#session.renew(message.token));
      case 'ping':
        this.sendControl('pong', { at: new Date(this.deps.clock.now()).toISOString() });
        return;
      case 'pong':
        return;
    }
  }

  async #admit(token: string | undefined): Promise<void> {
    using _late = this.deps.clock.after(ADMISSION_TIMEOUT_MS, () => this.closeWith(authUnavailable(RETRY_MS)));
    try {
      const until = await this.#session.begin(token);
      await this.#presence.acquireSlot(this.context);
      if (!this.#transition('open')) return this.#presence.releaseSlot();
      this.#welcome(until);
      this.#pingLater();
      this.#deadlines.set('idle', IDLE_TIMEOUT_MS);
      this.#keepSlot();
      this.deps.metrics.count('chat_connections_total', { outcome: 'admitted' });
      this.events.onAdmitted(this);
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

  #welcome(until: Date): void {
    this.#deadlines.set('expiry', until.getTime() - this.deps.clock.now());
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

  #onDue(deadline: Deadline): void {
    switch (deadline) {
      case 'expiry':
        return this.closeWith(
          new ChatError('token_expired', 'This sign-in has expired. Renew it in time, or sign in again.'),
        );
      case 'ping':
        this.socket.ping();
        return this.#deadlines.set('pong', PONG_TIMEOUT_MS);
      case 'pong':
        return this.terminate('silent');
      case 'idle':
        return this.#closeIfIdle();
      case 'slot':
        this.#presence.renewSlot();
        return this.#keepSlot();
    }
  }

  /** A connection from which no pong comes is terminated. */
  #pingLater(): void {
    if (this.#state === 'closed') return;
    this.#deadlines.end('pong');
    this.#deadlines.set('ping', HEARTBEAT_INTERVAL_MS);
  }

  /** Looks again when half an hour has passed since the last that was received or sent. */
  #closeIfIdle(): void {
    const lastAt = Math.max(this.#lastReceivedAt, this.#outbound.lastSentAt);
    const leftMs = lastAt + IDLE_TIMEOUT_MS - this.deps.clock.monotonic();
    if (leftMs > 0) this.#deadlines.set('idle', leftMs);
    else this.close('idle', 'idle');
  }

  #keepSlot(): void {
    this.#register();
    this.#deadlines.set('slot', SLOT_RENEW_MS);
  }

  #register(): void {
    this.#presence.show(this.context, this.device());
  }

  #transition(next: ConnectionState): boolean {
    if (!canTransition(this.#state, next)) return false;
    this.#state = next;
    return true;
  }

  #end(reason: string): void {
    const wasOpen = this.isOpen;
    if (this.#transition('closed')) this.#closeReason ??= reason;
    this.#deadlines[Symbol.dispose]();
    for (const subscription of this.#subscriptions.values()) subscription[Symbol.dispose]();
    this.#subscriptions.clear();
    this.#presence.releaseSlot();
    if (wasOpen) this.#presence.hide(this.context, this.id);
  }
}

/** The close code of a connection that broke without one. */
const ABNORMAL_CLOSURE = 1006;
/** The socket closes by itself, with 1009, before a frame that is too big is read whole. */
const FRAME_TOO_BIG = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
