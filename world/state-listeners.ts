import type { Cursor, StateChange, StateManager } from '../ssot/state-manager';
import { meaningOf } from './known';
import { eventually } from './eventually';
import type { PersonName } from './personas';
import { asRefusal, type WorkingState } from './state';
import { COUNTER } from './state-kinds';

const PROBE = { id: 'are you there' };

class ListenerFailed extends Error {}

/** Somebody who follows a person's changes. */
class Listener {
  readonly heard: StateChange[] = [];
  refused: { code: string; cursor?: Cursor } | null = null;
  /** Set: it takes nothing until released. */
  gate: PromiseWithResolvers<void> | null = null;
  readonly ended: Promise<void>;

  constructor(changes: AsyncIterable<StateChange>, failing: boolean) {
    this.ended = this.#follow(changes, failing).catch((error: unknown) => {
      if (!(error instanceof ListenerFailed)) this.refused = asRefusal(error);
    });
  }

  /** Without the entries that only showed that it listens. */
  get told(): StateChange[] {
    return this.heard.filter((change) => change.op === 'gap' || change.kind !== COUNTER.name);
  }

  async #follow(changes: AsyncIterable<StateChange>, failing: boolean): Promise<void> {
    for await (const change of changes) {
      this.heard.push(change);
      if (failing && this.told.length > 0) throw new ListenerFailed();
      await this.gate?.promise;
    }
  }
}

function expectHeard(listener: Listener): void {
  if (listener.heard.length === 0) throw new Error('nothing was heard yet');
}

/** Who is told of changes, on instances of their own. */
export class Listeners {
  readonly all: Listener[] = [];
  cursor: Cursor | null = null;

  constructor(private readonly state: WorkingState) {}

  get last(): Listener {
    const last = this.all.at(-1);
    if (last === undefined) throw new Error('nobody listens');
    return last;
  }

  /** Resolves when it really hears. */
  async listen(name: PersonName, how: { failing?: boolean; on?: StateManager } = {}): Promise<Listener> {
    const listener = await this.#from(name, 'now', how);
    const state = await this.state.start();
    let tries = 0;
    await eventually(async () => {
      await state.put(this.state.who(name), COUNTER, PROBE, ++tries);
      expectHeard(listener);
    });
    await state.remove(this.state.who(name), COUNTER, PROBE);
    await this.#quiet(listener, name);
    return listener;
  }

  /** Everything said until now has been heard. */
  async #quiet(listener: Listener, name: PersonName): Promise<void> {
    const said = await this.state.changes.seqOf(name);
    await eventually(() => {
      const last = listener.heard.at(-1);
      if (last === undefined || last.op === 'gap' || last.seq < said) throw new Error('not all was heard');
    });
  }

  async resume(name: PersonName, from: Cursor | null = this.cursor): Promise<Listener> {
    if (from === null) throw new Error('there is no place to resume from');
    return this.#from(name, from, {});
  }

  async #from(
    name: PersonName,
    from: Cursor | 'now',
    how: { failing?: boolean; on?: StateManager },
  ): Promise<Listener> {
    const state = how.on ?? (await this.state.start());
    const ends = new AbortController();
    this.state.world.own({ [Symbol.dispose]: () => ends.abort() });
    const listener = new Listener(state.watch(this.state.who(name), from, ends.signal), how.failing ?? false);
    this.all.push(listener);
    return listener;
  }

  /** What the last listener was told, in words. */
  get story(): string {
    return this.last.told.map(({ op }) => op).join(', ');
  }

  /** Numbers of what it was told; each must follow the one before. */
  gaps(listener = this.last): number[] {
    const seqs = listener.heard.flatMap((change) => (change.op === 'gap' ? [] : [change.seq]));
    return seqs.filter((seq, i) => i > 0 && seq !== (seqs[i - 1] ?? 0) + 1);
  }

  /** Remembers where the last listener stands, as somebody who goes away would. */
  leave(): void {
    this.cursor = this.last.heard.at(-1)?.cursor ?? null;
  }

  stand(): void {
    this.last.gate = Promise.withResolvers();
  }

  go(): void {
    this.last.gate?.resolve();
    this.last.gate = null;
  }

  /** What a listener was told, once it has been told as many things. */
  told(count: number, listener = this.last): Promise<StateChange[]> {
    return eventually(() => {
      if (listener.told.length < count) {
        throw new Error(`told ${listener.told.length} of ${count}: ${listener.told.map(({ op }) => op).join(', ')}`);
      }
      return listener.told;
    });
  }

  /** One note's life, up to what is asked for. */
  async makeHappen(name: PersonName, id: string, how: string): Promise<void> {
    const state = await this.state.instance();
    const ctx = this.state.who(name);
    await state.put(ctx, this.state.kind, { id }, 'compare prices');
    const ways: Readonly<Record<string, () => unknown>> = {
      created: () => undefined,
      updated: () => state.put(ctx, this.state.kind, { id }, 'compare all prices'),
      removed: () => state.remove(ctx, this.state.kind, { id }),
      expired: async () => {
        this.state.endQuietly(86_400_000);
        await state.get(ctx, this.state.kind, { id });
      },
      renewed: async () => {
        this.state.endQuietly(86_400_000);
        await state.put(ctx, this.state.kind, { id }, 'compare again');
      },
      evicted: async () => {
        await state.put(ctx, COUNTER, PROBE, 0);
        this.state.endQuietly(1_000);
        await state.put(ctx, COUNTER, PROBE, 1);
        await state.put(ctx, this.state.kind, { id: 'another' }, 1);
      },
    };
    await meaningOf('way', how, ways)();
  }

  /** One change after the other, so that the instance notices its listener fall behind; then the listener goes on. */
  async fallBehind(name: PersonName, changes: number): Promise<void> {
    for (let i = 0; i < changes; i++) await this.state.shares.keep(name, 1, i);
    this.go();
    await this.last.ended;
  }

  /** How many of the notes the last listener but one had been told. */
  notedBefore(): number {
    return this.all.at(-2)?.told.length ?? 0;
  }

  lastSeq(count: number): number {
    const last = this.all.at(-2)?.heard[count - 1];
    return last === undefined || last.op === 'gap' ? 0 : last.seq;
  }

  resumeAltered(name: PersonName): Promise<Listener> {
    const cursor = this.cursor ?? '';
    const altered = `${cursor.startsWith('W') ? 'X' : 'W'}${cursor.slice(1)}`;
    return this.resume(name, altered as Cursor);
  }
}
