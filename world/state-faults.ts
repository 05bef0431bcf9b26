import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { Redis } from 'ioredis';
import type { StateHealth, StateManager, StateManagerDeps, Topic } from '../ssot/state-manager';
import { meaningOf } from './known';
import { ControlledClock } from './controlled-clock';
import { eventually } from './eventually';
import { FaultProxy } from './fault-proxy';
import type { PersonName } from './personas';
import type { WorkingState } from './state';
import { textOfBytes } from './state-values';

/** A line to Redis that breaks, a Redis that hangs, is full, or is set up dangerously. */
export class StateFaults {
  /** The waits of the instance under fault, when a scenario moves them. */
  readonly waits = new ControlledClock();
  health: StateHealth | null = null;
  tookMs = 0;
  readonly #hints = new Map<PersonName, string[]>();
  #proxy: FaultProxy | null = null;
  #own: Redis | null = null;

  constructor(private readonly state: WorkingState) {}

  get line(): FaultProxy {
    if (this.#proxy === null) throw new Error('this scenario has no line that can break');
    return this.#proxy;
  }

  /** The instance reaches Redis over a line that can break. */
  async overALine(deps: Partial<StateManagerDeps> = {}): Promise<void> {
    const { world } = this.state;
    this.#proxy = world.own(await FaultProxy.open(world.connections.redisUrl()));
    const redis = this.#client(this.#proxy.url);
    await this.state.serveWith({ redis, ...deps });
    await redis.ping();
  }

  /** The same, with waits that pass only when the scenario lets them. */
  overALineWithWaits(): Promise<void> {
    return this.overALine({ clock: this.waits });
  }

  /** A call, while its waits pass until it is answered. Notes how long it took on that clock. */
  async callWhileWaitsPass(work: () => Promise<unknown>): Promise<void> {
    const began = this.waits.monotonic();
    let isAnswered = false;
    const call = work().finally(() => (isAnswered = true));
    while (!isAnswered) {
      this.waits.advance(25);
      await new Promise((next) => setImmediate(next));
    }
    await call;
    this.tookMs = this.waits.monotonic() - began;
  }

  /** The same for calls that need other stores: time passes no faster than those answer. */
  async callWhileWaitsCreep<T>(work: () => Promise<T>): Promise<T> {
    let isAnswered = false;
    const call = work().finally(() => (isAnswered = true));
    await eventually(() => {
      this.waits.advance(50);
      if (!isAnswered) throw new Error('not answered yet');
    });
    return call;
  }

  async restore(): Promise<void> {
    this.line.restore();
    await eventually(() => {
      if (this.line.open === 0) throw new Error('the line is not open again');
    });
  }

  /** A Redis of the scenario's own, to be filled or set up wrongly. */
  async ownRedis(): Promise<string> {
    const port = await freePort();
    const server = fork(resolve(__dirname, '../support/services/embedded/redis-server.mts'), [String(port)], {
      execArgv: [],
      env: { ...process.env, NODE_OPTIONS: '' },
      silent: true,
    });
    this.state.world.own({ [Symbol.dispose]: () => void server.kill('SIGKILL') });
    await once(server, 'message');
    const url = `redis://127.0.0.1:${port}`;
    this.#own = this.#client(url);
    await this.state.serveWith({ redis: this.#own });
    return url;
  }

  async configure(setting: string, value: string): Promise<void> {
    await this.#own?.config('SET', setting, value);
  }

  async look(): Promise<void> {
    this.health = await (await this.state.instance()).health();
  }

  /** Writes under a name whose answer is lost on the way, and again when the line is back. */
  async loseAnswer(name: PersonName, value: string, thread: string): Promise<void> {
    // Redis knows the script from here on; otherwise the lost answer could be that it does not.
    await this.state.note(name, 'before', { id: 'before' });
    this.line.cutAfterBytes(0, 'received');
    await this.writeOnce(name, value, thread);
  }

  async writeOnce(name: PersonName, value: string, thread: string): Promise<void> {
    const receipt = await this.state.attempt((state) =>
      state.put(this.state.who(name), this.state.kind, { id: thread }, value, { writeId: 'the same write' }),
    );
    this.state.receipt = receipt ?? null;
  }

  async remove(name: PersonName, id: string): Promise<{ removed: boolean }> {
    return (await this.state.instance()).remove(this.state.who(name), this.state.kind, { id });
  }

  async tryTo(name: PersonName, what: string): Promise<void> {
    const ctx = this.state.who(name);
    const at = { id: 'Q3 spend' };
    const ways: Readonly<Record<string, (state: StateManager) => Promise<unknown>>> = {
      'write a note': (state) => state.put(ctx, this.state.kind, at, 'lost'),
      'read a note': (state) => state.get(ctx, this.state.kind, at),
      'list notes': (state) => state.list(ctx, this.state.kind),
      'remove a note': (state) => state.remove(ctx, this.state.kind, at),
      'take a slot': (state) => state.takeSlot(ctx, { scope: 'user', name: 'answers' }, { limit: 1, leaseMs: 5_000 }),
    };
    const way = meaningOf('act', what, ways);
    await this.state.attempt(way);
  }

  /** Writes, because a write that has no name is tried once. */
  async failTimes(name: PersonName, times: number): Promise<void> {
    for (let i = 0; i < times; i++)
      await this.callWhileWaitsPass(() => this.state.tryToNote(name, 'lost', { id: 'lost' }));
  }

  async sweepInVain(ms: number): Promise<void> {
    this.line.cut();
    for (let passed = 0; passed < ms; passed += 1_000) {
      this.waits.advance(1_000);
      await new Promise((next) => setImmediate(next));
    }
    // The last try gives up as well, before the line is back.
    this.waits.advance(1_000);
    await new Promise((next) => setImmediate(next));
    await this.restore();
    this.waits.advance(10_000);
    await (await this.state.instance()).health();
  }

  async waitForHints(name: PersonName, id: string): Promise<void> {
    const heard: string[] = [];
    this.#hints.set(name, heard);
    const state = await this.state.instance();
    await state.onHint({ ctx: this.state.who(name), scope: 'thread', id }, (note) =>
      heard.push(typeof note === 'string' ? note : JSON.stringify(note)),
    );
  }

  async hint(name: PersonName, id: string, count: number): Promise<void> {
    const other = await this.state.start();
    for (let i = 1; i <= count; i++) await other.hint({ ctx: this.state.who(name), scope: 'thread', id }, i);
  }

  async breakAndHint(name: PersonName, id: string, count: number): Promise<void> {
    this.line.cut();
    this.line.restore();
    await eventually(() => {
      if (this.hints(name) === '') throw new Error('the listener has heard nothing yet');
    });
    await this.hint(name, id, count);
  }

  /** `herself`, `the company` or `the platform`. */
  async waitAbout(name: PersonName, topic: string): Promise<void> {
    const heard: string[] = [];
    this.#hints.set(name, heard);
    await (await this.state.instance()).onHint(this.#topic(name, topic), (note) => heard.push(JSON.stringify(note)));
  }

  async hintAbout(name: PersonName, topic: string): Promise<void> {
    await (await this.state.start()).hint(this.#topic(name, topic), 1);
  }

  get hearers(): string[] {
    return [...this.#hints].filter(([, heard]) => heard.length === 1).map(([name]) => name);
  }

  #topic(name: PersonName, topic: string): Topic {
    const ctx = this.state.who(name);
    if (topic === 'herself') return { ctx, scope: 'user' };
    return topic === 'the company' ? { ctx, scope: 'tenant' } : { platform: `spec ${this.state.who('Dana').tenantId}` };
  }

  heardBy(name: PersonName): readonly string[] {
    return this.#hints.get(name) ?? [];
  }

  hints(name: PersonName): string {
    return this.heardBy(name).join(', ');
  }

  async longHint(name: PersonName, bytes: number): Promise<void> {
    const topic = { ctx: this.state.who(name), scope: 'thread', id: 'Q3 spend' } as const;
    await this.state.attempt((state) => state.hint(topic, textOfBytes(bytes)));
  }

  #client(url: string): Redis {
    const redis = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => 20 });
    redis.on('error', () => undefined);
    this.state.world.own({ [Symbol.dispose]: () => redis.disconnect() });
    return redis;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
