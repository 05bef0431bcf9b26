import { LRUCache } from 'lru-cache';
import type { Clock } from '../../kernel';

const BELIEVED_MS = 1_000;
const MAX_REMEMBERED = 50_000;

/**
 * Answers that are believed for at most a second, counted from before the question was asked, so that what changes during it
 * is not overlooked any longer than that. One question at a time for each id.
 */
export class Believed<K extends string, V> {
  readonly #seen = new LRUCache<K, { askedAt: number; answer: Promise<V> }>({ max: MAX_REMEMBERED });

  constructor(
    private readonly clock: Clock,
    private readonly ask: (id: K) => Promise<V>,
  ) {}

  get(id: K): Promise<V> {
    const now = this.clock.monotonic();
    const known = this.#seen.get(id);
    if (known !== undefined && now - known.askedAt < BELIEVED_MS) return known.answer;
    const answer = this.ask(id);
    // An answer that did not come is asked for again.
    answer.catch(() => this.#seen.delete(id));
    this.#seen.set(id, { askedAt: now, answer });
    return answer;
  }

  forget(id: K): void {
    this.#seen.delete(id);
  }
}
