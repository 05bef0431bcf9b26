import { limitsOfPlans, plans } from '../ssot/configuration-manager';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { toPublicError } from '../platform/public-error';
import { noMetrics, silentLogger, type Id, type Random, type ThreadLog } from '../ssot/kernel';
import {
  createThreadNotifier,
  createNotReadyHandler,
  createGateway,
  createThreadLog,
  type ChatCommands,
  type ConnectionAttempts,
  type ThreadHeadBus,
  type Gateway,
  type TokenVerifier,
  type ThreadChangeBus,
} from '../ssot/websocket-manager';
import type { ControlledClock } from './controlled-clock';
import type { WatchedTransactions } from './delivery-activity';
import type { ClosingInHand, RedisInReach } from './delivery-redis';
import { wire } from './delivery-wire';

/** Lists of threads are not what these instances are tried for. */
const NO_WORD: ThreadChangeBus = {
  publish: () => Promise.resolve(),
  subscribe: () => Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() }),
};

/** Where devices come from that come from nowhere in particular. */
export const HOME = '198.51.100.1';

export interface InstanceParts {
  readonly db: WatchedTransactions;
  readonly bus: ThreadHeadBus;
  readonly authority: TokenVerifier;
  readonly attempts: ConnectionAttempts;
  readonly commands: ChatCommands;
  readonly redis: RedisInReach;
  readonly closing: ClosingInHand;
  readonly origins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly mostLines: number | undefined;
  /** It has not got so far that it could let anybody in. */
  readonly starting: boolean;
  readonly name: string;
  readonly clock: ControlledClock;
  readonly random: Random;
  readonly ids: { next(kind: 'conn'): Id<'conn'> };
}

/** The live delivery of one instance: its door, its lines and its log, without the rest of a platform around it. */
export class DeliveryInstance implements AsyncDisposable {
  readonly log: ThreadLog;
  readonly gateway: Gateway;
  /** Figures as operators read them: `chat_connections_total refused` -> 1. */
  readonly figures = new Map<string, number>();
  /** What was written down for operators to look at. */
  readonly warnings: string[] = [];
  /** All of it, as it stands in the log. */
  readonly written: string[] = [];
  readonly #wires: Duplex[] = [];
  readonly #announcements: AsyncDisposable;
  readonly #server = createServer();

  constructor(private readonly parts: InstanceParts) {
    const {
      clock,
      db,
      bus,
      authority,
      attempts,
      commands,
      redis,
      closing,
      origins,
      trustedProxies,
      mostLines,
      random,
      ids,
    } = parts;
    const note = (facts: object, message: string): void => {
      this.warnings.push((facts as { reason: string }).reason);
      this.written.push(JSON.stringify({ ...facts, message }));
    };
    const logger = { ...silentLogger, debug: note, warn: note };
    const name = (figure: string, labels = {}): string => [figure, ...Object.values<string>(labels)].join(' ');
    const metrics = {
      ...noMetrics,
      count: (figure: string, labels?: object, by = 1) =>
        void this.figures.set(name(figure, labels), (this.figures.get(name(figure, labels)) ?? 0) + by),
      gauge: (figure: string, value: number) => void this.figures.set(figure, value),
    };
    const announcements = createThreadNotifier({ bus, db, clock, logger, metrics });
    this.#announcements = announcements;
    this.log = createThreadLog({ db, notifier: announcements, clock });
    this.gateway = createGateway({
      threadLog: this.log,
      notifier: announcements,
      tokens: authority,
      attempts,
      commands,
      slots: redis,
      limits: limitsOfPlans(plans),
      registry: redis,
      closing,
      threadChanges: NO_WORD,
      toPublicError,
      ids,
      clock,
      random,
      logger,
      metrics,
      config: {
        allowedOrigins: origins,
        trustedProxies,
        instance: parts.name,
        ...(mostLines === undefined ? {} : { maxConnections: mostLines }),
      },
    });
    const door = parts.starting ? createNotReadyHandler(clock) : this.gateway;
    this.#server.on('upgrade', (request, socket, head) => door.handleUpgrade(request, socket, head));
  }

  get redis(): RedisInReach {
    return this.parts.redis;
  }

  /** A fresh wire to the door. */
  wire(from = HOME): Duplex {
    const [near, far] = wire(() => this.parts.db.sign(), from);
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
    this.parts.redis.reachable = false;
    for (const far of this.#wires) far.destroy();
  }

  /** The instance's end, as the platform orders it. */
  async stop(): Promise<void> {
    await this.gateway[Symbol.asyncDispose]();
    await this.#announcements[Symbol.asyncDispose]();
  }

  /** Whatever it waits for at its end has come by then. */
  async [Symbol.asyncDispose](): Promise<void> {
    const over = this.stop();
    this.parts.clock.advance(60_000);
    await over;
  }
}
