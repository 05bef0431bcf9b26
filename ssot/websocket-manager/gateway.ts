import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import proxyAddr, { compile } from '@fastify/proxy-addr';
import type { WebSocket } from 'ws';
import {
  assertVerified,
  fraction,
  type PlatformError,
  type ConnectionId,
  type SessionId,
  type TenantContext,
  type ThreadId,
} from '../kernel';
import type {
  Device,
  Gateway,
  GatewayHealth,
  GatewayPorts,
  LineScope,
  Reach,
  ThreadChange,
  ThreadChanged,
} from './contract';
import { ChatError } from './errors';
import { assertNoTokenInUrl, bearerToken } from './handshake';
import { Line } from './line';
import type { LineParts } from './line-parts';
import { MessageRate } from './message-rate';
import { assertOriginAllowed } from './origin';
import { PageReader } from './page-reader';
import { PeerSubscriptions } from './peer-subscriptions';
import { Places } from './places';
import { UpgradeHandler } from './upgrade-handler';

const MOST_LINES = 10_000;
const RECHECK_MS = 1_000;
/** Returns are spread, so that a new instance does not meet everybody at once. */
const MOVE_FROM_MS = 100;
const MOVE_TO_MS = 4_000;
const CLOSE_WAIT_MS = 200;

/** Opens nothing by itself: the platform's HTTP server hands upgrades over. */
export function createGateway(ports: GatewayPorts): Gateway {
  return new LiveGateway(ports);
}

class LiveGateway implements Gateway {
  readonly #upgrades: UpgradeHandler;
  readonly #lines = new Set<Line>();
  readonly #parts: LineParts;
  readonly #isProxy: ReturnType<typeof compile>;
  readonly #peers: PeerSubscriptions;
  #rechecking: Disposable | undefined;
  #draining = false;
  #emptied: (() => void) | undefined;

  constructor(private readonly ports: GatewayPorts) {
    const { log, slots, clock, logger, config } = ports;
    this.#upgrades = new UpgradeHandler(clock);
    this.#peers = new PeerSubscriptions(logger);
    this.#isProxy = compile([...config.trustedProxies]);
    this.#parts = {
      ...ports,
      pages: new PageReader(log),
      places: new Places(slots, ports.plans, logger),
      rate: new MessageRate(slots, clock, logger),
    };
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = proxyAddr(request, this.#isProxy);
    const { allowedOrigins } = this.ports.config;
    this.#upgrades.accept(request, socket, head, (open) => {
      try {
        this.#assertRoom();
        assertOriginAllowed(request, { allowedOrigins, isTrustedProxy: (peer) => this.#isProxy(peer, 0) });
        assertNoTokenInUrl(request);
        this.#open(open, socket, bearerToken(request), address);
      } catch (refusal) {
        this.ports.metrics.count('chat_lines_total', { outcome: 'refused' });
        void this.#reject(open, refusal as ChatError, address);
      }
    });
  }

  async devices(ctx: TenantContext): Promise<readonly Device[]> {
    assertVerified(ctx);
    const here = this.#linesOf(ctx).map((line) => line.device());
    const known = new Set(here.map(({ id }) => id));
    const elsewhere = (await this.#listed(ctx)).filter(({ id }) => !known.has(id));
    return [...here, ...elsewhere].sort((a, b) => a.openedAt.getTime() - b.openedAt.getTime());
  }

  async disconnect(ctx: TenantContext, id: ConnectionId): Promise<'closed' | 'asked' | 'unknown'> {
    assertVerified(ctx);
    const scope = { tenantId: ctx.tenantId, userId: ctx.userId, connectionId: id };
    if (this.#close(scope) > 0) return 'closed';
    if (!(await this.#listed(ctx)).some((device) => device.id === id)) return 'unknown';
    await this.ports.closing.tell(scope);
    return 'asked';
  }

  async admitMessage(ctx: TenantContext): Promise<void> {
    await this.#parts.rate.admit(ctx);
  }

  async revoke(scope: LineScope): Promise<{ closed: number }> {
    const closed = this.#close(scope);
    try {
      await this.ports.closing.tell(scope);
    } catch (error) {
      // An ended sign-in is found by the others' own check within a second.
      this.ports.logger.warn({ reason: String(error) }, 'other instances could not be told whose lines to close');
    }
    return { closed };
  }

  async threadChanged(ctx: TenantContext, threadId: ThreadId, change: ThreadChange): Promise<void> {
    assertVerified(ctx);
    const { tenantId, userId } = ctx;
    const { instance } = this.ports.config;
    const changed: ThreadChanged = { tenantId, userId, threadId, change, instance };
    this.#tellChange(changed);
    try {
      await this.ports.threadChanges.publish(changed);
    } catch (error) {
      this.ports.logger.debug({ reason: String(error) }, 'other instances could not be told of a changed thread');
    }
  }

  reach(ctx: TenantContext, threadId: ThreadId): Reach {
    assertVerified(ctx);
    const states = this.#linesOf(ctx).map((line) => line.reached(threadId));
    const upToDate = states.filter((state) => state === 'upToDate').length;
    const catchingUp = states.filter((state) => state === 'catchingUp').length;
    return { of: upToDate + catchingUp, upToDate, catchingUp };
  }

  refuse(): number {
    this.#draining = true;
    for (const line of this.#lines) line.askToMove(this.#moveIn());
    return this.#lines.size;
  }

  async drain(until: AbortSignal): Promise<{ asked: number; left: number }> {
    const asked = this.refuse();
    if (this.#lines.size > 0 && !until.aborted) {
      const over = Promise.withResolvers<void>();
      this.#emptied = over.resolve;
      until.addEventListener('abort', () => over.resolve(), { once: true });
      await over.promise;
    }
    return { asked, left: this.#lines.size };
  }

  health(): GatewayHealth {
    const subscriptions = [...this.#lines].reduce((sum, line) => sum + line.subscriptions, 0);
    return { lines: this.#lines.size, subscriptions, draining: this.#draining };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#draining = true;
    this.#rechecking?.[Symbol.dispose]();
    for (const line of this.#lines) line.close('restarting', 'restarting');
    if (this.#lines.size > 0) {
      const over = Promise.withResolvers<void>();
      this.#emptied = over.resolve;
      using _limit = this.ports.clock.after(CLOSE_WAIT_MS, () => over.resolve());
      await over.promise;
    }
    for (const line of this.#lines) line.terminate('restarting');
    this.#upgrades.close();
    await this.#peers[Symbol.asyncDispose]();
  }

  async #reject(open: WebSocket, refusal: ChatError, address: string): Promise<void> {
    open.on('error', () => undefined); // It is closed in any case; there is nobody left to tell.
    this.#upgrades.reject(open, refusal.retryable ? refusal : await this.#countedFailure(refusal, address));
  }

  /** The refusal, or that this address has to wait. */
  async #countedFailure(refusal: ChatError, address: string): Promise<PlatformError> {
    try {
      await this.ports.attempts.recordFailure(address);
      return refusal;
    } catch (error) {
      return this.ports.explain(error);
    }
  }

  #open(socket: WebSocket, wire: Duplex, token: string | undefined, address: string): void {
    const line: Line = new Line(socket, wire, { token, address }, this.#parts, {
      onClosed: (why) => {
        this.#lines.delete(line);
        this.#count();
        this.ports.metrics.count('chat_closes_total', { why });
        if (this.#lines.size === 0) this.#emptied?.();
      },
    });
    this.#lines.add(line);
    this.#count();
    this.#recheck();
    this.#listen();
  }

  #assertRoom(): void {
    const retryAfterMs = this.#moveIn();
    if (this.#draining) throw new ChatError('restarting', 'This instance is restarting.', { retryAfterMs });
    if (this.#lines.size < (this.ports.config.mostLines ?? MOST_LINES)) return;
    throw new ChatError('overloaded', 'This instance is full. Come back in a moment.', { retryAfterMs });
  }

  #linesOf({ tenantId, userId }: TenantContext): readonly Line[] {
    return [...this.#lines].filter((line) => line.is({ tenantId, userId }));
  }

  /** Those on this instance. How many there were. */
  #close(scope: LineScope): number {
    const lines = [...this.#lines].filter((line) => line.is(scope));
    for (const line of lines) line.dismiss(endOf(scope));
    return lines.length;
  }

  #tellChange({ tenantId, userId, threadId, change }: ThreadChanged): void {
    for (const line of this.#lines) if (line.is({ tenantId, userId })) line.threadChanged(threadId, change);
  }

  async #listed(ctx: TenantContext): Promise<readonly Device[]> {
    try {
      return await this.ports.book.list(ctx);
    } catch (error) {
      this.ports.logger.debug({ reason: String(error) }, 'devices on other instances could not be listed');
      return [];
    }
  }

  #listen(): void {
    const { closing, threadChanges, config } = this.ports;
    this.#peers.open('closing', () => closing.hear((scope) => void this.#close(scope)));
    this.#peers.open('threads', () =>
      threadChanges.subscribe((changed) => {
        if (changed.instance !== config.instance) this.#tellChange(changed);
      }),
    );
  }

  /** A sign-out closes its lines within two seconds, whatever Redis does: PostgreSQL is asked for all of them at once. */
  #recheck(): void {
    if (this.#rechecking !== undefined || this.#draining) return;
    this.#rechecking = this.ports.clock.after(RECHECK_MS, () => {
      void this.#closeEnded().finally(() => {
        this.#rechecking = undefined;
        if (this.#lines.size > 0) this.#recheck();
      });
      this.#listen();
    });
  }

  async #closeEnded(): Promise<void> {
    const sessions = [...this.#lines].map((line) => line.sessionId).filter((id): id is SessionId => id !== undefined);
    try {
      const ended = await this.ports.authority.endedAmong([...new Set(sessions)]);
      for (const line of this.#lines) {
        const ending = line.sessionId && ended.get(line.sessionId);
        if (ending !== undefined) line.dismiss(ending === 'session_ended' ? sessionEnded() : accessRevoked());
      }
    } catch (error) {
      this.ports.logger.warn({ reason: String(error) }, 'sign-ins of open lines could not be checked');
    }
  }

  #count(): void {
    this.ports.metrics.gauge('chat_lines', this.#lines.size);
  }

  #moveIn(): number {
    return Math.round(MOVE_FROM_MS + fraction(this.ports.random) * (MOVE_TO_MS - MOVE_FROM_MS));
  }
}

function sessionEnded(): ChatError {
  return new ChatError('session_ended', 'This sign-in has ended. Sign in again.');
}

function accessRevoked(): ChatError {
  return new ChatError('access_revoked', 'Your access was ended. Ask an administrator of your company.');
}

function endOf({ sessionId, connectionId }: LineScope): ChatError {
  if (connectionId !== undefined) return new ChatError('disconnected', 'You closed this device from another one.');
  if (sessionId !== undefined) return sessionEnded();
  return accessRevoked();
}
