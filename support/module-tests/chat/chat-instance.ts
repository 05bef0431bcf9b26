import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { toPublicError } from '../../../platform/public-error';
import { limitsOfPlans, plans } from '../../../ssot/configuration-manager';
import { noMetrics, silentLogger, type Clock, type Random, type ThreadLog } from '../../../ssot/kernel';
import {
  createGateway,
  createNotReadyHandler,
  createThreadLog,
  createThreadNotifier,
  type ChatCommands,
  type ClosingBus,
  type ConnectionAttempts,
  type Gateway,
  type GatewayDeps,
  type ThreadChangeBus,
  type ThreadHeadBus,
  type TokenVerifier,
} from '../../../ssot/websocket-manager';
import { inMemoryWire } from './in-memory-wire';
import type { ReachableRedis } from './reachable-redis';
import type { SettlingTransactions } from './settling-transactions';

export interface ChatInstanceDeps {
  readonly db: SettlingTransactions;
  readonly heads: ThreadHeadBus;
  readonly closing: ClosingBus;
  readonly threadChanges: ThreadChangeBus;
  readonly tokens: TokenVerifier;
  readonly attempts: ConnectionAttempts;
  readonly commands: ChatCommands;
  readonly redis: ReachableRedis;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: GatewayDeps['ids'];
  readonly config: GatewayDeps['config'];
  /** It has not got so far that it could admit anybody. */
  readonly isStarting: boolean;
}

/** The module on one instance, with real PostgreSQL and Redis and without the rest of a platform around it. */
export class ChatInstance {
  readonly threadLog: ThreadLog;
  readonly gateway: Gateway;
  /** Metrics by name and labels: `chat_connections_total refused`. */
  readonly metrics = new Map<string, number>();
  /** What was logged, one JSON text each. */
  readonly logged: string[] = [];
  readonly #wires: Duplex[] = [];
  readonly #notifier: AsyncDisposable;
  readonly #server = createServer();

  constructor(private readonly deps: ChatInstanceDeps) {
    const { db, heads, redis, clock, isStarting } = deps;
    const write = (facts: object, message: string): void => {
      this.logged.push(JSON.stringify({ ...facts, message }));
    };
    const logger = { ...silentLogger, debug: write, warn: write };
    const keyOf = (metric: string, labels = {}): string => [metric, ...Object.values<string>(labels)].join(' ');
    const metrics = {
      ...noMetrics,
      count: (metric: string, labels?: object, by = 1) =>
        void this.metrics.set(keyOf(metric, labels), (this.metrics.get(keyOf(metric, labels)) ?? 0) + by),
      gauge: (metric: string, value: number) => void this.metrics.set(metric, value),
    };
    const notifier = createThreadNotifier({ bus: heads, db, clock, logger, metrics });
    this.#notifier = notifier;
    this.threadLog = createThreadLog({ db, notifier, clock });
    const { threadLog } = this;
    this.gateway = createGateway({
      ...{
        ...deps,
        threadLog,
        notifier,
        slots: redis,
        registry: redis,
        limits: limitsOfPlans(plans),
        toPublicError,
        logger,
        metrics,
      },
    });
    const handler = isStarting ? createNotReadyHandler(clock) : this.gateway;
    this.#server.on('upgrade', (request, socket, head) => handler.handleUpgrade(request, socket, head));
  }

  get redis(): ReachableRedis {
    return this.deps.redis;
  }

  metric(name: string): number {
    return this.metrics.get(name) ?? 0;
  }

  /** A device's end of a fresh wire to this instance. */
  wire(from: string): Duplex {
    const [near, far] = inMemoryWire(() => this.deps.db.sign(), from);
    this.#wires.push(far);
    this.#server.emit('connection', far);
    return near;
  }

  /** How much has been sent that no device has taken yet. */
  get waitingBytes(): number {
    return this.#wires.reduce((sum, { writableLength }) => sum + writableLength, 0);
  }

  /** Nothing of it reaches anybody any more. */
  kill(): void {
    this.deps.redis.reachable = false;
    for (const far of this.#wires) far.destroy();
  }

  /** The instance's end, as the platform orders it. */
  async stop(): Promise<void> {
    await this.gateway[Symbol.asyncDispose]();
    await this.#notifier[Symbol.asyncDispose]();
  }
}
