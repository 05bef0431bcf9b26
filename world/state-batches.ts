import { silentLogger, systemClock } from '../ssot/kernel';
import type { Rev, StateManager, WriteReceipt } from '../ssot/state-manager';
import { FaultProxy } from './fault-proxy';
import { Redis } from 'ioredis';
import type { PersonName } from './personas';
import type { WorkingState } from './state';
import { BY_SCOPE, COUNTER, type ScopeWord } from './state-kinds';

/** Changes in groups, in pieces, and against the clock. */
export class Changes {
  receipts: readonly WriteReceipt[] = [];
  firstRevs: readonly Rev[] = [];
  both: boolean[][] = [];
  #pair: readonly StateManager[] = [];

  constructor(private readonly state: WorkingState) {}

  async batch(
    name: PersonName,
    threads: readonly string[],
    expect: 'absent' | undefined,
    writeId?: string,
  ): Promise<void> {
    const writes = threads.map((id) => ({
      kind: this.state.kind,
      at: { id },
      value: 'new',
      ...(expect ? { expect } : {}),
    }));
    const receipts = await this.state.attempt((state) =>
      state.putMany(this.state.who(name), writes, writeId === undefined ? {} : { writeId }),
    );
    this.receipts = receipts ?? [];
  }

  async namedBatch(name: PersonName, threads: readonly string[]): Promise<void> {
    await this.batch(name, threads, undefined, 'the same batch');
    this.firstRevs = this.receipts.map(({ rev }) => rev);
  }

  async move(name: PersonName, from: string, to: string): Promise<void> {
    await this.state.attempt((state) => state.move(this.state.who(name), this.state.kind, { id: from }, { id: to }));
  }

  async extend(name: PersonName, thread: string, by: number): Promise<void> {
    await this.state.attempt((state) => state.touch(this.state.who(name), this.state.kind, { id: thread }, by));
  }

  async failingUpdate(name: PersonName, thread: string): Promise<void> {
    const state = await this.state.instance();
    const failure = new Error('the calculation failed');
    const update = state.update(this.state.who(name), this.state.kind, { id: thread }, () => {
      throw failure;
    });
    await update.catch((error: unknown) => {
      if (error !== failure) throw error;
    });
  }

  async keepFor(name: PersonName, lifetimeMs: number): Promise<void> {
    const write = this.state.attempt((state) =>
      state.put(this.state.who(name), this.state.kind, { id: 'Q3 spend' }, 1, { lifetimeMs }),
    );
    this.state.receipt = (await write) ?? null;
  }

  async keepIn(name: PersonName, scope: ScopeWord): Promise<void> {
    await this.state.note(name, 1, scope === 'person' || scope === 'company' ? {} : { id: 'first' }, BY_SCOPE[scope]);
  }

  get endsAfter(): number {
    return (this.state.receipt?.expiresAt.getTime() ?? 0) - this.state.world.clock.now();
  }

  async removeFirst(name: PersonName, thread: string): Promise<void> {
    const expect = this.firstRevs[0] as Rev;
    await this.state.attempt((state) =>
      state.remove(this.state.who(name), this.state.kind, { id: thread }, { expect }),
    );
  }

  async addTogether(name: PersonName, callers: number): Promise<void> {
    const state = await this.state.instance();
    const add = (now = 0): number => now + 1;
    await Promise.all(
      Array.from({ length: callers }, () => state.update(this.state.who(name), COUNTER, { id: 'count' }, add)),
    );
  }

  /** Another instance adds 1 again and again, until the scenario ends. */
  async disturb(name: PersonName): Promise<void> {
    const other = await this.state.start();
    let isOver = false;
    const add = (now = 0): number => now + 1;
    const work = (async () => {
      while (!isOver) await other.update(this.state.who(name), COUNTER, { id: 'count' }, add);
    })();
    this.state.world.own({
      [Symbol.asyncDispose]: async () => {
        isOver = true;
        await work;
      },
    });
  }

  /** Everything this caller says and hears takes 20 milliseconds on the way. */
  async addFromAfar(name: PersonName, amount: number): Promise<void> {
    const { world } = this.state;
    const line = world.own(await FaultProxy.open(world.connections.redisUrl()));
    const redis = new Redis(line.url);
    world.own({ [Symbol.dispose]: () => redis.disconnect() });
    await this.state.serveWith({ redis });
    await redis.ping();
    line.delay(20);
    const began = performance.now();
    await this.state.attempt((state) =>
      state.update(this.state.who(name), COUNTER, { id: 'count' }, (now = 0) => now + amount),
    );
    this.tookMs = performance.now() - began;
  }
  tookMs = 0;

  /** Instances by Redis' own time, whose machines' clocks are wrong by so much. */
  async pairApart(ms: number): Promise<void> {
    const clockOff = (by: number) => ({ ...systemClock, now: () => systemClock.now() + by });
    this.#pair = await Promise.all(
      [0, ms].map((by) => this.state.start({ time: 'server', clock: clockOff(-by), log: silentLogger })),
    );
  }

  async keepThroughBehind(name: PersonName, lifetimeMs: number): Promise<void> {
    await this.#pair[1]?.put(this.state.who(name), this.state.kind, { id: 'Q3 spend' }, 1, { lifetimeMs });
    await this.lookThroughBoth(name);
  }

  async lookThroughBoth(name: PersonName): Promise<boolean[]> {
    const seen = await Promise.all(
      this.#pair.map(
        async (state) => (await state.get(this.state.who(name), this.state.kind, { id: 'Q3 spend' })) !== undefined,
      ),
    );
    this.both.push(seen);
    return seen;
  }

  /** Two instances read what has just ended, while the sweep is on. */
  async endForAll(name: PersonName, thread: string): Promise<void> {
    const instances = [await this.state.start(), await this.state.start()];
    this.state.endQuietly(86_400_000);
    const read = instances.map((state) => state.get(this.state.who(name), this.state.kind, { id: thread }));
    this.state.world.clock.advance(30_000);
    const found = await Promise.all(read);
    if (found.some((one) => one !== undefined)) throw new Error('it was found after its end');
  }

  async seqOf(name: PersonName): Promise<number> {
    const { tenantId, userId } = this.state.who(name);
    return Number(await this.state.world.connections.redis().hget(`sm:{${tenantId}}:pos:${userId}`, 'seq'));
  }
}
