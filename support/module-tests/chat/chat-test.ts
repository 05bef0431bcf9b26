import { masterKeys } from '../../../world/settings';
import { createHash, randomUUID } from 'node:crypto';
import { createAttemptLimiter, type AttemptLimiter } from '../../../ssot/auth';
import { limitsOfPlans, plans } from '../../../ssot/configuration-manager';
import {
  noMetrics,
  silentLogger,
  systemClock,
  systemRandom,
  vouchFor,
  type Appended,
  type EventDraft,
  type Permission,
  type Plan,
  type SessionId,
  type TenantContext,
  type TenantId,
  type ThreadEvent,
  type ThreadId,
} from '../../../ssot/kernel';
import { openStateManager, type StateManager } from '../../../ssot/state-manager';
import { openStatePersistence } from '../../../ssot/state-persistence';
import { createThreads, type GatewayDeps, type Threads } from '../../../ssot/websocket-manager';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { stores } from '../stores';
import { TestClosingBus, TestHeadBus, TestThreadChangeBus } from './buses';
import { ChatInstance } from './chat-instance';
import { KnownTokens } from './known-tokens';
import { ReachableRedis } from './reachable-redis';
import { RecordedCommands } from './recorded-commands';
import { RunDrafts, type DraftName } from './run-drafts';
import { SettlingTransactions } from './settling-transactions';
import { TestDevice, type Handshake } from './test-device';

const HOUR_MS = 3_600_000;
/** Shorter than the time for a pong, so that devices can answer in time. */
const STRIDE_MS = 9_000;
/** Where devices come from that come from nowhere in particular. */
const HOME = '198.51.100.1';

export interface ChatTestOptions extends Partial<Omit<GatewayDeps['config'], 'instance'>> {
  readonly isStarting?: boolean;
}

interface ConnectOptions {
  readonly at?: number;
  readonly validMs?: number;
  readonly sessionId?: SessionId;
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The module on as many instances as are asked for, on real PostgreSQL and Redis, for tenants of the test's own. What decides
 * when things happen is in hand: time, buses, tokens, and the network of each device.
 */
export class ChatTest implements AsyncDisposable {
  readonly ids = stores.ids;
  readonly heads = new TestHeadBus();
  readonly closing = new TestClosingBus();
  readonly threadChanges = new TestThreadChangeBus();
  readonly tokens = new KnownTokens();
  readonly commands = new RecordedCommands();
  /** The share of the random spread that is drawn, 0 to 1. */
  luck = 0.5;
  readonly #scope = new AsyncDisposableStack();
  readonly #instances: ChatInstance[] = [];

  private constructor(
    readonly clock: ControlledClock,
    readonly db: SettlingTransactions,
    readonly state: StateManager,
    private readonly limiter: AttemptLimiter,
    private readonly options: ChatTestOptions,
  ) {
    this.tokens.onInvalid = (address) => this.#failed('access_token', address);
  }

  static async start(options: ChatTestOptions = {}, database = stores.database()): Promise<ChatTest> {
    const clock = new ControlledClock();
    const db = new SettlingTransactions(await database);
    const machine = { clock: systemClock, time: clock, log: silentLogger, logger: silentLogger, metrics: noMetrics };
    const { workingState: durable } = await openStatePersistence({ warm: await stores.database(), ...machine });
    const redis = stores.redis();
    const random = systemRandom;
    const state = await openStateManager({ redis, durable, random, keys: masterKeys(), ...machine });
    const name = randomUUID();
    const pseudonym = (text: string): string => createHash('sha256').update(`${name} ${text}`).digest('base64url');
    const limiter = createAttemptLimiter({ redis, ...machine, clock, pseudonym });
    return new ChatTest(clock, db, state, limiter, options);
  }

  user(
    plan: Plan = 'enterprise',
    tenantId: TenantId = this.ids.next('tenant'),
    permissions?: Permission[],
  ): TenantContext {
    const userId = this.ids.next('user');
    return vouchFor({ tenantId, userId, plan, permissions: permissions ?? ['chat:use'] });
  }

  /** A token of a sign-in. */
  tokenFor(
    ctx: TenantContext,
    { validMs = HOUR_MS, sessionId = this.ids.next('session') }: ConnectOptions = {},
  ): string {
    const token = `token-of-${sessionId}-${validMs}`;
    this.tokens.add(token, ctx, sessionId, new Date(this.clock.now() + validMs));
    return token;
  }

  /** The first instance, or another one. */
  instance(index = 0): ChatInstance {
    while (this.#instances.length <= index) this.#instances.push(this.#start(this.#instances.length + 1));
    return this.#instances[index] as ChatInstance;
  }

  #start(number: number): ChatInstance {
    const { isStarting = false, allowedOrigins = [], trustedProxies = [], maxConnections } = this.options;
    const limit = maxConnections === undefined ? {} : { maxConnections };
    const instance = new ChatInstance({
      ...{ db: this.db, heads: this.heads, closing: this.closing, threadChanges: this.threadChanges },
      ...{ tokens: this.tokens, commands: this.commands, clock: this.clock, ids: this.ids, isStarting },
      attempts: { recordFailure: (address) => this.#failed('connection', address) },
      redis: new ReachableRedis(this.state, this.db),
      random: { bytes: () => bytesFor(this.luck) },
      config: { allowedOrigins, trustedProxies, instance: `instance ${number}`, ...limit },
    });
    this.#scope.defer(async () => {
      const stopped = instance.stop();
      this.clock.advance(60_000);
      await stopped;
    });
    return instance;
  }

  /** Connects with a valid token, whatever becomes of it, and waits until that is settled. */
  async connect(ctx: TenantContext, options: ConnectOptions = {}): Promise<TestDevice> {
    const device = this.open(this.#handshakeOf(ctx, options), options.at);
    await this.settled();
    return device;
  }

  /** Asks for a connection with this handshake, and does not wait for what becomes of it. */
  open(handshake: Handshake, at = 0): TestDevice {
    return this.#scope.use(new TestDevice(this.instance(at).wire(handshake.from ?? HOME), handshake));
  }

  async openSettled(handshake: Handshake, at = 0): Promise<TestDevice> {
    const device = this.open(handshake, at);
    await this.settled();
    return device;
  }

  /** So many devices, one after the other. */
  async connectMany(count: number, ctx: TenantContext, options: ConnectOptions = {}): Promise<TestDevice[]> {
    const devices: TestDevice[] = [];
    for (let index = 0; index < count; index++) devices.push(await this.connect(ctx, options));
    return devices;
  }

  #handshakeOf(ctx: TenantContext, options: ConnectOptions): Handshake {
    const { from, headers } = options;
    const protocols = ['chat.v1', `bearer.${this.tokenFor(ctx, options)}`];
    return { protocols, ...(from !== undefined && { from }), ...(headers !== undefined && { headers }) };
  }

  threads(): Threads {
    return createThreads({ db: this.db, clock: this.clock, ids: this.ids, limits: limitsOfPlans(plans) });
  }

  async thread(ctx: TenantContext, title = 'Q3 spend'): Promise<ThreadId> {
    return (await this.threads().create(ctx, title)).threadId;
  }

  /** Connects a device that follows the thread from its start. */
  async watch(ctx: TenantContext, threadId: ThreadId, options: ConnectOptions = {}): Promise<TestDevice> {
    const device = await this.connect(ctx, options);
    await this.subscribe(device, threadId);
    return device;
  }

  /** Somebody, and their phone, which follows a thread of theirs. */
  async watching(): Promise<{ readonly dana: TenantContext; readonly threadId: ThreadId; readonly phone: TestDevice }> {
    const dana = this.user();
    const threadId = await this.thread(dana);
    return { dana, threadId, phone: await this.watch(dana, threadId) };
  }

  subscribe(device: TestDevice, threadId: ThreadId, afterSeq = 0): Promise<void> {
    return this.send(device, { type: 'subscribe', threadId, afterSeq });
  }

  async send(device: TestDevice, ...messages: readonly (string | Buffer | object)[]): Promise<void> {
    for (const message of messages) device.send(message);
    await this.settled();
  }

  /** So many messages to the agents, at once. */
  sendMany(device: TestDevice, threadId: ThreadId, count: number): Promise<void> {
    const messages = Array.from({ length: count }, (_, index) => ({
      ...{ type: 'send_message', threadId, clientMessageId: randomUUID(), text: `${index + 1}` },
    }));
    return this.send(device, ...messages);
  }

  run(): RunDrafts {
    return new RunDrafts(this.ids);
  }

  /** Adds to a thread as its owner's agents do, and waits for all that follows. */
  async append(ctx: TenantContext, threadId: ThreadId, drafts: readonly EventDraft[], at = 0): Promise<Appended> {
    try {
      return await this.db.transaction(ctx, (tx) => this.instance(at).threadLog.append(ctx, threadId, drafts, tx));
    } finally {
      await this.settled();
    }
  }

  /** A run of its own that begins so. */
  async begin(
    ctx: TenantContext,
    threadId: ThreadId,
    names: readonly DraftName[] = ['question', 'start'],
    at = 0,
  ): Promise<RunDrafts> {
    const run = this.run();
    await this.append(ctx, threadId, run.all(...names), at);
    return run;
  }

  async stored(ctx: TenantContext, threadId: ThreadId): Promise<readonly ThreadEvent[]> {
    return (await this.instance().threadLog.read(ctx, threadId, 0, 10_000)).events;
  }

  /** Redis and the buses over it, for all instances that have been asked for so far. */
  setRedis(reachable: boolean): void {
    for (const bus of [this.heads, this.closing, this.threadChanges]) bus.reachable = reachable;
    for (const { redis } of this.#instances) redis.reachable = reachable;
  }

  settled(): Promise<void> {
    return this.db.settled();
  }

  /** Lets time pass for everybody, no faster than devices can answer. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STRIDE_MS) {
      this.clock.advance(Math.min(left, STRIDE_MS));
      await this.settled();
    }
  }

  async #failed(entrance: 'access_token' | 'connection', address: string): Promise<void> {
    await this.db.during(() => this.limiter.recordFailure({ entrance, address }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.tokens.release();
    this.commands.release();
    await this.#scope.disposeAsync();
    await this.state[Symbol.asyncDispose]();
  }
}

/** Bytes that draw the same share each time, of 1 at most. */
function bytesFor(share: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, Math.min(2 ** 32 - 1, Math.round(share * 2 ** 32)));
  return bytes;
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
