import type { Logger } from '../../kernel';

/**
 * What an instance hears from the others, by topic. A subscription that cannot be had is asked for again with the next
 * `open`. Disposing gives all up.
 */
export class PeerSubscriptions implements AsyncDisposable {
  readonly #topics = new Map<string, AsyncDisposable | 'asked'>();

  constructor(private readonly logger: Logger) {}

  /** Subscribes unless that is done or under way. */
  open(topic: string, subscribe: () => Promise<AsyncDisposable>): void {
    if (this.#topics.has(topic)) return;
    this.#topics.set(topic, 'asked');
    subscribe()
      .then((subscription) => this.#topics.set(topic, subscription))
      .catch((error: unknown) => {
        this.#topics.delete(topic);
        this.logger.debug({ reason: String(error), topic }, 'other instances cannot be heard');
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const subscription of this.#topics.values()) {
      if (subscription === 'asked') continue;
      await subscription[Symbol.asyncDispose]().then(undefined, (error: unknown) => {
        this.logger.debug({ reason: String(error) }, 'a subscription to other instances could not be given up');
      });
    }
  }
}
