import type { Redis } from 'ioredis';
import type { TenantContext } from '../kernel';
import { z } from 'zod';
import type { Cursor, StateChange } from './contract';
import { StateError } from './errors';
import type { Hints } from './hints';
import type { Hot } from './hot';
import { changeChannel, company, NONE, personPart, readName } from './keys';
import { bearerOf, type Store } from './store';

const READ_AT_ONCE = 256;

/** How far an owner's changes go; a new epoch begins when Redis has lost them. */
interface Head {
  epoch: string;
  seq: number;
}
/** Where somebody stands in one owner's changes. */
interface Position extends Head {
  readonly owner: string;
}
const entries = z.array(z.tuple([z.string(), z.array(z.string())]));

/**
 * The changes of a person's own entries and of those the company shares. Redis keeps them in a stream under numbers of
 * their own; a published wake-up says that there is more, so that nobody polls and no connection is blocked.
 */
export class Watcher {
  readonly #queue: StateChange[] = [];
  readonly #company: string;
  readonly #bearer: string;
  readonly #positions: readonly Position[];
  /** Where to go on after what has been handed out. */
  #last: Cursor | null = null;
  #reading: Promise<void> | null = null;
  #hasMore = true;
  #isTooSlow = false;
  /** Until it has caught up the watcher sets the pace itself; only then can it lag behind. */
  #isLive = false;
  #failure: unknown = null;
  #wake = Promise.withResolvers<void>();

  constructor(
    private readonly ports: { readonly redis: Redis; readonly hot: Hot; readonly hints: Hints; readonly store: Store },
    ctx: TenantContext,
    private readonly from: Cursor | 'now',
    private readonly signal: AbortSignal,
  ) {
    this.#company = company(ctx);
    this.#bearer = `changes of ${bearerOf(ctx)}`;
    this.#positions = [personPart(ctx.userId), NONE].map((owner) => ({ owner, epoch: '', seq: 0 }));
  }

  async *changes(): AsyncGenerator<StateChange> {
    await using stack = new AsyncDisposableStack();
    const onAbort = (): void => this.#wake.resolve();
    this.signal.addEventListener('abort', onAbort, { once: true });
    stack.defer(() => this.signal.removeEventListener('abort', onAbort));
    for (const { owner } of this.#positions) {
      stack.use(await this.ports.hints.follow(changeChannel(this.#company, owner), () => this.#look()));
    }
    await this.#start();
    while (!this.signal.aborted) {
      const next = this.#queue.shift();
      if (next !== undefined) {
        this.#last = next.cursor;
        yield next;
        continue;
      }
      if (this.#isTooSlow) throw this.#tooSlow();
      if (this.#failure !== null) throw this.#failure as Error;
      if (this.#hasMore && !this.#isLive) {
        await this.#read();
        continue;
      }
      if (this.#hasMore) void this.#read();
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }

  /** Something is new, or may be. */
  #look(): void {
    // Who was let go hears nothing more: what came now would follow a hole.
    if (this.#isTooSlow) return;
    this.#hasMore = true;
    if (this.#isLive) void this.#read();
    this.#wake.resolve();
  }

  async #read(): Promise<void> {
    this.#reading ??= this.#readOn()
      .catch((error: unknown) => (this.#failure = error))
      .then(() => {
        this.#reading = null;
        this.#wake.resolve();
      });
    await this.#reading;
  }

  async #readOn(): Promise<void> {
    do {
      this.#hasMore = false;
      const heads = await Promise.all(this.#positions.map(({ owner }) => this.#head(owner)));
      // Asked for after a round trip, in which whoever is quick enough has taken what was there.
      if (this.#isLive && this.#queue.length > this.ports.store.limits.watcherLag) {
        this.#isTooSlow = true;
        this.#hasMore = false;
        this.#queue.length = 0;
        return;
      }
      for (const [i, position] of this.#positions.entries()) {
        const isWhole = await this.#readOwner(position, heads[i] as Head);
        if (!isWhole) this.#hasMore = true;
      }
      if (!this.#isLive) {
        this.#isLive = !this.#hasMore && this.#queue.length === 0;
        this.#hasMore = !this.#isLive;
      }
      this.#wake.resolve();
    } while (this.#hasMore && this.#isLive);
  }

  /** False: there is more. */
  async #readOwner(position: Position, now: Head): Promise<boolean> {
    if (now.epoch !== position.epoch) {
      // Nothing had ever changed when this watch began: its history starts here.
      const isFirst = position.epoch === '';
      Object.assign(position, { epoch: now.epoch, seq: isFirst ? 0 : now.seq });
      if (!isFirst) {
        this.#queue.push({ op: 'gap', reason: 'history_lost', cursor: this.#cursor() });
        return true;
      }
    }
    if (now.seq === position.seq) return true;
    const log = `${this.#company}log:${position.owner}`;
    const read = entries.parse(
      await this.ports.hot.repeated(() =>
        this.ports.hot.limited(() => this.ports.redis.xrange(log, `(${position.seq}-0`, '+', 'COUNT', READ_AT_ONCE)),
      ),
    );
    const first = Number(read[0]?.[0].split('-')[0] ?? now.seq + 1);
    if (first !== position.seq + 1) {
      Object.assign(position, { seq: first - 1 });
      this.#queue.push({ op: 'gap', reason: 'too_old', cursor: this.#cursor() });
    }
    for (const [id, [, op = '', , name = '', , version, , when]] of read) {
      position.seq = Number(id.split('-')[0]);
      this.#queue.push({
        op: op as 'created',
        ...readName(name),
        version: Number(version),
        seq: position.seq,
        when: new Date(Number(when)),
        cursor: this.#cursor(),
      });
    }
    return read.length < READ_AT_ONCE;
  }

  async #start(): Promise<void> {
    if (this.from === 'now') {
      for (const position of this.#positions) Object.assign(position, await this.#head(position.owner));
      this.#isLive = true;
    } else {
      const facts = this.ports.store.seal.readMark(this.#bearer, this.from);
      if (facts === undefined) {
        throw new StateError(
          'state_invalid_query',
          'The cursor is altered, or not of this person. Read afresh and watch from "now".',
          { field: 'from' },
        );
      }
      this.#positions.forEach((position, i) => {
        position.epoch = facts[2 * i] ?? '';
        position.seq = Number(facts[2 * i + 1]);
      });
    }
    this.#last = this.#cursor();
  }

  async #head(owner: string): Promise<Head> {
    const [epoch, seq] = await this.ports.hot.repeated(() =>
      this.ports.hot.limited(() => this.ports.redis.hmget(`${this.#company}pos:${owner}`, 'epoch', 'seq')),
    );
    return { epoch: epoch ?? '', seq: Number(seq ?? 0) };
  }

  #tooSlow(): StateError {
    return new StateError(
      'state_watcher_too_slow',
      `This watcher is more than ${this.ports.store.limits.watcherLag} changes behind. Watch again from the cursor.`,
      { cursor: this.#last ?? this.#cursor() },
    );
  }

  #cursor(): Cursor {
    const facts = this.#positions.flatMap(({ epoch, seq }) => [epoch, String(seq)]);
    return this.ports.store.seal.mark(this.#bearer, facts) as Cursor;
  }
}
