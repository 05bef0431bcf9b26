import type { Admission } from '../contract';
import { LifecycleError } from '../errors';

export type WorkKind = 'request' | 'connection' | 'run';

/** Counts work in flight by one object per piece, so that two of one id are two, and a second dispose counts once. */
export class Admissions {
  readonly #open = new Map<WorkKind, Set<AbortController>>([
    ['request', new Set()],
    ['connection', new Set()],
    ['run', new Set()],
  ]);
  #onEmpty: (() => void) | undefined;
  #cut = 0;

  /** Pieces of work that ended only because they were told to. */
  get cut(): number {
    return this.#cut;
  }

  take(kind: WorkKind): Admission {
    const work = new AbortController();
    const open = this.#open.get(kind) as Set<AbortController>;
    open.add(work);
    return {
      signal: work.signal,
      [Symbol.dispose]: () => {
        if (!open.delete(work)) return;
        if (work.signal.aborted) this.#cut += 1;
        if (this.#busy() === 0) this.#onEmpty?.();
      },
    };
  }

  counts(): { request: number; connection: number; run: number } {
    const count = (kind: WorkKind): number => this.#open.get(kind)?.size ?? 0;
    return { request: count('request'), connection: count('connection'), run: count('run') };
  }

  /** Requests and runs; connections are held by customers and end when they are released. */
  whenEmpty(): Promise<void> {
    return new Promise((resolve) => (this.#busy() === 0 ? resolve() : (this.#onEmpty = resolve)));
  }

  /** From now on whoever is still at work must hand over. */
  handOver(): void {
    const reason = new LifecycleError('restarting', 'This instance is stopping; the work goes on elsewhere.', {
      retryAfterMs: 1_000,
    });
    for (const kind of ['request', 'run'] as const) for (const work of this.#open.get(kind) ?? []) work.abort(reason);
  }

  #busy(): number {
    const { request, run } = this.counts();
    return request + run;
  }
}
