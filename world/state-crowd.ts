import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Rev, Slot, StateError, WriteReceipt } from '../ssot/state-manager';
import { meaningOf } from './known';
import type { PersonName } from './personas';
import { asRefusal, type WorkingState } from './state';
import { COUNTER, PLAN } from './state-kinds';

const SAME_THREAD = 'thread-1';
const ANSWERS = { scope: 'tenant', name: 'answers' } as const;

interface Tried {
  readonly receipt?: WriteReceipt;
  readonly refusal?: StateError;
}

/** Several at once: callers, instances, processes. */
export class Crowd {
  tried: readonly Tried[] = [];
  slots: Slot[] = [];
  full: { full: number; freeInMs: number }[] = [];
  #outdated: Rev | null = null;
  #processes: ChildProcess[] = [];

  constructor(private readonly state: WorkingState) {}

  get won(): readonly Tried[] {
    return this.tried.filter(({ receipt }) => receipt !== undefined);
  }
  get lost(): readonly StateError[] {
    return this.tried.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal]));
  }
  /** What each loser was told stands there now. */
  get toldToLosers(): readonly string[] {
    return this.lost.map(
      ({ code, winner }) => `${code}: ${JSON.stringify(winner?.value)} in version ${winner?.version}`,
    );
  }

  /** Both companies write entries of the same names in the same thread, all at once. */
  async writeSideBySide(names: readonly PersonName[], writes: number): Promise<void> {
    const state = await this.state.instance();
    const each = Array.from({ length: writes / names.length }, (_, i) => `${i}`);
    await Promise.all(
      each.flatMap((item) =>
        names.map((name) =>
          state.put(this.state.who(name), this.state.kind, { id: SAME_THREAD, item }, `${name}'s ${item}`),
        ),
      ),
    );
  }

  /** Whose entries somebody finds there, and how many. */
  async owners(name: PersonName): Promise<Record<string, number>> {
    const state = await this.state.instance();
    const { items } = await state.list(this.state.who(name), this.state.kind, { id: SAME_THREAD, limit: 200 });
    const owners = items.map(({ record }) => String(record.value).split("'")[0] ?? '');
    return Object.fromEntries([...new Set(owners)].map((one) => [one, owners.filter((other) => other === one).length]));
  }

  /** Two instances read the same version; then both change it. */
  async changeBoth(name: PersonName, thread: string, values: readonly string[]): Promise<void> {
    const ctx = this.state.who(name);
    const instances = await Promise.all(values.map(() => this.state.start()));
    const read = await Promise.all(instances.map((state) => state.get(ctx, this.state.kind, { id: thread })));
    this.tried = await Promise.all(
      instances.map((state, i) =>
        tried(state.put(ctx, this.state.kind, { id: thread }, values[i], { expect: read[i]?.rev ?? 'absent' })),
      ),
    );
  }

  async createAtOnce(name: PersonName, callers: number, thread: string): Promise<void> {
    const ctx = this.state.who(name);
    const instances = await Promise.all([this.state.start(), this.state.start()]);
    this.tried = await Promise.all(
      Array.from({ length: callers }, (_, i) => {
        const state = instances[i % 2] ?? instances[0];
        return tried(state.put(ctx, this.state.kind, { id: thread }, `caller ${i}`, { expect: 'absent' }));
      }),
    );
  }

  async outdate(name: PersonName, thread: string, how: string): Promise<void> {
    const ctx = this.state.who(name);
    const state = await this.state.instance();
    const before = await state.put(ctx, this.state.kind, { id: thread }, 'before');
    this.#outdated = before.rev;
    const ways: Readonly<Record<string, () => unknown>> = {
      'was removed': () => state.remove(ctx, this.state.kind, { id: thread }),
      'came to its end': () => this.state.world.clock.advance(before.expiresAt.getTime()),
      'was lost with Redis': () => this.state.lose(name),
    };
    const way = meaningOf('end of an entry', how, ways);
    await way();
    const again = await state.put(ctx, this.state.kind, { id: thread }, 'after');
    if (again.version !== before.version) throw new Error('the version number is not the same again');
  }

  async changeOutdated(name: PersonName, thread: string, value: string): Promise<void> {
    const expect = this.#outdated as Rev;
    await this.state.attempt((state) =>
      state.put(this.state.who(name), this.state.kind, { id: thread }, value, { expect }),
    );
  }

  async processes(
    name: PersonName,
    how: { job: 'add' | 'move' | 'hold'; processes: number; count: number },
  ): Promise<void> {
    const ctx = this.state.who(name);
    const orders = {
      ...{ job: how.job, count: how.count, ctx, now: this.state.world.clock.now(), lasts: this.state.kind === PLAN },
      redisUrl: this.state.world.connections.redisUrl(),
      sealingKey: Buffer.from(this.state.sealingKey).toString('base64'),
    };
    this.#processes = Array.from({ length: how.processes }, () => {
      const child = fork(resolve(__dirname, 'state-process.ts'), [JSON.stringify(orders)], {
        execArgv: ['--require', 'ts-node/register'],
        cwd: resolve(__dirname, '..'),
      });
      this.state.world.own({ [Symbol.dispose]: () => void child.kill('SIGKILL') });
      return child;
    });
    await Promise.all(this.#processes.map((child) => heard(child)));
  }

  /** All begin at the same moment; resolves when all have ended. */
  async addTogether(): Promise<void> {
    const ended = this.#processes.map((child) => once(child, 'exit'));
    for (const child of this.#processes) child.send('begin');
    const codes = await Promise.all(ended);
    if (codes.some(([code]) => code !== 0)) throw new Error('a process failed');
  }

  counted(name: PersonName): Promise<unknown> {
    return this.state.valueOf(name, { id: 'count' }, COUNTER);
  }

  /** Kills the one process as soon as it has said something `times` times. */
  async killAfter(times: number): Promise<void> {
    const [child] = this.#processes;
    if (child === undefined) throw new Error('no process was started');
    child.send('begin');
    for (let i = 0; i < times; i++) await heard(child);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async standsIn(name: PersonName, threads: readonly string[]): Promise<string[]> {
    const values = await Promise.all(threads.map((id) => this.state.valueOf(name, { id })));
    return threads.filter((_, i) => values[i] !== undefined);
  }

  /** Callers on two instances ask at once. */
  async takeSlots(name: PersonName, callers: number): Promise<void> {
    const instances = [await this.state.instance(), await this.state.start()];
    const answers = await Promise.all(
      Array.from({ length: callers }, async (_, i) => {
        const state = instances[i % 2] ?? (await this.state.instance());
        return state.takeSlot(this.state.who(name), ANSWERS, { limit: 10, leaseMs: 30_000 });
      }),
    );
    this.slots = answers.filter((answer): answer is Slot => 'renew' in answer);
    this.full = answers.flatMap((answer) => ('full' in answer ? [answer] : []));
  }

  async renewAll(): Promise<void> {
    const renewed = await Promise.all(this.slots.map((slot) => slot.renew()));
    if (renewed.includes(false)) throw new Error('a lease that was not over could not be renewed');
  }

  async askForSlot(name: PersonName, limit: number, leaseMs: number): Promise<void> {
    const answer = await this.state.attempt((state) =>
      state.takeSlot(this.state.who(name), ANSWERS, { limit, leaseMs }),
    );
    this.slots = answer !== undefined && 'renew' in answer ? [answer] : [];
  }

  async slotIsFree(name: PersonName): Promise<boolean> {
    const state = await this.state.instance();
    const answer = await state.takeSlot(this.state.who(name), ANSWERS, { limit: 10, leaseMs: 30_000 });
    return 'renew' in answer;
  }
}

async function tried(work: Promise<WriteReceipt>): Promise<Tried> {
  try {
    return { receipt: await work };
  } catch (refusal) {
    return { refusal: asRefusal(refusal) };
  }
}

/** The next thing a process says; a process that ends instead has failed. */
async function heard(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController();
  const ended = once(child, 'exit', { signal: gone.signal }).then(([code]) => {
    throw new Error(`the process ended by itself with ${code}`);
  });
  ended.catch(() => undefined);
  try {
    return await Promise.race([once(child, 'message', { signal: gone.signal }), ended]);
  } finally {
    gone.abort();
  }
}
