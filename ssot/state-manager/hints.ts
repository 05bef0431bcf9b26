import type { Redis } from 'ioredis';
import type { Json, Logger } from '../kernel';
import type { Topic } from './contract';
import { StateError } from './errors';
import type { Hot } from './hot';
import { hintChannel } from './keys';

const MOST_BYTES = 1_024;
type Listener = (note: Json | 'some_may_be_missing') => void;

/**
 * Wake-up calls over Redis' publish and subscribe: at most once, so a listener that hears `some_may_be_missing` must
 * look for itself. The subscribing connection is its own, because Redis lets such a connection do nothing else.
 */
export class Hints implements AsyncDisposable {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #line: Redis;
  #broken = false;

  constructor(
    private readonly redis: Redis,
    private readonly hot: Hot,
    private readonly log: Logger,
  ) {
    // Own resubscription: listeners may be told that they hear again only when they really do.
    this.#line = redis.duplicate({ autoResubscribe: false, lazyConnect: true, maxRetriesPerRequest: null });
    this.#line.on('message', (channel, text) => this.#deliver(channel, JSON.parse(text) as Json));
    this.#line.on('close', () => (this.#broken = true));
    this.#line.on('error', (error: Error) =>
      log.warn({ reason: error.message }, 'the line for hints is broken and opened again'),
    );
    this.#line.on('ready', () => void this.#resume());
  }

  async tell(topic: Topic, note: Json): Promise<void> {
    const text = JSON.stringify(note);
    if (Buffer.byteLength(text) > MOST_BYTES) {
      throw new StateError(
        'state_too_large',
        `A hint has at most ${MOST_BYTES} bytes; send where to look, not what is there.`,
        { field: 'note' },
      );
    }
    const channel = hintChannel(topic);
    await this.hot.limited(() => this.redis.publish(channel, text));
  }

  listen(topic: Topic, on: Listener): Promise<AsyncDisposable> {
    return this.follow(hintChannel(topic), on);
  }

  /** Resolves when Redis has the subscription: what is told after that is heard, unless the line breaks. */
  async follow(channel: string, on: Listener): Promise<AsyncDisposable> {
    const listeners = this.#listeners.get(channel) ?? new Set<Listener>();
    // A wrapper of its own, so that one function may listen twice.
    const mine: Listener = (note) => on(note);
    listeners.add(mine);
    this.#listeners.set(channel, listeners);
    const leave = async (): Promise<void> => {
      if (!listeners.delete(mine) || listeners.size > 0 || this.#listeners.get(channel) !== listeners) return;
      this.#listeners.delete(channel);
      if (this.#line.status === 'ready') await this.hot.limited(() => this.#line.unsubscribe(channel), this.#line);
    };
    try {
      await this.hot.limited(() => this.#line.subscribe(channel), this.#line);
    } catch (error) {
      await leave();
      throw error;
    }
    return { [Symbol.asyncDispose]: leave };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    this.#line.disconnect();
    return Promise.resolve();
  }

  async #resume(): Promise<void> {
    if (!this.#broken || this.#listeners.size === 0) return;
    try {
      await this.#line.subscribe(...this.#listeners.keys());
      this.#broken = false;
    } catch (error) {
      // The line broke again meanwhile; its next "ready" comes here once more.
      this.log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'hints could not be resumed');
      return;
    }
    for (const channel of [...this.#listeners.keys()]) this.#deliver(channel, 'some_may_be_missing');
  }

  #deliver(channel: string, note: Json | 'some_may_be_missing'): void {
    for (const listener of [...(this.#listeners.get(channel) ?? [])]) {
      try {
        listener(note);
      } catch (error) {
        this.log.error(
          { reason: error instanceof Error ? error.message : String(error) },
          'a listener to hints failed',
        );
      }
    }
  }
}
