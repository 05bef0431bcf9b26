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
  GatewayDeps,
  RevocationScope,
  SessionEnding,
  DeliveryStatus,
  ThreadChange,
  ThreadChanged,
} from './contract';
import { ChatError } from './errors';
import { assertNoTokenInUrl, bearerToken } from './admission/handshake';
import { Connection } from './connection/connection';
import type { ConnectionDeps, ConnectionEvents } from './connection/connection-deps';
import { MessageRate } from './connection/limits/message-rate';
import { assertOriginAllowed } from './admission/origin';
import { PageReader } from './delivery/page-reader';
import { PeerSubscription } from './delivery/peer-subscription';
import { ConnectionSlots } from './connection/limits/connection-slots';
import { UpgradeHandler } from './admission/upgrade-handler';

const MAX_CONNECTIONS = 10_000;
const SESSION_CHECK_MS = 1_000;
/** Reconnects are spread, so that a new instance does not meet everybody at once. */
const RECONNECT_SPREAD_MIN_MS = 100;
const RECONNECT_SPREAD_MAX_MS = 4_000;
const CLOSE_WAIT_MS = 200;

/** Opens nothing by itself: the platform's HTTP server hands upgrades over. */
export function createGateway(deps: GatewayDeps): Gateway {
  return new LiveGateway(deps);
}

class LiveGateway implements Gateway, ConnectionEvents {
  readonly #upgrades: UpgradeHandler;
  readonly #connections = new Set<Connection>();
  readonly #connectionDeps: ConnectionDeps;
  readonly #isProxy: ReturnType<typeof compile>;
  readonly #peers: readonly PeerSubscription[];
  #sessionCheck: Disposable | undefined;
  #draining = false;
  #onEmptied: (() => void) | undefined;

  constructor(private readonly deps: GatewayDeps) {
    const { threadLog: log, slots, clock, logger, config, closing, threadChanges } = deps;
    this.#upgrades = new UpgradeHandler(clock);
    this.#isProxy = compile([...config.trustedProxies]);
    this.#connectionDeps = {
      ...deps,
      pages: new PageReader(log),
      connectionSlots: new ConnectionSlots(slots, deps.limits, logger),
      messageRate: new MessageRate(slots, clock, logger),
    };
    const onThreadChange = (changed: ThreadChanged): void => {
      if (changed.instance !== config.instance) this.#sendThreadChange(changed);
    };
    this.#peers = [
      new PeerSubscription(() => closing.subscribe((scope) => void this.#close(scope)), logger),
      new PeerSubscription(() => threadChanges.subscribe(onThreadChange), logger),
    ];
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = proxyAddr(request, this.#isProxy);
    const { allowedOrigins } = this.deps.config;
    this.#upgrades.accept(request, socket, head, (open) => {
      try {
        this.#assertAccepting();
        assertOriginAllowed(request, { allowedOrigins, isTrustedProxy: (peer) => this.#isProxy(peer, 0) });
        assertNoTokenInUrl(request);
        this.#open(open, socket, bearerToken(request), address);
      } catch (refusal) {
        this.deps.metrics.count('chat_connections_total', { outcome: 'refused' });
        void this.#reject(open, refusal as ChatError, address);
      }
    });
  }

  async devices(ctx: TenantContext): Promise<readonly Device[]> {
    assertVerified(ctx);
    const here = this.#connectionsOf(ctx).map((connection) => connection.device());
    const known = new Set(here.map(({ id }) => id));
    const elsewhere = (await this.#registered(ctx)).filter(({ id }) => !known.has(id));
    return [...here, ...elsewhere].sort((a, b) => a.openedAt.getTime() - b.openedAt.getTime());
  }

  async disconnect(ctx: TenantContext, id: ConnectionId): Promise<'closed' | 'asked' | 'unknown'> {
    assertVerified(ctx);
    const scope = { tenantId: ctx.tenantId, userId: ctx.userId, connectionId: id };
    if (this.#close(scope) > 0) return 'closed';
    if (!(await this.#registered(ctx)).some((device) => device.id === id)) return 'unknown';
    await this.deps.closing.publish(scope);
    return 'asked';
  }

  async admitMessage(ctx: TenantContext): Promise<void> {
    await this.#connectionDeps.messageRate.admit(ctx);
  }

  async revoke(scope: RevocationScope): Promise<{ closed: number }> {
    const closed = this.#close(scope);
    try {
      await this.deps.closing.publish(scope);
    } catch (error) {
      // An ended sign-in is found by the others' own check within a second.
      this.deps.logger.warn({ reason: String(error) }, 'other instances could not be told whose connections to close');
    }
    return { closed };
  }

  async threadChanged(ctx: TenantContext, threadId: ThreadId, change: ThreadChange): Promise<void> {
    assertVerified(ctx);
    const { tenantId, userId } = ctx;
    const { instance } = this.deps.config;
    const changed: ThreadChanged = { tenantId, userId, threadId, change, instance };
    this.#sendThreadChange(changed);
    try {
      await this.deps.threadChanges.publish(changed);
    } catch (error) {
      this.deps.logger.debug({ reason: String(error) }, 'other instances could not be told of a changed thread');
    }
  }

  deliveryStatus(ctx: TenantContext, threadId: ThreadId): DeliveryStatus {
    assertVerified(ctx);
    const states = this.#connectionsOf(ctx).map((connection) => connection.deliveryStateOf(threadId));
    const upToDate = states.filter((state) => state === 'upToDate').length;
    const catchingUp = states.filter((state) => state === 'catchingUp').length;
    return { total: upToDate + catchingUp, upToDate, catchingUp };
  }

  stopAccepting(): number {
    this.#draining = true;
    for (const connection of this.#connections) connection.requestReconnect(this.#reconnectDelayMs());
    return this.#connections.size;
  }

  async drain(until: AbortSignal): Promise<{ asked: number; left: number }> {
    const asked = this.stopAccepting();
    if (this.#connections.size > 0 && !until.aborted) {
      const over = Promise.withResolvers<void>();
      this.#onEmptied = over.resolve;
      until.addEventListener('abort', () => over.resolve());
      await over.promise;
    }
    return { asked, left: this.#connections.size };
  }

  health(): GatewayHealth {
    const subscriptions = [...this.#connections].reduce((sum, connection) => sum + connection.subscriptions, 0);
    return { connections: this.#connections.size, subscriptions, draining: this.#draining };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#draining = true;
    for (const connection of this.#connections) connection.close('restarting', 'restarting');
    if (this.#connections.size > 0) {
      const over = Promise.withResolvers<void>();
      this.#onEmptied = over.resolve;
      using _limit = this.deps.clock.after(CLOSE_WAIT_MS, () => over.resolve());
      await over.promise;
    }
    for (const connection of this.#connections) connection.terminate('restarting');
    this.#upgrades.close();
    await Promise.all(this.#peers.map((peer) => peer[Symbol.asyncDispose]()));
    this.#sessionCheck?.[Symbol.dispose]();
  }

  /** Who came before the drain, and was admitted during it, moves like all others. */
  onAdmitted(connection: Connection): void {
    if (this.#draining) connection.requestReconnect(this.#reconnectDelayMs());
  }

  onClosed(connection: Connection, reason: string): void {
    this.#connections.delete(connection);
    this.#reportCount();
    this.deps.metrics.count('chat_connections_closed_total', { reason });
    if (this.#connections.size === 0) this.#onEmptied?.();
  }

  async #reject(open: WebSocket, refusal: ChatError, address: string): Promise<void> {
    open.on('error', () => undefined); // It is closed in any case; there is nobody left to tell.
    this.#upgrades.reject(open, refusal.retryable ? refusal : await this.#countedFailure(refusal, address));
  }

  /** The refusal, or that this address has to wait. */
  async #countedFailure(refusal: ChatError, address: string): Promise<PlatformError> {
    try {
      await this.deps.attempts.recordFailure(address);
      return refusal;
    } catch (error) {
      return this.deps.toPublicError(error);
    }
  }

  #open(socket: WebSocket, wire: Duplex, token: string | undefined, address: string): void {
    const connection = new Connection(socket, wire, { token, address }, this.#connectionDeps, this);
    this.#connections.add(connection);
    this.#reportCount();
    this.#scheduleSessionCheck();
    this.#subscribeToPeers();
  }

  #assertAccepting(): void {
    const retryAfterMs = this.#reconnectDelayMs();
    if (this.#draining) throw new ChatError('restarting', 'This instance is restarting.', { retryAfterMs });
    if (this.#connections.size < (this.deps.config.maxConnections ?? MAX_CONNECTIONS)) return;
    throw new ChatError('overloaded', 'This instance is full. Come back in a moment.', { retryAfterMs });
  }

  #connectionsOf({ tenantId, userId }: TenantContext): readonly Connection[] {
    return [...this.#connections].filter((connection) => connection.matches({ tenantId, userId }));
  }

  /** Those on this instance. How many there were. */
  #close(scope: RevocationScope): number {
    const matching = [...this.#connections].filter((connection) => connection.matches(scope));
    for (const connection of matching) connection.closeWith(closingErrorOf(scope));
    return matching.length;
  }

  #sendThreadChange({ tenantId, userId, threadId, change }: ThreadChanged): void {
    for (const connection of this.#connections)
      if (connection.matches({ tenantId, userId })) connection.threadChanged(threadId, change);
  }

  async #registered(ctx: TenantContext): Promise<readonly Device[]> {
    try {
      return await this.deps.registry.list(ctx);
    } catch (error) {
      this.deps.logger.debug({ reason: String(error) }, 'devices on other instances could not be listed');
      return [];
    }
  }

  #subscribeToPeers(): void {
    for (const peer of this.#peers) peer.open();
  }

  /** A sign-out closes its connections within two seconds, also without Redis: PostgreSQL is asked for all of them at once. */
  #scheduleSessionCheck(): void {
    if (this.#sessionCheck !== undefined) return;
    this.#sessionCheck = this.deps.clock.after(SESSION_CHECK_MS, () => {
      void this.#closeEndedSessions().finally(() => {
        this.#sessionCheck = undefined;
        if (this.#connections.size > 0) this.#scheduleSessionCheck();
      });
      this.#subscribeToPeers();
    });
  }

  async #closeEndedSessions(): Promise<void> {
    const sessions = [...this.#connections]
      .map((connection) => connection.sessionId)
      .filter((id): id is SessionId => id !== undefined);
    try {
      const ended = await this.deps.tokens.endedAmong([...new Set(sessions)]);
      for (const connection of this.#connections) {
        const ending = connection.sessionId && ended.get(connection.sessionId);
        if (ending !== undefined) connection.closeWith(ENDED[ending]());
      }
    } catch (error) {
      this.deps.logger.warn({ reason: String(error) }, 'sign-ins of open connections could not be checked');
    }
  }

  #reportCount(): void {
    this.deps.metrics.gauge('chat_connections', this.#connections.size);
  }

  #reconnectDelayMs(): number {
    return Math.round(
      RECONNECT_SPREAD_MIN_MS + fraction(this.deps.random) * (RECONNECT_SPREAD_MAX_MS - RECONNECT_SPREAD_MIN_MS),
    );
  }
}

/** What a connection is told when it may not go on. */
const ENDED: Readonly<Record<SessionEnding, () => ChatError>> = {
  session_ended: () => new ChatError('session_ended', 'This sign-in has ended. Sign in again.'),
  access_revoked: () => new ChatError('access_revoked', 'Your access was ended. Ask an administrator of your company.'),
  second_factor_missing: () =>
    new ChatError('second_factor_missing', 'Your company asks for a second factor. Set one up to go on.'),
};

function closingErrorOf({ sessionId, connectionId }: RevocationScope): ChatError {
  if (connectionId !== undefined) return new ChatError('disconnected', 'You closed this device from another one.');
  if (sessionId !== undefined) return ENDED.session_ended();
  return ENDED.access_revoked();
}
