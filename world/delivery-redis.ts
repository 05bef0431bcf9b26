import type { Redis } from 'ioredis';
import { createHash, randomUUID } from 'node:crypto';
import { createAttemptLimiter, type AttemptLimiter } from '../ssot/auth';
import {
  KeyRing,
  noMetrics,
  silentLogger,
  systemClock,
  systemRandom,
  type ConnectionId,
  type TenantContext,
  type Transactions,
} from '../ssot/kernel';
import { openStateManager, StateError, type StateManager } from '../ssot/state-manager';
import { openStatePersistence } from '../ssot/state-persistence';
import type {
  ClosingBus,
  Device,
  ConnectionRegistry,
  LeasedSlot,
  LeasedSlots,
  RevocationScope,
} from '../ssot/websocket-manager';
import { connectionRegistryIn } from '../platform/wiring/devices';
import type { ControlledClock } from './controlled-clock';
import type { WatchedTransactions } from './delivery-activity';

type Pool = Parameters<LeasedSlots['takeSlot']>[1];
type Terms = Parameters<LeasedSlots['takeSlot']>[2];

/** Working state on the scenario's time; only its waits for an answer are the machine's. */
export async function openState(warm: Transactions, redis: Redis, time: ControlledClock): Promise<StateManager> {
  const ports = { clock: systemClock, time, log: silentLogger, metrics: noMetrics };
  const { workingState: durable } = await openStatePersistence({ warm, ...ports });
  return openStateManager({
    redis,
    durable,
    random: systemRandom,
    keys: new KeyRing([{ id: 'scenario', key: systemRandom.bytes(32) }]),
    logger: silentLogger,
    ...ports,
  });
}

/** Failed attempts as auth counts them, those of this scenario only, on its time. */
export function attemptsOf(redis: Redis, time: ControlledClock): AttemptLimiter {
  const scenario = randomUUID();
  const pseudonym = (text: string): string => createHash('sha256').update(`${scenario} ${text}`).digest('base64url');
  return createAttemptLimiter({ redis, clock: time, time, pseudonym, log: silentLogger, metrics: noMetrics });
}

/** Redis as one instance reaches it: what it is asked is over before it is quiet, and it can be out of reach. */
export class RedisInReach implements LeasedSlots, ConnectionRegistry {
  reachable = true;
  /** Every pool that a place was asked in, with its terms. */
  readonly asked = new Map<string, { pool: Pool; terms: Terms }>();
  readonly #book: ConnectionRegistry;

  constructor(
    private readonly state: StateManager,
    private readonly activity: WatchedTransactions,
  ) {
    this.#book = connectionRegistryIn(state);
  }

  async takeSlot(ctx: TenantContext, pool: Pool, terms: Terms): ReturnType<LeasedSlots['takeSlot']> {
    this.asked.set(`${pool.scope} ${pool.name}`, { pool, terms });
    const taken = await this.#over(() => this.state.takeSlot(ctx, pool, terms));
    return 'full' in taken ? taken : this.#held(taken);
  }

  put(ctx: TenantContext, device: Device, lifetimeMs: number): Promise<void> {
    return this.#over(() => this.#book.put(ctx, device, lifetimeMs));
  }

  remove(ctx: TenantContext, id: ConnectionId): Promise<void> {
    return this.#over(() => this.#book.remove(ctx, id));
  }

  list(ctx: TenantContext): Promise<readonly Device[]> {
    return this.#over(() => this.#book.list(ctx));
  }

  #held(slot: LeasedSlot): LeasedSlot {
    return {
      renew: () => this.#over(() => slot.renew()),
      [Symbol.asyncDispose]: () => this.#over(async () => slot[Symbol.asyncDispose]()),
    };
  }

  #over<T>(work: () => Promise<T>): Promise<T> {
    return this.activity.during(() => {
      if (!this.reachable) throw new StateError('state_hot_unavailable', 'Redis is away.');
      return work();
    });
  }
}

/** The word between instances about lines to close, in hand: it can be out of reach. */
export class ClosingInHand implements ClosingBus {
  reachable = true;
  readonly #listeners = new Set<(scope: RevocationScope) => void>();

  async publish(scope: RevocationScope): Promise<void> {
    if (!this.reachable) throw new Error('no word can be sent');
    for (const listener of this.#listeners) listener(scope);
  }

  async subscribe(on: (scope: RevocationScope) => void): Promise<AsyncDisposable> {
    if (!this.reachable) throw new Error('no word can be heard');
    this.#listeners.add(on);
    return { [Symbol.asyncDispose]: async () => void this.#listeners.delete(on) };
  }

  get listening(): number {
    return this.#listeners.size;
  }
}
