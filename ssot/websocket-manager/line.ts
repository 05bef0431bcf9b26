import type { RawData, WebSocket } from 'ws';
import { pause, type ConnectionId, type SessionId, type TenantContext, type ThreadId } from '../kernel';
import { CLOSE, type CloseReason } from './close-codes';
import { readClientMessage, type ClientMessage } from './client-message';
import type { GatewayPorts } from './contract';
import { ChatError } from './errors';
import type { PageReader } from './page-reader';
import type { ControlData, ControlType } from './server-message';
import { Subscription, type Outlet } from './subscription';

const ADMIT_MS = 5_000;
const HEARTBEAT_MS = 25_000;
const GRACE_MS = 10_000;
const IDLE_MS = 30 * 60_000;
const STUCK_MS = 30_000;
const MOST_THREADS = 20;
const PAUSE_AT = 100;

/** One open tab of one person. What it says is handled in the order said; what it is told leaves in the order told. */
export class Line implements Outlet {
  readonly id: ConnectionId;
  #context: TenantContext | undefined;
  #sessionId: SessionId | undefined;
  readonly #subscriptions = new Map<ThreadId, Subscription>();
  readonly #timers = new Map<'expiry' | 'heartbeat' | 'idle', Disposable>();
  #inbound: Promise<void>;
  #waiting = 0;
  #lastSent: Promise<void> = Promise.resolve();
  #state: 'opening' | 'open' | 'draining' | 'closed' = 'opening';

  constructor(
    private readonly socket: WebSocket,
    token: string | undefined,
    private readonly ports: GatewayPorts,
    private readonly pages: PageReader,
    onClosed: () => void,
  ) {
    this.id = ports.ids.next('conn');
    socket.on('message', (data, isBinary) => this.#hear(data, isBinary));
    socket.on('pong', () => this.#beat());
    socket.on('error', (error) => ports.logger.debug({ reason: error.message, conn: this.id }, 'a line broke'));
    socket.on('close', () => {
      this.#end();
      onClosed();
    });
    // Everything said before the welcome waits behind the admission.
    this.#inbound = this.#admit(token);
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

  /** Control messages carry no number. */
  say<T extends ControlType>(type: T, data: ControlData[T], threadId: ThreadId | null = null): void {
    this.send(JSON.stringify({ v: 1, type, threadId, at: new Date(this.ports.clock.now()).toISOString(), data }));
  }

  send(text: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    const sent = Promise.withResolvers<void>();
    // A failed send is followed by the line's close, which says all there is to say.
    this.socket.send(text, () => sent.resolve());
    this.#lastSent = sent.promise;
    this.#stir();
  }

  async flushed(): Promise<void> {
    const left = new AbortController();
    const stuck = pause(this.ports.clock, STUCK_MS, left.signal).then(
      () => this.close('overloaded', 'the device does not read'),
      () => undefined,
    );
    await Promise.race([this.#lastSent, stuck]);
    left.abort();
  }

  lost(threadId: ThreadId, error: unknown): void {
    this.#subscriptions.delete(threadId);
    this.refuse(error, undefined, threadId);
  }

  refuse(error: unknown, ref?: string, threadId: ThreadId | null = null): void {
    const { code, message, field, retryAfterMs } = this.ports.explain(error);
    this.say('error', { code, message, field, retryAfterMs, ref }, threadId);
  }

  askToMove(reconnectInMs: number): void {
    if (this.#state !== 'open') return;
    this.#state = 'draining';
    this.say('restarting', { reconnectInMs });
  }

  close(reason: CloseReason, words: string): void {
    if (this.#state === 'closed') return;
    this.#end();
    this.socket.close(CLOSE[reason], words);
    // A peer that does not answer the close holds the line no longer than the grace.
    this.#timers.set(
      'heartbeat',
      this.ports.clock.after(GRACE_MS, () => this.socket.terminate()),
    );
  }

  terminate(): void {
    this.#end();
    this.socket.terminate();
  }

  async #admit(token: string | undefined): Promise<void> {
    const late = this.ports.clock.after(ADMIT_MS, () => this.close('overloaded', 'not decided in time'));
    try {
      if (token === undefined) throw new ChatError('token_missing', 'Send your token to open a line.');
      await this.#become(token);
      if (this.#state !== 'opening') return;
      this.#state = 'open';
      this.#beat();
      this.#stir();
      this.ports.metrics.count('chat_lines_total', { outcome: 'admitted' });
    } catch (error) {
      this.ports.metrics.count('chat_lines_total', { outcome: 'refused' });
      this.refuse(error);
      const transient = this.ports.explain(error).retryable;
      this.close(transient ? 'overloaded' : 'not_authenticated', this.ports.explain(error).code);
    } finally {
      late[Symbol.dispose]();
    }
  }

  /** Takes the person of this token, or more time for the same person. */
  async #become(token: string): Promise<void> {
    const { context, sessionId, expiresAt } = await this.ports.authority.check(token);
    const before = this.#context;
    if (before !== undefined && (before.userId !== context.userId || before.tenantId !== context.tenantId)) {
      throw new ChatError('other_person', 'This token is somebody else’s.', { field: 'token' });
    }
    this.#context = context;
    this.#sessionId = sessionId;
    const left = expiresAt.getTime() - this.ports.clock.now();
    this.#timer('expiry', left, () => {
      this.refuse(new ChatError('token_expired', 'This sign-in has expired. Renew it in time, or sign in again.'));
      this.close('not_authenticated', 'token_expired');
    });
    this.say('welcome', { connectionId: this.id, expiresAt: expiresAt.toISOString(), heartbeatMs: HEARTBEAT_MS });
  }

  #hear(data: RawData, isBinary: boolean): void {
    if (this.#state === 'closed') return;
    if (++this.#waiting >= PAUSE_AT) this.socket.pause();
    this.#inbound = this.#inbound.then(async () => {
      await this.#handle(data as Buffer, isBinary);
      if (--this.#waiting < PAUSE_AT && this.socket.isPaused) this.socket.resume();
    });
  }

  async #handle(data: Buffer, isBinary: boolean): Promise<void> {
    if (this.#state === 'closed' || this.#context === undefined) return;
    this.#stir();
    const read = readClientMessage(data, isBinary);
    if ('refused' in read) return this.refuse(read.refused, read.ref);
    const { message } = read;
    try {
      await this.#obey(message);
    } catch (error) {
      this.refuse(error, message.ref, 'threadId' in message ? message.threadId : null);
      if (error instanceof ChatError && error.code === 'other_person') this.close('not_allowed', error.code);
    }
  }

  async #obey(message: ClientMessage): Promise<void> {
    switch (message.type) {
      case 'subscribe':
        return this.#subscribe(message.threadId, message.afterSeq);
      case 'unsubscribe':
        this.#subscriptions.get(message.threadId)?.[Symbol.dispose]();
        this.#subscriptions.delete(message.threadId);
        return;
      case 'send_message': {
        const { threadId, clientMessageId, text } = message;
        await this.ports.commands.send(this.context, { threadId, clientMessageId, text });
        return;
      }
      case 'cancel_run':
        await this.ports.commands.cancel(this.context, message.runId);
        return;
      case 'renew':
        return this.#become(message.token);
      case 'ping':
        this.say('pong', { at: new Date(this.ports.clock.now()).toISOString() });
        return;
      case 'pong':
        return;
    }
  }

  async #subscribe(threadId: ThreadId, afterSeq: number): Promise<void> {
    const open = this.#subscriptions.get(threadId);
    if (open !== undefined) return open.again();
    if (this.#subscriptions.size >= MOST_THREADS) {
      throw new ChatError('thread_limit', `A device follows at most ${MOST_THREADS} threads. Leave one first.`);
    }
    const { announcements } = this.ports;
    const subscription = await Subscription.open(threadId, afterSeq, this, { pages: this.pages, announcements });
    if (this.#ended) subscription[Symbol.dispose]();
    else this.#subscriptions.set(threadId, subscription);
  }

  /** The device answered: ask again later, and give it up when it no longer answers. */
  #beat(): void {
    if (this.#state === 'closed') return;
    this.#timer('heartbeat', HEARTBEAT_MS, () => {
      this.socket.ping();
      this.#timer('heartbeat', GRACE_MS, () => this.terminate());
    });
  }

  /** Something was said or shown: the line is not idle. */
  #stir(): void {
    if (this.#ended) return;
    this.#timer('idle', IDLE_MS, () => this.close('idle', 'idle'));
  }

  get #ended(): boolean {
    return this.#state === 'closed';
  }

  #timer(name: 'expiry' | 'heartbeat' | 'idle', ms: number, then: () => void): void {
    this.#timers.get(name)?.[Symbol.dispose]();
    this.#timers.set(name, this.ports.clock.after(ms, then));
  }

  #end(): void {
    this.#state = 'closed';
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
    this.#timers.clear();
    for (const subscription of this.#subscriptions.values()) subscription[Symbol.dispose]();
    this.#subscriptions.clear();
  }
}
