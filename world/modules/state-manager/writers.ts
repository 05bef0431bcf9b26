import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { silentLogger, systemClock } from '../../../ssot/kernel';
import type { Rev, StateError, StateManager, WriteReceipt } from '../../../ssot/state-manager';
import { FaultProxy } from '../../operations/fault-proxy';
import { nextReport } from '../../operations/next-report';
import type { PersonName } from '../../actors/personas';
import { reconnectingRedis } from './faults';
import { COUNTER, PLAN } from './kinds';
import type { Notes } from './notes';
import { asRefusal } from './refusals';
import type { Order } from './writer-process';

const ROOT = resolve(__dirname, '../../..');
const addOne = (now = 0): number => now + 1;

/** Several who write at once: callers, instances, processes. */
export class Writers {
  won: readonly WriteReceipt[] = [];
  lost: readonly StateError[] = [];
  /** What a distant caller tried to add to a counter. */
  triedToAdd = 0;
  #notedAt = 0;
  #outdated: Rev | undefined;
  #pair: readonly StateManager[] = [];
  #processes: readonly ChildProcess[] = [];

  constructor(private readonly notes: Notes) {}

  /** Two companies write entries of the same names into a thread of the same name, all at once. */
  async writeSideBySide(names: readonly PersonName[], writes: number, id: string): Promise<void> {
    const state = await this.notes.instance();
    const items = Array.from({ length: writes / names.length }, (_, i) => `${i}`);
    const put = (name: PersonName, item: string): Promise<unknown> =>
      state.put(this.notes.who(name), this.notes.kind, { id, item }, `${name}'s ${item}`);
    await Promise.all(items.flatMap((item) => names.map((name) => put(name, item))));
  }

  /** Whose entries somebody finds in a thread, and how many. */
  async ownersFoundBy(name: PersonName, id: string): Promise<Record<string, number>> {
    const state = await this.notes.instance();
    const { items } = await state.list(this.notes.who(name), this.notes.kind, { id, limit: 200 });
    const owners = items.map(({ record }) => String(record.value).split("'")[0] ?? '');
    return Object.fromEntries([...new Set(owners)].map((one) => [one, owners.filter((other) => other === one).length]));
  }

  /** Two instances read the same version; then both change it. */
  async changeOnTwoInstances(name: PersonName, id: string, values: readonly string[]): Promise<void> {
    const ctx = this.notes.who(name);
    const { kind } = this.notes;
    const states = await Promise.all(values.map(() => this.notes.instances.start()));
    const read = await Promise.all(states.map((state) => state.get(ctx, kind, { id })));
    await this.#all(states.map((state, i) => state.put(ctx, kind, { id }, values[i], { expect: revOr(read[i]?.rev) })));
  }

  /** Callers on two instances, none of which has seen an entry. */
  async createAtOnce(name: PersonName, callers: number, id: string): Promise<void> {
    const ctx = this.notes.who(name);
    const both = [await this.notes.instances.start(), await this.notes.instances.start()] as const;
    const create = (_: unknown, i: number): Promise<WriteReceipt> =>
      (both[i % 2] ?? both[0]).put(ctx, this.notes.kind, { id }, `caller ${i}`, { expect: 'absent' });
    await this.#all(Array.from({ length: callers }, create));
  }

  /** Remembers the version that somebody works from. */
  async readToChange(name: PersonName, id: string): Promise<void> {
    this.#outdated = (await this.notes.record(name, { id }))?.rev;
  }

  async changeWhatWasRead(name: PersonName, id: string, value: string): Promise<void> {
    const expect = revOr(this.#outdated);
    this.notes.receipt = await this.notes.attempt((state) =>
      state.put(this.notes.who(name), this.notes.kind, { id }, value, { expect }),
    );
  }

  /** To the same version number, which then says nothing. */
  async removeAndWriteAgain(name: PersonName, id: string, value: string): Promise<void> {
    const state = await this.notes.instance();
    await state.remove(this.notes.who(name), this.notes.kind, { id });
    await this.notes.mustWrite(name, id, value);
  }

  counted(name: PersonName): Promise<unknown> {
    return this.notes.record(name, { id: 'count' }, COUNTER).then((record) => record?.value);
  }

  /** Another instance adds 1 again and again, until the scenario ends. */
  async addWithoutPause(name: PersonName): Promise<void> {
    const other = await this.notes.instances.start();
    let isOver = false;
    const work = (async () => {
      while (!isOver) await other.update(this.notes.who(name), COUNTER, { id: 'count' }, addOne);
    })();
    this.notes.host.own({
      [Symbol.asyncDispose]: async () => {
        isOver = true;
        await work;
      },
    });
  }

  /** Everything this caller sends and receives takes 20 milliseconds on the way. */
  async addFromAfar(name: PersonName, amount: number): Promise<void> {
    const { host } = this.notes;
    const proxy = host.own(await FaultProxy.open(host.connections.redisUrl()));
    const redis = reconnectingRedis(host, proxy.url);
    await this.notes.serveWith({ redis });
    await redis.ping();
    proxy.delay(20);
    const began = performance.now();
    this.triedToAdd = amount;
    const add = (now = 0): number => now + amount;
    await this.notes.attempt((state) => state.update(this.notes.who(name), COUNTER, { id: 'count' }, add));
    this.notes.tookMs = performance.now() - began;
  }

  /** Two instances that go by Redis' time, while their own machines' clocks are so far apart. */
  async startPairApart(ms: number): Promise<void> {
    const clockBehind = (by: number) => ({ ...systemClock, now: () => systemClock.now() - by });
    const start = (by: number): Promise<StateManager> =>
      this.notes.instances.start({ time: 'server', clock: clockBehind(by), logger: silentLogger });
    this.#pair = await Promise.all([start(0), start(ms)]);
  }

  async noteThroughTheOneBehind(name: PersonName, id: string, value: string, lifetimeMs: number): Promise<void> {
    this.#notedAt = performance.now();
    await this.#pair[1]?.put(this.notes.who(name), this.notes.kind, { id }, value, { lifetimeMs });
  }

  get msSinceNoted(): number {
    return performance.now() - this.#notedAt;
  }

  async foundByBoth(name: PersonName, id: string): Promise<unknown[]> {
    const read = this.#pair.map((state) => state.get(this.notes.who(name), this.notes.kind, { id }));
    return (await Promise.all(read)).map((record) => record?.value);
  }

  /** Processes that are ready to begin. */
  async startProcesses(
    name: PersonName,
    job: Order['job'],
    { processes = 1, count = 0, redisUrl = this.notes.host.connections.redisUrl() } = {},
  ): Promise<void> {
    const order: Order = {
      ...{ job, count, redisUrl, ctx: this.notes.who(name), durable: this.notes.kind === PLAN },
      now: this.notes.host.clock.now(),
      sealingKey: this.notes.instances.sealingKey.toString('base64'),
    };
    this.#processes = Array.from({ length: processes }, () => {
      const child = fork(resolve(__dirname, 'writer-process.ts'), [JSON.stringify(order)], {
        execArgv: ['--require', './support/typescript/register.js'],
        cwd: ROOT,
      });
      this.notes.host.own({ [Symbol.dispose]: () => void child.kill('SIGKILL') });
      return child;
    });
    await Promise.all(this.#processes.map((child) => nextReport(child)));
  }

  /** All begin at the same moment; resolves when all have ended. */
  async runTogether(): Promise<void> {
    const ended = this.#processes.map((child) => once(child, 'exit'));
    for (const child of this.#processes) child.send('begin');
    const codes = await Promise.all(ended);
    if (codes.some(([code]) => code !== 0)) throw new Error('a process failed');
  }

  /** Kills the one process with SIGKILL as soon as it has reported so often. Answers its last report. */
  async killAfter(reports: number): Promise<unknown> {
    const [child] = this.#processes;
    if (child === undefined) throw new Error('no process was started');
    child.send('begin');
    let last: unknown;
    for (let i = 0; i < reports; i++) last = await nextReport(child);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    return last;
  }

  /** A process that cannot pass on to Redis what it has committed. Answers what it reported before it was killed. */
  async settleCutOffAndDie(name: PersonName): Promise<unknown> {
    const { host } = this.notes;
    const proxy = host.own(await FaultProxy.open(host.connections.redisUrl()));
    await this.startProcesses(name, 'settle', { redisUrl: proxy.url });
    proxy.cut();
    return this.killAfter(1);
  }

  /** What a killed writer left in a thread: as its list shows it, as single reads find it, and as Redis counts it. */
  async leftBehind(name: PersonName): Promise<{ listed: number; readable: number; counted: number }> {
    const { kind, instances } = this.notes;
    const state = await this.notes.instance();
    const ctx = this.notes.who(name);
    const { items } = await state.list(ctx, kind, { id: 'written', limit: 200 });
    const next = { id: 'written', item: `${items.length + 1}` };
    const read = await Promise.all([...items.map(({ at }) => at), next].map((at) => state.get(ctx, kind, at)));
    const counted = await instances.redis().hget(`sm:{${ctx.tenantId}}:use`, `n:${ctx.userId}`);
    return {
      listed: items.length,
      readable: read.filter((record) => record !== undefined).length,
      counted: Number(counted ?? 0),
    };
  }

  async #all(writes: readonly Promise<WriteReceipt>[]): Promise<void> {
    const outcomes = await Promise.allSettled(writes);
    this.won = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    this.lost = outcomes.flatMap((one) => (one.status === 'rejected' ? [asRefusal(one.reason)] : []));
  }
}

function revOr(rev: Rev | undefined): Rev | 'absent' {
  return rev ?? 'absent';
}
