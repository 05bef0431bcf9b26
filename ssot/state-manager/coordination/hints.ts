import type { Redis } from 'ioredis';
import type { Json, Logger } from '../../kernel';
import type { Topic } from '../contract';
import { StateError } from '../errors';
import { hintChannel } from '../keys';
import { subscriberTo, type RedisConnection } from '../redis/connection';
import type { RedisClient } from '../redis/redis-client';

const MAX_BYTES = 1_024;
type Listener = (note: Json | 'some_may_be_missing') => void;

/**
 * Hints over Redis' publish and subscribe: at most once, so a listener that is given `some_may_be_missing` must look for
 * itself. The subscribing connection is its own, because Redis lets such a connection do nothing else.
 */
export class Hints implements AsyncDisposable {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #connection: Redis;
  #isBroken = false;

  constructor(
    redis: RedisConnection,
    private readonly client: RedisClient,
    private readonly logger: Logger,
  ) {
    // Own resubscription: listeners may be told that they hear again only when they really do.
    this.#connection = subscriberTo(redis);
    this.#connection.on('message', (channel, text) => this.#deliver(channel, JSON.parse(text) as Json));
    this.#connection.on('close', () => (this.#isBroken = true));
    this.#connection.on('error', (error: Error) =>
      logger.warn({ reason: error.message }, 'the connection for hints is broken and opened again'),
    );
    this.#connection.on('ready', () => void this.#resubscribe());
  }

  /** Resolves when Redis has it. Throws StateError (state_too_large). */
  async publish(topic: Topic, note: Json): Promise<void> {
    const text = JSON.stringify(note);
    if (Buffer.byteLength(text) > MAX_BYTES) {
      const message = `A hint has at most ${MAX_BYTES} bytes; send where to look, not what is there.`;
      throw new StateError('state_too_large', message, { field: 'note' });
    }
    const channel = hintChannel(topic);
    await this.client.call((redis) => redis.publish(channel, text));
  }

  /** Resolves when Redis has the subscription: what is published after that arrives, unless the connection breaks. */
  async subscribe(topic: Topic, on: Listener): Promise<AsyncDisposable> {
    const channel = hintChannel(topic);
    const listeners = this.#listeners.get(channel) ?? new Set<Listener>();
    // A wrapper of its own, so that one function may listen twice.
    const mine: Listener = (note) => on(note);
    listeners.add(mine);
    this.#listeners.set(channel, listeners);
    const unsubscribe = async (): Promise<void> => {
      if (!listeners.delete(mine) || listeners.size > 0 || this.#listeners.get(channel) !== listeners) return;
      this.#listeners.delete(channel);
      if (this.#connection.status === 'ready') {
        await this.client.call((connection) => connection.unsubscribe(channel), this.#connection);
      }
    };
    try {
      await this.client.call((connection) => connection.subscribe(channel), this.#connection);
    } catch (error) {
      await unsubscribe();
      throw error;
    }
    return { [Symbol.asyncDispose]: unsubscribe };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    this.#connection.disconnect();
    return Promise.resolve();
  }

  async #resubscribe(): Promise<void> {
    if (!this.#isBroken || this.#listeners.size === 0) return;
    try {
      await this.#connection.subscribe(...this.#listeners.keys());
      this.#isBroken = false;
    } catch (error) {
      // The connection broke again meanwhile; its next "ready" comes here once more.
      this.logger.warn({ reason: String(error) }, 'hints could not be subscribed to again');
      return;
    }
    for (const channel of [...this.#listeners.keys()]) this.#deliver(channel, 'some_may_be_missing');
  }

  #deliver(channel: string, note: Json | 'some_may_be_missing'): void {
    for (const listener of [...(this.#listeners.get(channel) ?? [])]) {
      try {
        listener(note);
      } catch (error) {
        this.logger.error({ reason: String(error) }, 'a listener to hints failed');
      }
    }
  }
}
